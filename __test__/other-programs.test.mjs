/**
 * Programs from Debian that do not use our code read what is written here, and the other way
 * round: kid3, mkvtoolnix and AtomicParsley. Each test is skipped where its program is missing.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies } from './support/files.mjs';
import { library } from './support/library.mjs';

after(taglib.shutdown);

const env = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', QT_QPA_PLATFORM: 'offscreen' };

/** Skips a test if a program is missing. */
function needs(program) {
  const { error } = spawnSync(program, ['--version'], { env, stdio: 'ignore' });
  return { skip: error && `${program} is missing` };
}

/** Runs a program in a folder. Resolves to what it prints. */
async function run(cwd, program, ...args) {
  const { stdout } = await promisify(execFile)(program, args, { cwd, env });
  return stdout;
}

async function opened(t, name) {
  const folder = await copies(t, [name]);
  await taglib.initialize([folder]);
  return { folder, file: path.join(folder, name) };
}

describe('kid3', needs('kid3-cli'), () => {
  const LINES = [
    { timeMs: 100, text: 'one' },
    // kid3 exports texts in an encoding of its own.
    { timeMs: 61_500, text: 'two' },
  ];

  test('reads synced lyrics that are written here', async (t) => {
    const { folder, file } = await opened(t, 'plain.mp3');
    await taglib.writeSyncedLyrics(file, [{ language: 'eng', lines: LINES }]);
    await run(folder, 'kid3-cli', '-c', 'get SYLT:out.lrc', 'plain.mp3');
    const { lines } = taglib.parseLrc(await readFile(path.join(folder, 'out.lrc'), 'utf8'));
    assert.deepEqual(lines, LINES);
  });

  test('writes synced lyrics that are read here, as lines', async (t) => {
    const { folder, file } = await opened(t, 'plain.mp3');
    await writeFile(path.join(folder, 'in.lrc'), '[00:00.10]one\n[01:01.50]two\n');
    await run(folder, 'kid3-cli', '-c', 'set SYLT:in.lrc ""', 'plain.mp3');
    const [lyrics] = await taglib.readSyncedLyrics(file);
    assert.deepEqual(taglib.parseLrc(taglib.formatLrc(lyrics)).lines, LINES);
  });

  for (const name of ['plain.mp3', 'plain.flac', 'plain.m4a', 'vorbis.ogg', 'tagged.wma']) {
    test(`reads and writes the same fields of ${name}`, async (t) => {
      const { folder, file } = await opened(t, name);
      await taglib.writeTags(file, { title: 'Größe 世界', artist: 'A', album: 'B', comment: 'C' });
      const get = async (field) =>
        (await run(folder, 'kid3-cli', '-c', `get ${field}`, name)).trim();
      assert.equal(await get('title'), 'Größe 世界');
      assert.equal(await get('comment'), 'C');
      await run(folder, 'kid3-cli', '-c', 'set artist "Ä 界"', '-c', 'set date 1999', name);
      const { title, artist, year } = await taglib.readTags(file);
      assert.deepEqual([title, artist, year], [['Größe 世界'], ['Ä 界'], 1999]);
    });
  }
});

describe('mkvtoolnix', needs('mkvpropedit'), () => {
  const CHAPTERS = [
    { startTimeMs: 0, title: 'One' },
    { startTimeMs: 50, title: 'Zwei ü' },
  ];
  const SIMPLE = [
    'CHAPTER01=00:00:00.000',
    'CHAPTER01NAME=One',
    'CHAPTER02=00:00:00.050',
    'CHAPTER02NAME=Zwei ü',
  ].join('\n');

  for (const name of ['tagged.mka', 'tagged.webm', 'mkvmerge.mka']) {
    test(`reads the chapters that are written to ${name}, and finds no fault`, async (t) => {
      const { folder, file } = await opened(t, name);
      await taglib.writeTags(file, { chapters: CHAPTERS });
      await run(folder, 'mkvextract', name, 'chapters', '--simple', 'chapters.txt');
      const extracted = await readFile(path.join(folder, 'chapters.txt'), 'utf8');
      assert.equal(extracted.replace(/^\ufeff/, '').trim(), SIMPLE);
      const { errors, warnings } = JSON.parse(await run(folder, 'mkvmerge', '-J', name));
      assert.deepEqual([errors, warnings], [[], []]);
    });

    test(`writes chapters to ${name} that are read here`, async (t) => {
      const { folder, file } = await opened(t, name);
      await writeFile(path.join(folder, 'chapters.txt'), SIMPLE);
      await run(folder, 'mkvpropedit', name, '--chapters', 'chapters.txt');
      const { chapters } = await taglib.readTags(file);
      const read = chapters.map(({ startTimeMs, title }) => ({ startTimeMs, title }));
      assert.deepEqual(read, CHAPTERS);
    });
  }
});

describe('AtomicParsley', needs('AtomicParsley'), () => {
  test('writes fields that are read here, and reads those that are written here', async (t) => {
    const folder = await library(t, { 'song.m4a': 'plain.m4a' });
    const set = ['--title', 'Größe 世界', '--artist', 'A', '--tracknum', '3/12'];
    const hidden = ['--stik', 'Audiobook', '--longdesc', 'A long description'];
    await run(folder, 'AtomicParsley', 'song.m4a', ...set, ...hidden, '-o', 'set.m4a');
    await taglib.initialize([folder]);
    const file = path.join(folder, 'set.m4a');
    const { title, artist, track, totalTracks } = await taglib.readTags(file);
    assert.deepEqual([title, artist, track, totalTracks], [['Größe 世界'], ['A'], 3, 12]);

    await taglib.writeTags(file, { album: 'Ä 界', chapters: [{ startTimeMs: 0, title: 'One' }] });
    const shown = await run(folder, 'AtomicParsley', 'set.m4a', '-t');
    for (const text of ['Größe 世界', 'Ä 界', '3 of 12', 'Audiobook', 'A long description']) {
      assert.ok(shown.includes(text), `${text} in ${shown}`);
    }
  });
});
