/** The command `chapters`: cue sheets and FFmpeg's metadata files, in and out. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies, ROOT } from './support/files.mjs';
import { hasFfmpeg } from './support/readers.mjs';

const BIN = path.join(ROOT, 'bin', 'taglib-wasi.js');
const execute = promisify(execFile);

after(taglib.shutdown);

/** Runs the command in a folder. Resolves to its exit code, stdout and stderr. */
async function chapters(cwd, ...args) {
  try {
    return { code: 0, ...(await execute(process.execPath, [BIN, 'chapters', ...args], { cwd })) };
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr };
  }
}

async function chaptersOf(folder, name) {
  await taglib.initialize([folder]);
  const { chapters: found = [] } = await taglib.readTags(path.join(folder, name));
  return found.map(({ startTimeMs, title }) => ({ startTimeMs, title }));
}

/** Texts that need care in one of the formats. A cue sheet can't have quotation marks. */
const TITLES = ['a=b;c#d\\e', '\\', ' Grüße, 世界 🎵', '[CHAPTER]', '=', "it's; #1"];
const GIVEN = TITLES.map((title, index) => ({ startTimeMs: index * 40, title }));

const withoutEnds = (list) => list.map(({ startTimeMs, title }) => ({ startTimeMs, title }));

async function withChapters(t, name, list = GIVEN) {
  const folder = await copies(t, [name]);
  await taglib.initialize([folder]);
  await taglib.writeTags(path.join(folder, name), { chapters: list });
  return folder;
}

for (const name of ['plain.mp3', 'plain.m4a']) {
  describe(`the chapters of ${name}`, () => {
    for (const format of ['ffmetadata', 'json', 'cue']) {
      test(`are the same after they were written as ${format} and set again`, async (t) => {
        const folder = await withChapters(t, name);
        const before = await chaptersOf(folder, name);
        assert.deepEqual(before, GIVEN);
        const got = await chapters(folder, 'get', name, '--format', format, '-o', 'chapters');
        assert.deepEqual([got.code, got.stderr], [0, '']);
        await taglib.writeTags(path.join(folder, name), { chapters: [] });
        assert.deepEqual(await chaptersOf(folder, name), []);
        const set = await chapters(folder, 'set', name, '--from', 'chapters');
        assert.deepEqual([set.code, set.stdout], [0, `${name}: changed\n`]);
        assert.deepEqual(await chaptersOf(folder, name), before);
      });
    }
  });
}

test('chapters get writes to stdout, in the format of the extension of an output', async (t) => {
  const folder = await withChapters(t, 'plain.m4a', GIVEN.slice(0, 2));
  const { stdout } = await chapters(folder, 'get', 'plain.m4a');
  assert.match(
    stdout,
    /^;FFMETADATA1\n\n\[CHAPTER\]\nTIMEBASE=1\/1000\nSTART=0\nEND=40\ntitle=a\\=b/,
  );
  await chapters(folder, 'get', 'plain.m4a', '-o', 'a.cue');
  assert.equal(
    await readFile(path.join(folder, 'a.cue'), 'utf8'),
    'FILE "plain.m4a" WAVE\n' +
      '  TRACK 01 AUDIO\n    TITLE "a=b;c#d\\e"\n    INDEX 01 00:00:00\n' +
      '  TRACK 02 AUDIO\n    TITLE "\\"\n    INDEX 01 00:00:03\n',
  );
  await chapters(folder, 'get', 'plain.m4a', '-o', 'a.json');
  const json = JSON.parse(await readFile(path.join(folder, 'a.json'), 'utf8'));
  assert.deepEqual(withoutEnds(json), GIVEN.slice(0, 2));
});

test('chapters set takes a cue sheet as programs write it', async (t) => {
  const folder = await copies(t, ['chapters.mp3']);
  const sheet = [
    '\ufeffREM GENRE Audiobook',
    'PERFORMER "The Author"',
    'TITLE "The Book"',
    'FILE "The Book.mp3" MP3',
    '  TRACK 01 AUDIO',
    '    TITLE "One ""',
    '    PERFORMER Someone',
    '    INDEX 00 00:00:00',
    '    INDEX 01 00:00:02',
    'track 2 AUDIO',
    '  title Two',
    '  INDEX 01 00:00:04',
  ];
  await writeFile(path.join(folder, 'book.cue'), sheet.join('\r\n'));
  const dry = await chapters(folder, 'set', 'chapters.mp3', '--from', 'book.cue', '--dry-run');
  assert.match(dry.stdout, /would change\n {2}chapters: /);
  await chapters(folder, 'set', 'chapters.mp3', '--from', 'book.cue');
  assert.deepEqual(await chaptersOf(folder, 'chapters.mp3'), [
    { startTimeMs: 27, title: 'One ' },
    { startTimeMs: 53, title: 'Two' },
  ]);
});

