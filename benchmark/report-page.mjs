/**
 * Measures `taglib-wasi report`: its time against that of `scan` for the same files, and how
 * soon its page can be used in Chromium.
 *
 *     npm run bench:report -- [--small 10000] [--large 200000] [--rounds 5]
 *
 * The first library is that of the race: small files, of which all are copies of six. The
 * second has files that all differ, as those of a collection do. A page can be used when its
 * table has rows; a search is done when the table shows what it has found.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { hasChromium, launchChromium } from '../tools/chromium.mjs';
import { fixture, ROOT } from '../tools/repository.mjs';
import { casesOf } from './cases.mjs';
import { median } from './median.mjs';

const BIN = path.join(ROOT, 'bin', 'taglib-wasi.js');
const FOLDER = path.join(ROOT, 'target', 'benchmark', 'report');
const OUTPUT = path.join(FOLDER, 'output');

const { values } = parseArgs({
  options: {
    small: { type: 'string', default: '10000' },
    large: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
  },
});
const [small, large, rounds] = [values.small, values.large, values.rounds].map(Number);

/** Notes when the table has rows, and when a search has replaced them. */
const STOPWATCH = `
  window.stopwatch = {};
  document.addEventListener('readystatechange', () => {
    const rows = document.getElementById('rows');
    if (rows === null || window.stopwatch.observer) return;
    window.stopwatch.observer = new MutationObserver(() => {
      if (rows.children.length > 0) window.stopwatch.rows ??= performance.now();
      window.stopwatch.changed = performance.now();
    });
    window.stopwatch.observer.observe(rows, { childList: true });
  });`;

/** Returns the milliseconds from an action to the rows that it shows. There have to be some. */
const timeOfAction = (action) => `(async () => {
  const started = performance.now();
  ${action}
  while (!(window.stopwatch.changed > started)) await new Promise((resolve) => setTimeout(resolve));
  return window.stopwatch.changed - started;
})()`;

const search = (text) => `
  document.getElementById('query').value = ${JSON.stringify(text)};
  document.getElementById('query').form.requestSubmit();`;
const SORT = `document.querySelector('#columns .artist button').click();`;

mkdirSync(OUTPUT, { recursive: true });
measure(makeCopies(small), `${small} small files`);
await measurePage(`${small} small files`);
measure(makeCollection(large), `${large} different files`, 1);
await measurePage(`${large} different files`);

/** Returns a folder of small files, as the race reads them. */
function makeCopies(count) {
  const folder = path.join(FOLDER, `copies-${count}`);
  casesOf([], { passes: 1, small: count, folder, quick: true });
  return folder;
}

/** Returns a folder of FLAC files, of which each has a length and tags of its own. */
function makeCollection(count) {
  const folder = path.join(FOLDER, `collection-${count}`);
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return folder;
  const [info, audio] = partsOf(readFileSync(fixture('plain.flac')));
  for (let index = 0; index < count; index += 1) {
    const album = Math.floor(index / 12);
    const artist = `Artist number ${Math.floor(album / 4)}`;
    const place = path.join(folder, artist, `The album with number ${album}`);
    if (index % 12 === 0) mkdirSync(place, { recursive: true });
    const comments = vorbisComment([
      `TITLE=A song of usual length, number ${index}`,
      `ARTIST=${artist}`,
      `ALBUMARTIST=${artist}`,
      `ALBUM=The album with number ${album}`,
      `GENRE=Genre ${album % 30}`,
      `DATE=${1950 + (album % 75)}`,
      `TRACKNUMBER=${(index % 12) + 1}`,
      'TRACKTOTAL=12',
    ]);
    // The number of samples, which the length follows from (RFC 9639, section 8.2).
    info.writeUInt32BE(5_000_000 + 100 * ((index * 7919) % count), 22);
    writeFileSync(path.join(place, `${index} A song.flac`), Buffer.concat([info, comments, audio]));
  }
  writeFileSync(complete, '');
  return folder;
}

/** Returns the start of a FLAC file up to the end of STREAMINFO, and its audio. */
function partsOf(flac) {
  const end = 42;
  const info = Buffer.from(flac.subarray(0, end));
  // Another block follows, even if there was none.
  info[4] &= 0x7f;
  let start = 4;
  for (let isLast = false; !isLast; ) {
    isLast = (flac[start] & 0x80) !== 0;
    start += 4 + flac.readUIntBE(start + 1, 3);
  }
  return [info, flac.subarray(start)];
}

/** Returns the last metadata block of a FLAC file. */
function vorbisComment(comments) {
  const texts = ['', ...comments].map((text) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(Buffer.byteLength(text));
    return Buffer.concat([size, Buffer.from(text)]);
  });
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  const body = Buffer.concat([texts[0], count, ...texts.slice(1)]);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(0x8400_0000 + body.length);
  return Buffer.concat([header, body]);
}

/** Prints the times of both commands, which take turns. */
function measure(folder, name, count = rounds) {
  const page = path.join(OUTPUT, 'report.html');
  const commands = {
    scan: ['scan', folder],
    report: ['report', folder, '-o', page],
  };
  const times = { scan: [], report: [] };
  for (let round = 0; round < count; round += 1) {
    for (const [command, args] of Object.entries(commands)) times[command].push(timeOf(args));
  }
  const [scan, report] = [median(times.scan), median(times.report)];
  console.log(`${name}, median of ${count}`);
  console.log(`  scan    ${scan.toFixed(2)} s`);
  console.log(`  report  ${report.toFixed(2)} s, ${(report / scan).toFixed(2)} times as long`);
  console.log(`  page    ${(statSync(page).size / 1e6).toFixed(1)} MB`);
}

/** Runs the command with its output in a file, and returns the seconds that it takes. */
function timeOf(args) {
  const output = openSync(path.join(OUTPUT, 'stdout'), 'w');
  const started = performance.now();
  execFileSync(process.execPath, [BIN, ...args], { stdio: ['ignore', output, 'ignore'] });
  closeSync(output);
  return (performance.now() - started) / 1000;
}

async function measurePage(name) {
  if (!hasChromium) {
    console.log('the page is not measured: there is no Chromium');
    return;
  }
  const times = { usable: [], first: [], next: [], sorted: [] };
  const browser = await launchChromium();
  try {
    for (let round = 0; round < rounds; round += 1) {
      const page = await browser.newPage();
      await page.addInitScript({ content: STOPWATCH });
      await page.goto(pathToFileURL(path.join(OUTPUT, 'report.html')).href);
      await page.waitForFunction('window.stopwatch.rows > 0');
      times.usable.push(await page.evaluate('window.stopwatch.rows'));
      times.first.push(await page.evaluate(timeOfAction(search('1'))));
      times.next.push(await page.evaluate(timeOfAction(search('12'))));
      times.sorted.push(await page.evaluate(timeOfAction(search('') + SORT)));
      await page.close();
    }
  } finally {
    await browser.close();
  }
  const [usable, first, next, sorted] = Object.values(times).map(
    (all) => `${median(all).toFixed(0)} ms`,
  );
  console.log(
    `  the page of ${name}, median of ${rounds}: usable after ${usable}, first search ${first}, next search ${next}, sorted ${sorted}`,
  );
}
