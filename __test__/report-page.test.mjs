/** The page of `taglib-wasi report`, in Debian's Chromium. */
import assert from 'node:assert/strict';
import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import taglib from '../index.js';
import { hasChromium, launchChromium } from '../tools/chromium.mjs';
import { run } from './support/command-line.mjs';
import { library } from './support/library.mjs';

after(taglib.shutdown);

const HOSTILE = '</script><img src=x onerror="window.hacked=1"><script>window.hacked=2</script>';
const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true };

describe('the page of `taglib-wasi report`', {
  skip: !hasChromium && 'there is no Chromium',
}, () => {
  let browser;
  let desktop;
  before(async () => {
    browser = await launchChromium();
    desktop = await browser.newContext(DESKTOP);
  });
  after(() => browser?.close());

  /** A library with something of everything, and texts that are HTML. */
  async function everything(t) {
    const folder = await library(t, {
      'music/kind/1.mp3': 'id3v24.mp3',
      'music/kind/2.mp3': 'id3v24.mp3',
      'music/kind/3.flac': 'plain.flac',
      'music/other/4.m4a': 'plain.m4a',
      'music/bare.mp3': 'plain.mp3',
    });
    const change = (name, tags) => taglib.writeTags(path.join(folder, 'music', name), tags);
    await change('kind/1.mp3', {
      title: 'Joga',
      artist: 'Björk',
      album: 'Live',
      year: 1998,
      track: 1,
    });
    await change('kind/2.mp3', {
      title: 'Joga',
      artist: 'Björk',
      album: 'Live',
      year: 1999,
      track: 1,
    });
    await change('kind/3.flac', {
      title: 'BjÃ¶rk',
      artist: HOSTILE,
      album: 'Live',
      albumArtist: HOSTILE,
    });
    await change('other/4.m4a', { title: HOSTILE, album: HOSTILE, genre: HOSTILE, year: 2001 });
    await mkdir(path.join(folder, 'music', '<b>bold'));
    await writeFile(path.join(folder, 'music', '<b>bold', '"&lt;.flac'), 'junk');
    return folder;
  }

  const urlOf = (folder) => pathToFileURL(path.join(folder, 'report.html')).href;

  /**
   * Makes the report of a folder's music, and opens it. `requests` are the URLs that the page
   * requests; `complaints` are errors of its script and its policy, and messages to the console.
   */
  async function load(folder, context = desktop) {
    await run(folder, ['report', 'music', '-o', 'report.html']);
    const page = await context.newPage();
    const [requests, complaints] = [[], []];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(urlOf(folder));
    return { page, requests, complaints };
  }

  /** Makes and opens the report as `load` does, and waits for the rows of its table. */
  async function loadRows(folder, context) {
    const loaded = await load(folder, context);
    await loaded.page.locator('#rows tr').first().waitFor();
    return loaded;
  }

  const textsOf = (page, selector) => page.locator(selector).allTextContents();
  const titles = (page) => textsOf(page, '#rows th bdi:first-child');
  const status = (page) => page.locator('#found').textContent();

  async function search(page, text) {
    await page.locator('#query').fill(text);
    await page.locator('#query').press('Enter');
  }

  /** Opens all lists. They are filled by an event that comes later. */
  async function openLists(page) {
    await page.locator('details').evaluateAll((all) => {
      for (const one of all) one.open = true;
    });
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.items')].every((list) => list.querySelector('li')),
    );
  }

  test('runs without an error, and requests nothing', async (t) => {
    const folder = await everything(t);
    const { page, requests, complaints } = await loadRows(folder);
    await openLists(page);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    assert.deepEqual(complaints, []);
    const elsewhere = requests.filter((url) => !url.startsWith('data:'));
    assert.deepEqual(elsewhere, [urlOf(folder)]);
  });

  test('shows texts of files as text, whatever they are', async (t) => {
    const { page } = await loadRows(await everything(t));
    await openLists(page);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('[onerror], [src=x], bdi b').count(), 0);
    assert.ok((await titles(page)).includes(HOSTILE));
    assert.ok((await textsOf(page, '.album')).includes(HOSTILE));
    assert.ok((await textsOf(page, '.bars bdi')).includes(HOSTILE));
    assert.ok((await textsOf(page, '#broken bdi')).includes('<b>bold/"&lt;.flac'));
  });

  test('does not run a script that the page did not have when it was made', async (t) => {
    const { page, complaints } = await loadRows(await everything(t));
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 3';
      document.body.append(script);
    });
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.match(complaints.join(), /Content Security Policy/);
  });

  test('shows the counts, the problems and where they are', async (t) => {
    const { page } = await loadRows(await everything(t));
    await openLists(page);
    const totals = (await textsOf(page, '.totals dd')).slice(0, 1);
    assert.deepEqual([...totals, ...(await textsOf(page, '.totals dd')).slice(3)], ['5', '2', '2']);
    assert.deepEqual(await textsOf(page, '#problems .total'), [
      ...['1 album', '1 recording', '1 file', '1 file'],
    ]);
    const contradictions = (await textsOf(page, '#contradictions .items'))[0];
    assert.match(contradictions, /Different years: 1998 \(1 file\), 1999 \(1 file\)/);
    assert.match(contradictions, /Track number used more than once: 1 \(2 files\)/);
    assert.match((await textsOf(page, '#duplicates .items'))[0], /kind\/1\.mp3.*kind\/2\.mp3/);
    assert.match((await textsOf(page, '#encodings .items'))[0], /BjÃ¶rk → Björk/);
    assert.match((await textsOf(page, '#broken .items'))[0], /INVALID_FORMAT/);
  });

  test('searches all words without regard to case and accents, and says how many it found', async (t) => {
    const { page } = await loadRows(await everything(t));
    assert.equal(await status(page), '5 files');
    await search(page, 'BJORK 1998');
    assert.deepEqual(await titles(page), ['Joga']);
    assert.equal(await status(page), '1 of 5 files');
    await search(page, 'kind/');
    assert.equal((await titles(page)).length, 3);
    await search(page, 'nothing like it');
    assert.deepEqual([await titles(page), await status(page)], [[], '0 of 5 files']);
    assert.equal(await page.locator('#found').getAttribute('aria-live'), 'polite');
  });

  test('filters the files by what they lack, and sorts them by column', async (t) => {
    const { page } = await loadRows(await everything(t));
    await page.locator('[data-filter=year]').click();
    assert.deepEqual((await titles(page)).sort(), ['BjÃ¶rk', 'No title']);
    assert.equal(await page.locator(':focus').getAttribute('id'), 'query');
    await page.locator('#filter').selectOption('duplicates');
    assert.deepEqual(await titles(page), ['Joga', 'Joga']);
    await page.locator('.search').evaluate((form) => form.reset());
    const sort = () => page.locator('#columns .year button').click();
    await sort();
    const years = () => textsOf(page, '#rows td.year');
    assert.deepEqual(await years(), ['1998', '1999', '2001', '', '']);
    await sort();
    assert.deepEqual(await years(), ['2001', '1999', '1998', '', '']);
    const order = () => page.locator('#columns .year').getAttribute('aria-sort');
    assert.equal(await order(), 'descending');
    await sort();
    assert.equal(await order(), null);
  });

  test('shows covers, and tiles for albums without one, which lead to their files', async (t) => {
    const { page } = await loadRows(await everything(t));
    await page.waitForFunction(() => document.querySelector('#wall img')?.naturalWidth > 0);
    assert.equal(await page.locator('#wall img').count(), 1);
    assert.match((await textsOf(page, '.tile'))[0], /no cover$/);
    await page.locator('#wall button').first().click();
    assert.equal((await titles(page)).length, 3);
  });

  test('shows long lists in parts, and moves the focus to what was added', async (t) => {
    const folder = await everything(t);
    for (let count = 0; count < 245; count += 1) {
      const copy = path.join(folder, 'music', `${count}.m4a`);
      await link(path.join(folder, 'music', 'other', '4.m4a'), copy);
    }
    const { page } = await loadRows(folder);
    assert.equal((await titles(page)).length, 100);
    assert.deepEqual(await textsOf(page, '#more'), ['Show 100 more of 150']);
    await page.locator('#more').click();
    const focused = await page
      .locator('#rows')
      .evaluate((rows) => [...rows.children].indexOf(document.activeElement));
    assert.equal(focused, 100);
    await page.locator('#more').click();
    assert.equal((await titles(page)).length, 250);
    assert.equal(await page.locator('#more').evaluate((button) => button.hidden), true);
  });

  test('is used with the keyboard alone', async (t) => {
    const { page } = await loadRows(await everything(t));
    const focus = () =>
      page.evaluate(() => {
        const one = document.activeElement;
        return one.id || one.className || one.getAttribute('data-filter') || one.textContent.trim();
      });
    const visited = [];
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      visited.push(await focus());
    }
    assert.equal(visited[0], 'skip');
    const places = ['Covers', 'cover', 'query', 'filter', 'scroll', 'Title'];
    for (const place of places) assert.ok(visited.includes(place), `${place} of ${visited}`);
    const isSorted = places.every(
      (place, index) => index === 0 || visited.indexOf(place) > visited.indexOf(places[index - 1]),
    );
    assert.ok(isSorted, visited.join());

    await page.locator('#contradictions summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('#contradictions li').first().waitFor();
    await page.keyboard.press('/');
    assert.equal(await focus(), 'query');
    await page.keyboard.press('b');
    await page.keyboard.press('j');
    await page.locator('#found:text-is("3 of 5 files")').waitFor();
  });

  test('has a name for everything that a screen reader announces, and headings in order', async (t) => {
    const { page } = await loadRows(await everything(t));
    await openLists(page);
    const nodes = await accessibilityTree(page);
    const roles = [
      'button',
      'link',
      'searchbox',
      'combobox',
      'table',
      'region',
      'img',
      'navigation',
    ];
    const named = nodes.filter(({ ignored, role }) => !ignored && roles.includes(role?.value));
    for (const role of roles.filter((one) => one !== 'img')) {
      assert.ok(
        named.some((node) => node.role.value === role),
        role,
      );
    }
    const nameless = named.filter(({ name }) => !name?.value?.trim()).map(({ role }) => role.value);
    assert.deepEqual(nameless, []);
    const levels = await page
      .locator('h1, h2, h3, h4')
      .evaluateAll((headings) => headings.map((one) => Number(one.tagName[1])));
    assert.equal(levels[0], 1);
    for (const [index, level] of levels.entries()) {
      if (index > 0) assert.ok(level <= levels[index - 1] + 1, levels.join());
    }
    const unscoped = await page.locator('th:not([scope])').count();
    const uncaptioned = await page.locator('table:not(:has(caption))').count();
    assert.deepEqual([unscoped, uncaptioned], [0, 0]);
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`has contrasts of at least 4.5 (WCAG 2.2, AA) in its ${colorScheme} colours`, async (t) => {
      const context = await browser.newContext({ ...DESKTOP, colorScheme });
      const { page } = await loadRows(await everything(t), context);
      await openLists(page);
      const { checked, poor } = await page.evaluate(contrasts);
      assert.ok(checked > 50, `only ${checked} texts`);
      assert.deepEqual(poor, []);
    });
  }

  test('fits on a phone', async (t) => {
    const { page } = await loadRows(await everything(t), await browser.newContext(PHONE));
    await openLists(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, PHONE.viewport.width);
    const artist = page.locator('td.artist').first();
    assert.equal(await artist.evaluate((cell) => getComputedStyle(cell).display), 'none');
    const details = (await textsOf(page, '#rows .details')).find((text) => text.includes('1998'));
    assert.match(details, /^Björk · Live · 1998 · MP3 · /);
  });

  test('says what it lacks without a script', async (t) => {
    const context = await browser.newContext({ ...DESKTOP, javaScriptEnabled: false });
    const { page } = await load(await everything(t), context);
    const nodes = await accessibilityTree(page);
    const texts = nodes.map(({ name }) => name?.value ?? '').join('\n');
    assert.match(texts, /need JavaScript/);
    assert.match(texts, /^5$/m);
  });

  test('is of no files for an empty directory', async (t) => {
    const folder = await library(t, {});
    await mkdir(path.join(folder, 'music'));
    const { page, complaints } = await load(folder);
    await page.locator('#found:text-is("0 files")').waitFor();
    await search(page, 'anything');
    assert.deepEqual(complaints, []);
  });
});

/** Returns the nodes of the tree that the browser gives to screen readers. */
async function accessibilityTree(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes;
}

/** Runs in the page: returns the texts whose contrast with what is behind them is too low. */
function contrasts() {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = numbers(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const isOpaque = (colour) => (numbers(colour)[3] ?? 1) === 1;
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (isOpaque(backgroundColor)) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  let checked = 0;
  const poor = [];
  for (const element of document.body.querySelectorAll('*')) {
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '',
    );
    // Tiles have gradients.
    if (!hasText || !element.checkVisibility() || element.closest('.tile, script, noscript'))
      continue;
    checked += 1;
    const pair = [getComputedStyle(element).color, behind(element)].map(luminance);
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) poor.push([element.className, element.textContent.slice(0, 40), ratio]);
  }
  return { checked, poor };
}
