/** The command `lyrics`: synced lyrics as LRC, in and out. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies, ROOT } from './support/files.mjs';
import { encoderFor } from './support/legacy-texts.mjs';
import { hasMutagen } from './support/readers.mjs';

const BIN = path.join(ROOT, 'bin', 'taglib-wasi.js');
const execute = promisify(execFile);

after(taglib.shutdown);

/** Runs the command in a folder. Resolves to its exit code, stdout and stderr. */
async function lyrics(cwd, args, input) {
  const running = execute(process.execPath, [BIN, 'lyrics', ...args], { cwd });
  running.child.stdin.end(input);
  try {
    return { code: 0, ...(await running) };
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr };
  }
}

/** A folder with a copy of a fixture and the LRC file `song.lrc`. */
async function withLrc(t, name, lrc) {
  const folder = await copies(t, [name]);
  await writeFile(path.join(folder, 'song.lrc'), lrc);
  await taglib.initialize([folder]);
  return { folder, file: path.join(folder, name) };
}

const LRC = '[la:eng]\n[description:verse]\n[00:01.50]Grüße, 世界\n[00:02.00]\n[01:00.005]end\n';
const LINES = taglib.parseLrc(LRC).lines;

/** Everything else that the file has. */
async function others(file) {
  const { SYNCEDLYRICS, ...tags } = await taglib.readTags(file);
  return { tags, audio: await taglib.readAudioHash(file) };
}

for (const name of ['id3v22.mp3', 'id3v23.mp3', 'id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a']) {
  test(`an LRC file is the same after it was set in ${name} and written again`, async (t) => {
    const { folder, file } = await withLrc(t, name, LRC);
    await taglib.writeTags(file, { lyrics: 'plain\nlyrics' });
    const before = await others(file);
    const set = await lyrics(folder, ['set', name, '--from', 'song.lrc']);
    assert.deepEqual(set, { code: 0, stdout: `${name}: changed\n`, stderr: '' });
    const got = await lyrics(folder, ['get', name, '-o', 'again.lrc']);
    assert.deepEqual(got, { code: 0, stdout: '', stderr: '' });
    assert.equal(await readFile(path.join(folder, 'again.lrc'), 'utf8'), LRC);
    assert.equal((await lyrics(folder, ['get', name])).stdout, LRC);
    assert.deepEqual(await others(file), before);
  });

  test(`lyrics with the same names in ${name} are replaced, and others stay`, async (t) => {
    const { folder, file } = await withLrc(t, name, LRC);
    const plain = { lines: [{ timeMs: 5, text: 'é' }] };
    const other = { language: 'deu', description: 'verse', lines: [{ timeMs: 7, text: 'andere' }] };
    const same = { language: 'ENG', description: 'verse', lines: [{ timeMs: 9, text: 'old' }] };
    await taglib.writeSyncedLyrics(file, [plain, same, other]);
    await lyrics(folder, ['set', name, '--from', 'song.lrc']);
    const found = await taglib.readSyncedLyrics(file);
    assert.deepEqual(
      found.map(({ language, lines }) => [language, lines]),
      [
        [undefined, plain.lines],
        ['deu', other.lines],
        ['eng', LINES],
      ],
    );
  });

  test(`a dry run shows the lines that ${name} would have, and changes nothing`, async (t) => {
    const { folder, file } = await withLrc(t, name, LRC);
    const before = await readFile(file);
    const args = ['set', name, '--from', 'song.lrc', '--dry-run'];
    const { stdout } = await lyrics(folder, args);
    assert.match(stdout, /: would change\n {2}syncedLyrics: \[\] → .*"timeMs":1500,"text":"Grüße/);
    const { changes } = JSON.parse((await lyrics(folder, [...args, '--json'])).stdout);
    assert.deepEqual(changes.syncedLyrics.to[0].lines, LINES);
    assert.deepEqual(await readFile(file), before);
    await lyrics(folder, args.slice(0, -1));
    const again = await lyrics(folder, args);
    assert.equal(again.stdout, `${name}: would stay as it is\n`);
  });
}

test('lyrics get takes the first lyrics or those that are chosen, and names the others', async (t) => {
  const { folder, file } = await withLrc(t, 'plain.mp3', LRC);
  const line = (text) => [{ timeMs: 0, text }];
  await taglib.writeSyncedLyrics(file, [
    { type: 'chord', description: 'chords', lines: line('C') },
    { language: 'eng', lines: line('first') },
    { language: 'eng', description: 'two', lines: line('second') },
    { lines: line('unnamed') },
  ]);
  const get = async (...args) => lyrics(folder, ['get', 'plain.mp3', ...args]);
  const first = await get();
  assert.equal(first.stdout, '[la:eng]\n[00:00.00]first\n');
  assert.match(first.stderr, /there are other synced lyrics; .*--language eng --description "two"/);
  assert.match((await get('--description', 'two')).stdout, /second/);
  assert.match((await get('--language', 'ENG', '--description', 'two')).stdout, /second/);
  assert.match((await get('--language', 'XXX')).stdout, /unnamed/);
  assert.match((await get('--description', 'chords')).stdout, /\]C\n/);
  const none = await get('--language', 'fra');
  assert.deepEqual([none.code, none.stdout], [1, '']);
  assert.match(none.stderr, /no synced lyrics with these names; choose by --language XXX/);
  assert.equal((await get('--language', 'english')).code, 2);
});

