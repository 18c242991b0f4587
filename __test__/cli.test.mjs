/** The command line, as users run it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { BIN, run } from './support/command-line.mjs';
import { fixture, fixtureNames, ROOT, scratch } from './support/files.mjs';
import { library } from './support/library.mjs';
import { size } from './support/sizes.mjs';
import { writeUnkeepable } from './support/unkeepable.mjs';

after(taglib.shutdown);

const twoSongs = (t) =>
  library(t, { 'song.mp3': 'id3v24.mp3', 'b/song.flac': 'vorbis-comment.flac' });

const tagsOf = (folder, name = 'song.mp3') => taglib.readTags(path.join(folder, name));
const lines = (text) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('`taglib-wasi read`', () => {
  test('prints a table', async (t) => {
    const folder = await twoSongs(t);
    const { code, stdout, stderr } = await run(folder, ['read', 'song.mp3']);
    assert.equal(code, 0);
    assert.match(stdout, /^song\.mp3\n┌/);
    assert.match(stdout, /│ title +│ Grüße, 世界 🎵 +│\n/);
    assert.match(stdout, /│ codec +│ MP3 +│\n/);
    assert.equal(stderr, '');
  });

  test('with --json prints an array of tags and errors', async (t) => {
    const folder = await twoSongs(t);
    await writeFile(path.join(folder, 'junk.mp3'), 'junk');
    const args = ['read', '--json', 'song.mp3', 'none.mp3', 'junk.mp3'];
    const { code, stdout, stderr } = await run(folder, args);
    assert.equal(code, 1);
    const [song, none, junk] = JSON.parse(stdout);
    const { pictures, ...tags } = await tagsOf(folder);
    assert.deepEqual({ ...song.tags, pictures: undefined }, { ...tags, pictures: undefined });
    assert.deepEqual(song.tags.pictures[0], {
      type: 'FrontCover',
      mimeType: 'image/png',
      description: 'front',
      size: pictures[0].data.length,
    });
    assert.equal(none.error.errno, 'ENOENT');
    assert.equal(junk.error.code, 'INVALID_FORMAT');
    assert.match(stderr, /none\.mp3: ENOENT/);
    assert.match(stderr, /^1 read, 2 failed, 0 skipped in \d+\.\d s$/m);
  });

  test('follows symbolic links that are named on the command line', async (t) => {
    const folder = await twoSongs(t);
    await mkdir(path.join(folder, 'links'));
    await symlink('../song.mp3', path.join(folder, 'links', 'a.mp3'));
    assert.equal((await run(path.join(folder, 'links'), ['read', 'a.mp3'])).code, 0);
  });

  test('prints no control characters from a file’s tags', async (t) => {
    const folder = await twoSongs(t);
    await taglib.writeTags(path.join(folder, 'song.mp3'), {
      title: '\u001b[2J\u001b]0;owned\u0007red\u009b31m\u202etxt',
    });
    const { stdout } = await run(folder, ['read', 'song.mp3']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be printed
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.match(stdout, /title +│ .*red/);
  });
});

describe('`taglib-wasi inspect`', () => {
  test('prints the elements beneath their tags', async (t) => {
    const folder = await twoSongs(t);
    const { code, stdout } = await run(folder, ['inspect', 'song.mp3', 'b/song.flac']);
    assert.equal(code, 0);
    assert.match(stdout, /^song\.mp3\n {2}ID3v2\.4\n {4}TIT2 +Grüße, 世界 🎵\n/);
    assert.match(stdout, /\n {4}APIC "front" +\(image\/png, 91 bytes, SHA-256 [0-9a-f]{12}…\)\n/);
    assert.match(stdout, /\nb\/song\.flac\n {2}FLAC\n {4}STREAMINFO .*\n {2}Vorbis comment\n/);
  });

  test('with --json prints an array of elements and errors', async (t) => {
    const folder = await twoSongs(t);
    await writeFile(path.join(folder, 'junk.mp3'), 'junk');
    const args = ['inspect', '--json', 'song.mp3', 'none.mp3', 'junk.mp3'];
    const { code, stdout, stderr } = await run(folder, args);
    assert.equal(code, 1);
    const [song, none, junk] = JSON.parse(stdout);
    await taglib.initialize([folder]);
    assert.deepEqual(song.elements, await taglib.readNative(path.join(folder, 'song.mp3')));
    assert.equal(none.error.errno, 'ENOENT');
    assert.deepEqual(junk.elements, []);
    assert.match(stderr, /none\.mp3: .*no such file/);
  });
});

describe('`taglib-wasi scan`', () => {
  const everything = Object.fromEntries(fixtureNames().map((name) => [`music/${name}`, name]));

  test('prints a line of JSON for each file, and nothing else to stdout', async (t) => {
    const folder = await library(t, everything);
    await writeFile(path.join(folder, 'music', 'junk.mp3'), 'junk');
    await writeFile(path.join(folder, 'music', 'notes.txt'), 'notes');
    const { code, stdout, stderr } = await run(folder, ['scan', 'music', '--properties']);
    assert.equal(code, 1);
    const records = lines(stdout);
    const count = fixtureNames().length;
    assert.equal(records.length, count + 1);
    for (const record of records) {
      if (record.status === 'failed') {
        assert.equal(record.path, 'music/junk.mp3');
        assert.equal(record.error.code, 'INVALID_FORMAT');
      } else {
        const file = path.join(folder, record.path);
        assert.deepEqual(record.tags.title, (await taglib.readTags(file)).title);
        assert.deepEqual(record.properties, (await taglib.readMetadata(file)).properties);
        assert.equal(record.size, (await stat(file)).size);
      }
    }
    assert.match(stderr, new RegExp(`^${count} read, 1 failed, 1 skipped in \\d+\\.\\d s\n$`));
  });

  test('adds hashes of the audio with --audio-hash', async (t) => {
    const folder = await twoSongs(t);
    const { stdout } = await run(folder, ['scan', '--audio-hash', '.']);
    await taglib.initialize([folder]);
    const song = lines(stdout).find(({ path: file }) => file.endsWith('song.mp3'));
    assert.equal(song.audioHash, await taglib.readAudioHash(path.join(folder, 'song.mp3')));
    const csv = await run(folder, ['scan', '--audio-hash', '--format', 'csv', '.']);
    assert.match(csv.stdout, /,audioHash\r\n/);
    assert.ok(csv.stdout.includes(`,${song.audioHash}\r\n`));
  });

  test('writes CSV that Python reads', async (t) => {
    const folder = await twoSongs(t);
    await taglib.writeTags(path.join(folder, 'song.mp3'), { title: 'a "b", c\nd;é' });
    const args = ['scan', '.', '--format', 'csv', '--properties'];
    const { stdout } = await run(folder, args);
    const file = path.join(folder, 'out.csv');
    await writeFile(file, stdout);
    const program = `
import csv, json
print(json.dumps(list(csv.DictReader(open(${JSON.stringify(file)}, newline='', encoding='utf8')))))`;
    const { stdout: json } = await promisify(execFile)('python3', ['-c', program]);
    const row = JSON.parse(json).find((one) => one.path === 'song.mp3');
    assert.equal(row.title, 'a "b", c\nd;é');
    assert.equal(row.artist, 'First Artist; Second Artist');
    assert.equal(row.sampleRate, '44100');
    assert.equal(row.pictures, '2');
  });

  test('writes one JSON array, of no files and of several directories', async (t) => {
    const folder = await twoSongs(t);
    await mkdir(path.join(folder, 'empty'));
    const empty = await run(folder, ['scan', 'empty', '--format', 'json']);
    assert.deepEqual([empty.code, JSON.parse(empty.stdout)], [0, []]);
    const args = ['scan', 'b', 'none', '.', '--format', 'json', '--no-pictures'];
    const { code, stdout } = await run(folder, args);
    assert.equal(code, 1);
    const records = JSON.parse(stdout);
    assert.deepEqual(records.map((record) => record.path).sort(), [
      'b/song.flac',
      'b/song.flac',
      'none',
      'song.mp3',
    ]);
    assert.equal(records.find((record) => record.path === 'none').error.errno, 'ENOENT');
    assert.ok(records.every((record) => record.tags?.pictures === undefined));
  });

  test('obeys --extensions, --concurrency and --follow', async (t) => {
    const folder = await twoSongs(t);
    await symlink('b', path.join(folder, 'c'));
    const args = ['scan', folder, '--extensions', '.FLAC,ogg', '--concurrency', '1', '--follow'];
    const { stdout } = await run(folder, args);
    const names = lines(stdout).map((record) => path.relative(folder, record.path));
    assert.deepEqual(names, ['b/song.flac']);
  });

  test('ends without an error when the reader of its pipe exits', async (t) => {
    const folder = await library(t, everything);
    for (const name of fixtureNames()) {
      await mkdir(path.join(folder, name));
      for (let count = 0; count < 30; count += 1) {
        await link(path.join(folder, 'music', name), path.join(folder, name, `${count}-${name}`));
      }
    }
    const command = `"${process.execPath}" "${BIN}" scan . | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], { cwd: folder });
    assert.equal(lines(stdout).length, 1);
    assert.doesNotMatch(stderr, /EPIPE|Error/);
  });
});

describe('`taglib-wasi scan` at a terminal', { skip: process.platform === 'win32' }, () => {
  async function many(t) {
    const folder = await library(t, { 'a.flac': 'vorbis-comment.flac' });
    for (let count = 0; count < 3000; count += 1) {
      await link(path.join(folder, 'a.flac'), path.join(folder, `${count}.flac`));
    }
    return folder;
  }

  async function atTerminal(folder, interruptAfter) {
    const out = `${folder}.ndjson`;
    const script = path.join(ROOT, '__test__', 'support', 'terminal.py');
    const command = [process.execPath, BIN, 'scan', folder];
    const args = [script, out, interruptAfter, ...command];
    const { stdout } = await promisify(execFile)('python3', args);
    return { ...JSON.parse(stdout), records: lines(await readFile(out, 'utf8')) };
  }

  test('shows a progress bar with the rate and the time left, and then the summary', async (t) => {
    const { shown, code, records } = await atTerminal(await many(t), '');
    assert.equal(code, 0);
    assert.match(shown, /\d+% \| \d+ of \d+ \| \d+\/s \| \S+ left/);
    assert.match(shown, /3,001 read, 0 failed, 0 skipped in \d+\.\d s\r\n$/);
    assert.equal(records.length, 3001);
  });

  test('stops at Ctrl-C, prints what it has read, and exits with 130', async (t) => {
    const { shown, code, records } = await atTerminal(await many(t), ' | 1');
    assert.equal(code, 130);
    const [, read] = shown.match(/Interrupted: ([\d,]+) read, 0 failed, 0 skipped/);
    assert.equal(Number(read.replace(',', '')), records.length);
    assert.ok(records.length < 3001);
  });
});

describe('`taglib-wasi set`', () => {
  test('sets fields, several values and fields by name, and removes empty ones', async (t) => {
    const folder = await twoSongs(t);
    const { code, stdout } = await run(folder, [
      ...['set', 'song.mp3', 'b/song.flac', '--title', 'New', '--artist', 'A', '--artist', 'B'],
      ...['--track', '7', '--disc', '2', '--comment', '', '--compilation', 'yes'],
      ...['--field', 'MOOD=calm', '--field', 'label=L'],
    ]);
    assert.equal(code, 0);
    assert.equal(stdout, 'song.mp3: changed\nb/song.flac: changed\n');
    for (const name of ['song.mp3', 'b/song.flac']) {
      const tags = await tagsOf(folder, name);
      assert.deepEqual([tags.title, tags.artist, tags.label], [['New'], ['A', 'B'], ['L']]);
      assert.deepEqual([tags.track, tags.discNumber, tags.comment], [7, 2, undefined]);
      assert.deepEqual(tags.album, ['The Fixtures']);
    }
  });

  test('with --dry-run prints the changes and makes none', async (t) => {
    const folder = await twoSongs(t);
    const before = await readFile(path.join(folder, 'song.mp3'));
    const { stdout } = await run(folder, ['set', 'song.mp3', '--title', 'New', '--dry-run']);
    assert.match(stdout, /^song\.mp3: would change\n {2}title: \["Grüße.*"\] → \["New"\]\n/);
    assert.deepEqual(await readFile(path.join(folder, 'song.mp3')), before);
    const same = ['set', 'song.mp3', '--album', 'The Fixtures', '--dry-run', '--json'];
    const [record] = lines((await run(folder, same)).stdout);
    assert.deepEqual([record.status, record.changes], ['unchanged', {}]);
  });

  test('continues after a file that fails, and exits with 1', async (t) => {
    const folder = await twoSongs(t);
    await writeFile(path.join(folder, 'junk.mp3'), 'junk');
    const args = ['set', 'junk.mp3', 'song.mp3', '--title', 'New', '--json'];
    const { code, stdout, stderr } = await run(folder, args);
    assert.equal(code, 1);
    assert.deepEqual(
      lines(stdout).map(({ status }) => status),
      ['failed', 'changed'],
    );
    assert.match(stderr, /junk\.mp3/);
    assert.deepEqual((await tagsOf(folder)).title, ['New']);
    assert.equal(await readFile(path.join(folder, 'junk.mp3'), 'utf8'), 'junk');
  });
});

describe('a change that would lose something', () => {
  const LOSS = /^taglib-wasi: song\.mp3: (loses|would lose) ID3v2 [^\n]*: "[^\n]*"$/m;

  /** Runs the command on a file with a frame that can't be kept. */
  async function runOn(t, ...args) {
    const folder = await scratch(t);
    const file = path.join(folder, 'song.mp3');
    await writeUnkeepable(file);
    const before = await readFile(file);
    const result = await run(folder, args);
    return { ...result, isChanged: !before.equals(await readFile(file)) };
  }

  for (const args of [
    ['set', 'song.mp3', '--title', 'New'],
    ['set', 'song.mp3', '--title', 'New', '--dry-run'],
    ['cover', 'remove', 'song.mp3'],
  ]) {
    test(`is refused by \`${args.join(' ')}\`, with a line for each loss`, async (t) => {
      const { code, stdout, stderr, isChanged } = await runOn(t, ...args);
      assert.deepEqual([code, stdout, isChanged], [1, '', false]);
      assert.match(stderr, /ENOTSUP/);
      assert.match(stderr, LOSS);
    });
  }

  test('is made with --on-loss report, and lists the losses in JSON too', async (t) => {
    const args = ['set', 'song.mp3', '--title', 'New', '--on-loss', 'report', '--json'];
    const { code, stdout, stderr, isChanged } = await runOn(t, ...args);
    assert.deepEqual([code, isChanged], [0, true]);
    assert.match(stderr, LOSS);
    const [{ status, lost }] = lines(stdout);
    assert.equal(status, 'changed');
    assert.match(lost[0].kind, /^ID3v2/);
  });

  test('is shown beforehand by --dry-run with --on-loss report', async (t) => {
    const args = ['set', 'song.mp3', '--title', 'New', '--on-loss', 'report', '--dry-run'];
    const { code, stdout, stderr, isChanged } = await runOn(t, ...args);
    assert.deepEqual([code, isChanged], [0, false]);
    assert.match(stderr, LOSS);
    assert.match(stdout, /^song\.mp3: would change\n {2}title: /);
  });

  test('is made without a message with --on-loss ignore', async (t) => {
    const args = ['set', 'song.mp3', '--title', 'New', '--on-loss', 'ignore'];
    const { code, stderr, isChanged } = await runOn(t, ...args);
    assert.deepEqual([code, stderr, isChanged], [0, '', true]);
  });
});