test('chapters that FFmpeg reads and writes are the same', { skip: !hasFfmpeg }, async (t) => {
  // FFmpeg takes a line feed behind any backslash for a part of the text, even behind two.
  const list = GIVEN.filter(({ title }) => !title.endsWith('\\'));
  const folder = await withChapters(t, 'plain.m4a', list);
  await chapters(folder, 'get', 'plain.m4a', '-o', 'ours.txt');
  const ffmpeg = (...args) => execute('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: folder });
  const copied = [
    '-i',
    'plain.m4a',
    '-i',
    'ours.txt',
    '-map_chapters',
    '1',
    '-map',
    '0:a',
    '-c',
    'copy',
  ];
  await ffmpeg(...copied, 'theirs.m4a');
  assert.deepEqual(await chaptersOf(folder, 'theirs.m4a'), list);
  await ffmpeg('-i', 'theirs.m4a', '-f', 'ffmetadata', 'theirs.txt');
  await taglib.writeTags(path.join(folder, 'plain.m4a'), { chapters: [] });
  const { code } = await chapters(folder, 'set', 'plain.m4a', '--from', 'theirs.txt');
  assert.equal(code, 0);
  assert.deepEqual(await chaptersOf(folder, 'plain.m4a'), list);
});

describe('chapters that can’t be used', () => {
  const MISTAKES = {
    'TRACK 01 AUDIO\n  INDEX 01 1:00': /line 2 of the cue sheet: the time must be minutes:seconds/,
    'TRACK 01 AUDIO\n  INDEX 01 00:00:75': /line 2 of the cue sheet: the time must be/,
    'TRACK 01 AUDIO\n  TITLE x': /track 1 of the cue sheet has no INDEX 01/,
    'FILE "a" WAVE\nFILE "b" WAVE': /line 2 of the cue sheet: the tracks must be of one file/,
    'REM nothing': /the cue sheet has no TRACK/,
    '': /the cue sheet has no TRACK/,
    ';FFMETADATA1\ntitle=x': /the metadata file has no \[CHAPTER\]/,
    ';FFMETADATA1\n[CHAPTER]\nSTART=x': /chapter 1 .*: START must be a whole number, not "x"/,
    ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/0\nSTART=1': /chapter 1 .*: TIMEBASE must be a fraction/,
    '[1]': /must be an array of \{ startTimeMs, endTimeMs, title \}/,
    '[{': /is not valid JSON/,
  };

  test('are refused with the reason, and change nothing', async (t) => {
    const folder = await copies(t, ['plain.mp3']);
    const content = await readFile(path.join(folder, 'plain.mp3'));
    for (const [text, reason] of Object.entries(MISTAKES)) {
      await writeFile(path.join(folder, 'chapters'), text);
      const { code, stderr } = await chapters(folder, 'set', 'plain.mp3', '--from', 'chapters');
      assert.equal(code, 1, text);
      assert.match(stderr, reason);
      assert.doesNotMatch(stderr, /\n {4}at /, text);
    }
    assert.deepEqual(await readFile(path.join(folder, 'plain.mp3')), content);
    const missing = await chapters(folder, 'set', 'plain.mp3', '--from', 'none.cue');
    assert.match(missing.stderr, /no such file/);
  });

  test('are told where there are none, or too many for a cue sheet', async (t) => {
    const folder = await copies(t, ['plain.mp3', 'tagged.wma']);
    const none = await chapters(folder, 'get', 'plain.mp3');
    assert.match(none.stderr, /plain\.mp3 has no chapters/);
    await writeFile(path.join(folder, 'a.json'), JSON.stringify(GIVEN));
    const unable = await chapters(folder, 'set', 'tagged.wma', '--from', 'a.json');
    assert.match(unable.stderr, /ENOTSUP/);
    const many = Array.from({ length: 100 }, (_, index) => ({ startTimeMs: index, title: 'x' }));
    await taglib.initialize([folder]);
    await taglib.writeTags(path.join(folder, 'plain.mp3'), { chapters: many });
    const cue = await chapters(folder, 'get', 'plain.mp3', '--format', 'cue');
    assert.match(cue.stderr, /at most 99 tracks, not 100; use --format ffmetadata/);
  });
});