test('chords are not replaced by lyrics with the same language and description', async (t) => {
  const { folder, file } = await withLrc(t, 'plain.mp3', '[00:01.00]a');
  await taglib.writeSyncedLyrics(file, [{ type: 'chord', lines: [{ timeMs: 1, text: 'C' }] }]);
  const before = await readFile(file);
  const { code, stderr } = await lyrics(folder, ['set', 'plain.mp3', '--from', 'song.lrc']);
  assert.equal(code, 1);
  assert.match(stderr, /has the type chord; choose another --description/);
  assert.deepEqual(await readFile(file), before);
});

test('LRC in the field of lyrics without times stays, and lyrics set says so', async (t) => {
  const name = 'vorbis-comment.flac';
  const { folder, file } = await withLrc(t, name, '[00:01.00]new');
  await taglib.writeTags(file, { lyrics: '[00:01.00]old' });
  const { code, stderr } = await lyrics(folder, ['set', name, '--from', 'song.lrc']);
  assert.deepEqual([code, stderr.includes('lyrics with the same names stay')], [0, true], stderr);
  assert.equal((await taglib.readTags(file)).lyrics[0].text, '[00:01.00]old');
  assert.equal((await lyrics(folder, ['get', name])).stdout, '[00:01.00]new\n');
});

test('LRC has any line breaks, a byte order mark, and comes from stdin', async (t) => {
  const { folder, file } = await withLrc(t, 'plain.mp3', '');
  const given = ['--language', 'deu', '--description', 'x'];
  const args = ['set', 'plain.mp3', '--from', '-', ...given];
  await lyrics(folder, args, '\ufeff[la:eng]\r\n[00:01.00]one\r\n[00:02.00]two\r\n');
  const lines = [
    { timeMs: 1000, text: 'one' },
    { timeMs: 2000, text: 'two' },
  ];
  assert.deepEqual(await taglib.readSyncedLyrics(file), [
    { language: 'deu', description: 'x', type: 'lyrics', lines },
  ]);
});

test('LRC in a legacy encoding is read with --encoding, and refused without', async (t) => {
  const gbk = Buffer.concat([Buffer.from('[00:01.00]'), encoderFor('gbk')('七里香')]);
  const { folder, file } = await withLrc(t, 'plain.mp3', gbk);
  const before = await readFile(file);
  const args = ['set', 'plain.mp3', '--from', 'song.lrc'];
  const refused = await lyrics(folder, args);
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /song\.lrc is not valid UTF-8; .*--encoding gbk/);
  assert.deepEqual(await readFile(file), before);
  const unknown = await lyrics(folder, [...args, '--encoding', 'klingon']);
  assert.match(unknown.stderr, /must be an encoding such as "gbk".*not the string "klingon"/);
  await lyrics(folder, [...args, '--encoding', 'gbk']);
  const [{ lines }] = await taglib.readSyncedLyrics(file);
  assert.deepEqual(lines, [{ timeMs: 1000, text: '七里香' }]);
});

test('a text without a time is refused, and changes nothing', async (t) => {
  const { folder, file } = await withLrc(t, 'plain.mp3', '[ti:Title]\nplain lyrics\n');
  const before = await readFile(file);
  const { code, stderr } = await lyrics(folder, ['set', 'plain.mp3', '--from', 'song.lrc']);
  assert.equal(code, 1);
  assert.match(stderr, /song\.lrc must be LRC, but no line begins with a time/);
  assert.deepEqual(await readFile(file), before);
  const missing = await lyrics(folder, ['set', 'plain.mp3', '--from', 'none.lrc']);
  assert.match(missing.stderr, /no such file/);
  assert.match((await lyrics(folder, ['get', 'plain.mp3'])).stderr, /has no synced lyrics/);
});

describe('with mutagen', { skip: !hasMutagen && 'mutagen is not installed' }, () => {
  const python = async (program, ...args) =>
    (await execute('python3', ['-c', program, ...args])).stdout;

  test('what lyrics set writes is read as it was given', async (t) => {
    const expected = LINES.map(({ timeMs, text }) => [text, timeMs]);
    const mp3 = await withLrc(t, 'id3v23.mp3', LRC);
    await lyrics(mp3.folder, ['set', 'id3v23.mp3', '--from', 'song.lrc']);
    const frames = `
import json, sys
from mutagen.id3 import ID3
[frame] = ID3(sys.argv[1]).getall("SYLT")
print(json.dumps([frame.lang, frame.desc, int(frame.type), frame.text]))`;
    assert.deepEqual(JSON.parse(await python(frames, mp3.file)), ['eng', 'verse', 1, expected]);
    for (const [name, field] of [
      ['vorbis-comment.flac', 'SYNCEDLYRICS'],
      ['aac.m4a', '----:com.apple.iTunes:SYNCEDLYRICS'],
    ]) {
      const { folder, file } = await withLrc(t, name, LRC);
      await lyrics(folder, ['set', name, '--from', 'song.lrc']);
      const program = `
import mutagen, sys
[text] = mutagen.File(sys.argv[1])[sys.argv[2]]
sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode())`;
      assert.equal(await python(program, file, field), LRC);
    }
  });
});
