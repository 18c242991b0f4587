/** The page of `taglib-wasi report`, in Debian's Chromium. */
import assert from 'node:assert/strict';
import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import taglib from '../index.js';
import { hasChromium, startChromium } from '../tools/chromium.mjs';
import { run } from './support/command-line.mjs';
import { library } from './support/library.mjs';

after(taglib.shutdown);

const HOSTILE = '</script><img src=x onerror="window.hacked=1"><script>window.hacked=2</script>';
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 900 };

describe('the page of `taglib-wasi report`', {
  skip: !hasChromium && 'there is no Chromium',
}, () => {
  let browser;
  before(() => {
    browser = startChromium();
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

  /** Opens the page of a folder's music, and shows its rows. */
  async function opened(folder, screen = DESKTOP) {
    await run(folder, ['report', 'music', '-o', 'report.html']);
    const tab = await browser.newTab();
    await tab.setScreen(screen);
    await tab.open(pathToFileURL(path.join(folder, 'report.html')).href);
    await tab.until(`document.getElementById('rows').children.length > 0`);
    return tab;
  }

  const textsOf = (tab, selector) =>
    tab.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`,
    );
  const titles = (tab) => textsOf(tab, '#rows th bdi:first-child');
  const status = async (tab) => (await textsOf(tab, '#found'))[0];

  async function search(tab, text) {
    await tab.evaluate(`{
      const query = document.getElementById('query');
      query.value = ${JSON.stringify(text)};
      query.form.requestSubmit();
    }`);
  }

  /** Opens all lists. They are filled by an event that comes later. */
  async function openLists(tab) {
    await tab.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true;`);
    await tab.until(
      `[...document.querySelectorAll('.items')].every((list) => list.querySelector('li'))`,
    );
  }

  test('runs without an error, and requests nothing', async (t) => {
    const folder = await everything(t);
    const tab = await opened(folder);
    await openLists(tab);
    await tab.evaluate(`window.scrollTo(0, document.body.scrollHeight)`);
    assert.deepEqual(tab.complaints, []);
    const elsewhere = tab.requests.filter((url) => !url.startsWith('data:'));
    assert.deepEqual(elsewhere, [pathToFileURL(path.join(folder, 'report.html')).href]);
  });

  test('shows texts of files as text, whatever they are', async (t) => {
    const tab = await opened(await everything(t));
    await openLists(tab);
    assert.equal(await tab.evaluate('window.hacked'), undefined);
    assert.equal(
      await tab.evaluate(`document.querySelectorAll('[onerror], [src=x], bdi b').length`),
      0,
    );
    assert.ok((await titles(tab)).includes(HOSTILE));
    assert.ok((await textsOf(tab, '.album')).includes(HOSTILE));
    assert.ok((await textsOf(tab, '.bars bdi')).includes(HOSTILE));
    assert.ok((await textsOf(tab, '#broken bdi')).includes('<b>bold/"&lt;.flac'));
  });

  test('does not run a script that the page did not have when it was made', async (t) => {
    const tab = await opened(await everything(t));
    await tab.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 3';
      document.body.append(script);
    }`);
    assert.equal(await tab.evaluate('window.hacked'), undefined);
    assert.match(tab.complaints.join(), /Content Security Policy/);
  });

  test('shows the counts, the problems and where they are', async (t) => {
    const tab = await opened(await everything(t));
    await openLists(tab);
    const totals = (await textsOf(tab, '.totals dd')).slice(0, 1);
    assert.deepEqual([...totals, ...(await textsOf(tab, '.totals dd')).slice(3)], ['5', '2', '2']);
    assert.deepEqual(await textsOf(tab, '#problems .total'), [
      ...['1 album', '1 recording', '1 file', '1 file'],
    ]);
    const contradictions = (await textsOf(tab, '#contradictions .items'))[0];
    assert.match(contradictions, /Different years: 1998 \(1 file\), 1999 \(1 file\)/);
    assert.match(contradictions, /Track number used more than once: 1 \(2 files\)/);
    assert.match((await textsOf(tab, '#duplicates .items'))[0], /kind\/1\.mp3.*kind\/2\.mp3/);
    assert.match((await textsOf(tab, '#encodings .items'))[0], /BjÃ¶rk → Björk/);
    assert.match((await textsOf(tab, '#broken .items'))[0], /INVALID_FORMAT/);
  });

  test('searches all words without regard to case and accents, and says how many it found', async (t) => {
    const tab = await opened(await everything(t));
    assert.equal(await status(tab), '5 files');
    await search(tab, 'BJORK 1998');
    assert.deepEqual(await titles(tab), ['Joga']);
    assert.equal(await status(tab), '1 of 5 files');
    await search(tab, 'kind/');
    assert.equal((await titles(tab)).length, 3);
    await search(tab, 'nothing like it');
    assert.deepEqual([await titles(tab), await status(tab)], [[], '0 of 5 files']);
    const live = await tab.evaluate(`document.getElementById('found').getAttribute('aria-live')`);
    assert.equal(live, 'polite');
  });

  test('filters the files by what they lack, and sorts them by column', async (t) => {
    const tab = await opened(await everything(t));
    await tab.evaluate(`document.querySelector('[data-filter=year]').click()`);
    assert.deepEqual((await titles(tab)).sort(), ['BjÃ¶rk', 'No title']);
    assert.equal(await tab.evaluate('document.activeElement.id'), 'query');
    await tab.evaluate(`{
      const filter = document.getElementById('filter');
      filter.value = 'duplicates';
      filter.dispatchEvent(new Event('change'));
    }`);
    assert.deepEqual(await titles(tab), ['Joga', 'Joga']);
    await tab.evaluate(`document.querySelector('.search').reset()`);
    const sort = () => tab.evaluate(`document.querySelector('#columns .year button').click()`);
    await sort();
    const years = () => textsOf(tab, '#rows td.year');
    assert.deepEqual(await years(), ['1998', '1999', '2001', '', '']);
    await sort();
    assert.deepEqual(await years(), ['2001', '1999', '1998', '', '']);
    const order = `document.querySelector('#columns .year').getAttribute('aria-sort')`;
    assert.equal(await tab.evaluate(order), 'descending');
    await sort();
    assert.equal(await tab.evaluate(order), null);
  });

  test('shows covers, and tiles for albums without one, which lead to their files', async (t) => {
    const tab = await opened(await everything(t));
    await tab.until(`document.querySelector('#wall img')?.naturalWidth > 0`);
    assert.equal(await tab.evaluate(`document.querySelectorAll('#wall img').length`), 1);
    assert.match((await textsOf(tab, '.tile'))[0], /no cover$/);
    await tab.evaluate(`document.querySelector('#wall button').click()`);
    assert.equal((await titles(tab)).length, 3);
  });

  test('shows long lists in parts, and moves the focus to what was added', async (t) => {
    const folder = await everything(t);
    for (let count = 0; count < 245; count += 1) {
      const copy = path.join(folder, 'music', `${count}.m4a`);
      await link(path.join(folder, 'music', 'other', '4.m4a'), copy);
    }
    const tab = await opened(folder);
    assert.equal((await titles(tab)).length, 100);
    assert.deepEqual(await textsOf(tab, '#more'), ['Show 100 more of 150']);
    await tab.evaluate(`document.getElementById('more').click()`);
    const focused = `[...document.getElementById('rows').children].indexOf(document.activeElement)`;
    assert.equal(await tab.evaluate(focused), 100);
    await tab.evaluate(`document.getElementById('more').click()`);
    assert.equal((await titles(tab)).length, 250);
    assert.equal(await tab.evaluate(`document.getElementById('more').hidden`), true);
  });

  test('is used with the keyboard alone', async (t) => {
    const tab = await opened(await everything(t));
    const focus = () =>
      tab.evaluate(`{
        const one = document.activeElement;
        one.id || one.className || one.getAttribute('data-filter') || one.textContent.trim();
      }`);
    const visited = [];
    for (let presses = 0; presses < 60; presses += 1) {
      await tab.press('Tab');
      visited.push(await focus());
    }
    assert.equal(visited[0], 'skip');
    const places = ['Covers', 'cover', 'query', 'filter', 'scroll', 'Title'];
    for (const place of places) assert.ok(visited.includes(place), `${place} of ${visited}`);
    const isSorted = places.every(
      (place, index) => index === 0 || visited.indexOf(place) > visited.indexOf(places[index - 1]),
    );
    assert.ok(isSorted, visited.join());

    await tab.evaluate(`document.querySelector('#contradictions summary').focus()`);
    await tab.press('Enter');
    await tab.until(`document.querySelector('#contradictions li') !== null`);
    await tab.press('/');
    assert.equal(await focus(), 'query');
    await tab.press('b');
    await tab.press('j');
    await tab.until(`document.getElementById('found').textContent === '3 of 5 files'`);
  });

  test('has a name for everything that a screen reader announces, and headings in order', async (t) => {
    const tab = await opened(await everything(t));
    await openLists(tab);
    const { nodes } = await tab.call('Accessibility.getFullAXTree');
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
    const levels = await tab.evaluate(
      `[...document.querySelectorAll('h1, h2, h3, h4')].map((one) => Number(one.tagName[1]))`,
    );
    assert.equal(levels[0], 1);
    for (const [index, level] of levels.entries()) {
      if (index > 0) assert.ok(level <= levels[index - 1] + 1, levels.join());
    }
    const unscoped = await tab.evaluate(`document.querySelectorAll('th:not([scope])').length`);
    const uncaptioned = await tab.evaluate(
      `document.querySelectorAll('table:not(:has(caption))').length`,
    );
    assert.deepEqual([unscoped, uncaptioned], [0, 0]);
  });

  for (const scheme of ['light', 'dark']) {
    test(`has contrasts of at least 4.5 (WCAG 2.2, AA) in its ${scheme} colours`, async (t) => {
      const tab = await opened(await everything(t), { ...DESKTOP, scheme });
      await openLists(tab);
      const { checked, poor } = await tab.evaluate(`(${contrasts})()`);
      assert.ok(checked > 50, `only ${checked} texts`);
      assert.deepEqual(poor, []);
    });
  }

  test('fits on a phone', async (t) => {
    const tab = await opened(await everything(t), PHONE);
    await openLists(tab);
    assert.equal(await tab.evaluate('document.documentElement.scrollWidth'), PHONE.width);
    assert.equal(
      await tab.evaluate(`getComputedStyle(document.querySelector('td.artist')).display`),
      'none',
    );
    const details = (await textsOf(tab, '#rows .details')).find((text) => text.includes('1998'));
    assert.match(details, /^Björk · Live · 1998 · MP3 · /);
  });

  test('says what it lacks without a script', async (t) => {
    const folder = await everything(t);
    await run(folder, ['report', 'music', '-o', 'report.html']);
    const tab = await browser.newTab();
    await tab.call('Emulation.setScriptExecutionDisabled', { value: true });
    await tab.open(pathToFileURL(path.join(folder, 'report.html')).href);
    const { nodes } = await tab.call('Accessibility.getFullAXTree');
    const texts = nodes.map(({ name }) => name?.value ?? '').join('\n');
    assert.match(texts, /need JavaScript/);
    assert.match(texts, /^5$/m);
  });

  test('is of no files for an empty directory', async (t) => {
    const folder = await library(t, {});
    await mkdir(path.join(folder, 'music'));
    await run(folder, ['report', 'music', '-o', 'report.html']);
    const tab = await browser.newTab();
    await tab.open(pathToFileURL(path.join(folder, 'report.html')).href);
    await tab.until(`document.getElementById('found').textContent === '0 files'`);
    await search(tab, 'anything');
    assert.deepEqual(tab.complaints, []);
  });
});

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