describe('`taglib-wasi cover`', () => {
  test('get writes the image to a file or to a pipe', async (t) => {
    const folder = await twoSongs(t);
    const image = await taglib.readCoverArt(path.join(folder, 'song.mp3'));
    assert.equal((await run(folder, ['cover', 'get', 'song.mp3', '-o', 'c.png'])).code, 0);
    assert.deepEqual(new Uint8Array(await readFile(path.join(folder, 'c.png'))), image);
    const command = `"${process.execPath}" "${BIN}" cover get song.mp3 | cmp - c.png`;
    await promisify(execFile)('sh', ['-c', command], { cwd: folder });
  });

  test('set replaces the pictures of a type, and remove removes them', async (t) => {
    const folder = await twoSongs(t);
    const [front, back] = (await tagsOf(folder)).pictures;
    await writeFile(path.join(folder, 'new.jpg'), back.data);
    const types = async () => (await tagsOf(folder)).pictures?.map(({ type }) => type);

    const dry = await run(folder, ['cover', 'set', 'song.mp3', '-i', 'new.jpg', '--dry-run']);
    assert.match(dry.stdout, /would change\n.* {2}pictures/s);
    assert.deepEqual((await tagsOf(folder)).pictures[0].data, front.data);

    await run(folder, ['cover', 'set', 'song.mp3', '-i', 'new.jpg']);
    const changed = (await tagsOf(folder)).pictures;
    // The content decides, not the name: it is a PNG.
    assert.deepEqual([changed[0].mimeType, changed[0].data], ['image/png', back.data]);
    assert.deepEqual(await types(), ['FrontCover', 'BackCover']);

    await run(folder, ['cover', 'remove', 'song.mp3', '--type', 'FrontCover']);
    assert.deepEqual(await types(), ['BackCover']);
    await run(folder, ['cover', 'remove', 'song.mp3']);
    assert.equal(await types(), undefined);
    const none = await run(folder, ['cover', 'get', 'song.mp3']);
    assert.deepEqual([none.code, none.stderr], [1, 'taglib-wasi: song.mp3 has no picture\n']);
  });

  test('set refuses a file that is not an image', async (t) => {
    const folder = await twoSongs(t);
    const { code, stderr } = await run(folder, ['cover', 'set', 'song.mp3', '-i', 'song.mp3']);
    assert.equal(code, 1);
    assert.match(stderr, /song\.mp3 must be a JPEG/);
  });
});

test('`taglib-wasi clear` removes all tags', async (t) => {
  const folder = await twoSongs(t);
  await run(folder, ['clear', 'song.mp3', '--dry-run']);
  assert.ok((await tagsOf(folder)).title);
  await run(folder, ['clear', 'song.mp3']);
  assert.deepEqual(await tagsOf(folder), {});
});

describe('`taglib-wasi dump` and `apply`', () => {
  test('change the fields that were edited, keep those left out, and remove those set to null', async (t) => {
    const folder = await twoSongs(t);
    const before = await tagsOf(folder);
    const { stdout } = await run(folder, ['dump', 'song.mp3', 'b/song.flac']);
    const entries = JSON.parse(stdout);
    assert.deepEqual(entries[0].tags.title, before.title);
    assert.equal(entries[0].pictures, undefined);
    entries[0].tags = { title: ['Edited'], comment: null };
    entries[1].tags.title = 'Also';
    const input = JSON.stringify(entries);
    const dry = await run(folder, ['apply', '--dry-run'], { input });
    assert.match(dry.stdout, /song\.mp3: would change\n {2}title: .* → \["Edited"\]/);
    assert.match(dry.stderr, /^2 would change/);
    assert.deepEqual(await tagsOf(folder), before);

    assert.equal((await run(folder, ['apply'], { input })).code, 0);
    const { title, comment, ...rest } = await tagsOf(folder);
    assert.deepEqual([title, comment], [['Edited'], undefined]);
    for (const name of Object.keys(rest)) assert.deepEqual(rest[name], before[name], name);
    assert.deepEqual((await tagsOf(folder, 'b/song.flac')).title, ['Also']);
  });

  test('carry ratings, chapters, bext and iXML', async (t) => {
    const folder = await library(t, { 'a.wav': 'broadcast.wav', 'b.wav': 'info.wav' });
    const mp3 = { 'a.mp3': 'id3v24.mp3', 'b.mp3': 'plain.mp3', 'c.mp3': 'chapters.mp3' };
    for (const [name, source] of Object.entries(mp3)) {
      await copyFile(fixture(source), path.join(folder, name));
    }
    const { stdout } = await run(folder, ['dump', 'a.wav', 'a.mp3', 'c.mp3']);
    const [wav, song, book] = JSON.parse(stdout);
    const input = JSON.stringify([
      { path: 'b.wav', tags: wav.tags },
      { path: 'b.mp3', tags: { ratings: song.tags.ratings, chapters: book.tags.chapters } },
    ]);
    assert.equal((await run(folder, ['apply'], { input })).code, 0);
    const [from, to] = [await tagsOf(folder, 'a.wav'), await tagsOf(folder, 'b.wav')];
    assert.ok(from.bextData.length > 0 && from.ixml.length > 0);
    assert.deepEqual([to.bextData, to.ixml], [from.bextData, from.ixml]);
    const { ratings, chapters } = await tagsOf(folder, 'b.mp3');
    assert.deepEqual(ratings, (await tagsOf(folder, 'a.mp3')).ratings);
    assert.deepEqual(chapters, (await tagsOf(folder, 'c.mp3')).chapters);

    const removal = JSON.stringify({ path: 'b.wav', tags: { bextData: null, ixml: null } });
    assert.equal((await run(folder, ['apply'], { input: removal })).code, 0);
    const { bextData, ixml } = await tagsOf(folder, 'b.wav');
    assert.deepEqual([bextData, ixml], [undefined, undefined]);
  });

  test('copy pictures to another file with --pictures', async (t) => {
    const folder = await twoSongs(t);
    const { stdout } = await run(folder, ['dump', '--pictures', 'song.mp3']);
    const [entry] = JSON.parse(stdout);
    // FLAC has no place for the address and the counter of a rating.
    const { ratings: _, ...tags } = entry.tags;
    await writeFile(
      path.join(folder, 'dump.json'),
      JSON.stringify([{ ...entry, tags, path: 'b/song.flac' }]),
    );
    assert.equal((await run(folder, ['apply', 'dump.json'])).code, 0);
    const [one, other] = [await tagsOf(folder), await tagsOf(folder, 'b/song.flac')];
    assert.deepEqual(other.pictures, one.pictures);
    assert.deepEqual(other.musicbrainzTrackId, one.musicbrainzTrackId);
  });

  test('refuse input that is not a dump before any file is changed', async (t) => {
    const folder = await twoSongs(t);
    for (const [input, message] of [
      ['{', /is not valid JSON/],
      ['5', /must be an array of \{ path/],
      ['[{"path":"song.mp3","tags":{"title":"x"}},{}]', /must be an array of \{ path/],
    ]) {
      const { code, stderr } = await run(folder, ['apply'], { input });
      assert.equal(code, 1);
      assert.match(stderr, message);
    }
    assert.deepEqual((await tagsOf(folder)).title, ['Grüße, 世界 🎵']);
  });
});

describe('a usage error', () => {
  for (const args of [
    [],
    ['frobnicate'],
    ['read'],
    ['read', 'a.mp3', '--jsn'],
    ['scan', '.', '--format', 'xml'],
    ['scan', '.', '--concurrency', '0'],
    ['set', 'a.mp3'],
    ['set', 'a.mp3', '--year', 'MCMLIX'],
    ['set', 'a.mp3', '--compilation', 'maybe'],
    ['set', 'a.mp3', '--field', 'nothing'],
    ['cover', 'set', 'a.mp3'],
    ['cover', 'set', 'a.mp3', '-i', 'a.jpg', '--type', 'Selfie'],
  ]) {
    test(`\`${['taglib-wasi', ...args].join(' ')}\` exits with 2 and prints the reason`, async (t) => {
      const { code, stdout, stderr } = await run(await scratch(t), args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /\w/);
    });
  }
});

test('--help and --version print to stdout and exit with 0', async (t) => {
  const folder = await scratch(t);
  const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  assert.deepEqual(await run(folder, ['--version']), {
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
  for (const command of ['read', 'scan', 'set', 'cover set', 'clear', 'dump', 'apply']) {
    const { code, stdout } = await run(folder, [...command.split(' '), '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: taglib-wasi ${command} `));
  }
});

const oneSong = (t, name) => library(t, { [name]: 'id3v24.mp3' });

describe('the directories that a command opens', () => {
  /** What the command passes to `initialize`, one entry for each call. */
  async function preopens(folder, args) {
    const hook = `${folder}-hook.cjs`;
    await writeFile(
      hook,
      `const taglib = require(${JSON.stringify(path.join(ROOT, 'index.js'))});
      const { initialize } = taglib;
      taglib.initialize = (preopens, options) => {
        process.stderr.write('preopens ' + JSON.stringify(preopens) + '\\n');
        return initialize(preopens, options);
      };`,
    );
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--require', hook, BIN, ...args],
      { cwd: folder, timeout: 20_000 },
    );
    return stderr
      .split('\n')
      .filter((line) => line.startsWith('preopens '))
      .flatMap((line) => JSON.parse(line.slice('preopens '.length)));
  }

  test('are those of its files, even if they have only the root in common', async (t) => {
    const folder = await oneSong(t, '..x/song.mp3');
    const other = fixture('vorbis-comment.flac');
    const opened = await preopens(folder, ['read', '..x/song.mp3', other]);
    assert.deepEqual(opened, [
      { path: path.join(folder, '..x'), readOnly: true },
      { path: path.dirname(other), readOnly: true },
    ]);
    const written = await preopens(folder, ['set', '..x/song.mp3', '--title', 'x']);
    assert.deepEqual(written, [{ path: path.join(folder, '..x'), readOnly: false }]);
  });

  test('do not confuse a folder in the root whose name begins with two dots', async (t) => {
    let folder;
    try {
      folder = await mkdtemp('/..x');
    } catch {
      t.skip('needs the right to make a folder in the root');
      return;
    }
    t.after(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'song.mp3');
    await copyFile(fixture('id3v24.mp3'), file);
    const opened = await preopens(await scratch(t), ['read', file, fixture('id3v1.mp3')]);
    assert.deepEqual(opened[0], { path: folder, readOnly: true });
  });
});

test('names and messages do not steer the terminal, on stderr and in JSON', async (t) => {
  const name = 'a\u001b[2J\u0007\u009b31m\u202egpm.mp3';
  const folder = await oneSong(t, 'song.mp3');
  await taglib.writeTags(path.join(folder, 'song.mp3'), { title: 'x\u009b31m\u202e' });
  await writeFile(path.join(folder, name), 'junk');
  for (const args of [
    ['read', name, 'song.mp3'],
    ['read', '--json', name, 'song.mp3', `${name}\nsecond line`],
    ['read', 'song.mp3', `--${name}`],
    ['apply', name],
    ['scan', name],
    ['scan', '.'],
    ['set', 'song.mp3', '--comment', name, '--json', '--dry-run'],
    ['dump', 'song.mp3'],
  ]) {
    const { stdout, stderr } = await run(folder, args);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
    const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
    assert.doesNotMatch(stdout, control, args.join(' '));
    assert.doesNotMatch(stderr, control, args.join(' '));
  }
  const { stdout } = await run(folder, ['dump', 'song.mp3']);
  assert.deepEqual(JSON.parse(stdout)[0].tags.title, ['x\u009b31m\u202e']);
});

describe('CSV', () => {
  const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\u001b=1', '＝1', 'a;=1'];

  async function titleCells(t, args) {
    const folder = await oneSong(t, 'song.mp3');
    const cells = [];
    for (const title of FORMULAS) {
      await taglib.writeTags(path.join(folder, 'song.mp3'), { title });
      const { stdout } = await run(folder, ['scan', '.', '--format', 'csv', ...args]);
      const [, row] = stdout.split('\r\n');
      const [, cell] = row.match(/^1,song\.mp3,read,,,,,,\d+,[\d.]+,("(?:[^"]|"")*"|[^,]*),/);
      cells.push(cell);
    }
    return cells;
  }

  test('gives a spreadsheet no formulas and no control characters', async (t) => {
    assert.deepEqual(await titleCells(t, []), [
      ...["'=1+1", "'+1", "'-1", "'@SUM(A1)", "' =1", '"\'\t=1"', "'\ufffd=1", "'＝1", '"a;=1"'],
    ]);
  });

  test('leaves formulas alone if asked to', async (t) => {
    assert.deepEqual(await titleCells(t, ['--no-escape-formulas']), [
      ...['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '"\t=1"', '\ufffd=1', '＝1', '"a;=1"'],
    ]);
  });
});

describe('an output that can’t be written ends the command with one line and exit code 1', () => {
  const skip = process.platform !== 'linux' && 'needs /dev/full';
  for (const [name, redirection, line] of [
    ['a full disk', '> /dev/full', /^taglib-wasi: can't write to stdout: ENOSPC.*\n$/],
    ['a closed one', '1< /dev/null', /^taglib-wasi: can't write to stdout: .*EBADF.*\n$/],
  ]) {
    for (const command of [
      'read song.mp3 song.mp3',
      'scan .',
      'dump song.mp3',
      'cover get song.mp3',
    ]) {
      test(`${name}: ${command}`, { skip }, async (t) => {
        const folder = await oneSong(t, 'song.mp3');
        const script = `"${process.execPath}" "${BIN}" ${command} ${redirection}; echo "code $?"`;
        const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: folder });
        assert.equal(stdout, 'code 1\n');
        assert.match(stderr, line);
      });
    }
  }

  test('a reader that has gone', { skip }, async (t) => {
    const folder = await oneSong(t, 'song.mp3');
    for (let count = 0; count < 2000; count += 1) {
      await link(path.join(folder, 'song.mp3'), path.join(folder, `${count}.mp3`));
    }
    const script = `("${process.execPath}" "${BIN}" scan .; echo "code $?" >&2) | head -n 1`;
    const { stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: folder });
    assert.equal(stderr, "taglib-wasi: can't write to stdout: its reader has closed it\ncode 1\n");
  });
});

test('a scan of many files needs no more memory than one of few', async (t) => {
  const folder = await scratch(t);
  const few = path.join(folder, 'few');
  const lots = path.join(folder, 'lots');
  await fill(few, 1000);
  await fill(lots, size(10_000, 100_000));
  const [least, most] = [await peakMemory(few), await peakMemory(lots)];
  t.diagnostic(`${least} and ${most} bytes`);
  assert.ok(most <= least * 1.2, `${least} and ${most} bytes`);
});

/** Makes `count` small files, a hundred of them in a folder of their own. */
async function fill(folder, count) {
  await mkdir(path.join(folder, 'a'), { recursive: true });
  let source;
  for (let index = 0; index < count; index += 1) {
    const file = path.join(folder, index < 100 ? 'a' : '', `${index}.it`);
    // File systems limit the number of links to one file.
    if (index % 10_000 === 0) await copyFile(fixture('tiny.it'), file);
    else await link(source, file);
    if (index % 10_000 === 0) source = file;
  }
}

/** The peak memory of a scan, in bytes. */
async function peakMemory(folder) {
  const hook = `
    process.on('exit', () => {
      const status = require('node:fs').readFileSync('/proc/self/status', 'utf8');
      process.stderr.write('peak ' + status.match(/VmHWM:\\s+(\\d+)/)[1] * 1024 + '\\n');
    });`;
  const file = `${folder}-hook.cjs`;
  await writeFile(file, hook);
  const command = `"${process.execPath}" --require "${file}" "${BIN}" scan "${folder}" > "${folder}.ndjson"`;
  const { stderr } = await promisify(execFile)('sh', ['-c', command]);
  return Number(stderr.match(/peak (\d+)/)[1]);
}
