/** `readNative`: what a file consists of, compared with what mutagen finds in it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { collectFiles } from './fidelity/saves.mjs';
import { FIXTURES, fixture, fixtureNames, ROOT } from './support/files.mjs';
import { hasMutagen } from './support/readers.mjs';

const { readNative } = taglib;
const MUTAGEN_READER = path.join(ROOT, '__test__', 'support', 'native_view.py');

/**
 * What mutagen reads otherwise than it is stored, by a part of the file's name. Ours is the
 * stored form.
 */
const MUTAGEN_DIFFERS = [
  // It replaces the characters of a key that are not ASCII by question marks.
  '-not-ascii-keys',
  // It replaces the bytes of a value that are not UTF-8. Ours are decoded as Latin-1.
  '-not-utf-8',
  // It gives a comment without an equals sign a name of its own.
  '-without-key',
  // It decompresses frames. Ours are the bytes of the frame.
  'compressed',
  // It searches for frames behind one that is not valid, and behind padding: ours is `rest`.
  '-invalid-frame',
  '-frame-behind-padding',
  // It joins two items.
  'mp4-two-items-of-one-name',
];

const differs = (file) => MUTAGEN_DIFFERS.some((part) => path.basename(file).includes(part));

/** What mutagen finds in each file: `[tag, id, description, language, type, values]`. */
async function mutagenElements(files) {
  const { stdout } = await promisify(execFile)('python3', ['-B', MUTAGEN_READER, ...files], {
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

/** An element in the same form. mutagen does not tell the version of an APE tag. */
const plain = ({ tag, id, description = null, language = null, type, values, sha256 }) => [
  ...[tag.replace(/^APEv\d/, 'APE'), id, description, language, type],
  values ?? [sha256],
];

const allFiles = () => fixtureNames().map(fixture);

describe('readNative', () => {
  before(() => taglib.initialize([FIXTURES]));
  after(taglib.shutdown);

  test('shows all that mutagen finds, as it is stored', { skip: !hasMutagen }, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-'));
    t.after(() => rm(folder, { recursive: true }));
    const files = (await collectFiles(folder)).filter((file) => !differs(file));
    const expected = await mutagenElements(files);
    await taglib.initialize([...new Set(files.map((file) => path.dirname(file)))]);
    let compared = 0;
    for (const [index, file] of files.entries()) {
      if (expected[index] === null) continue;
      const shown = new Set((await readNative(file)).map((it) => JSON.stringify(plain(it))));
      const missing = expected[index].filter((it) => !shown.has(JSON.stringify(it)));
      assert.deepEqual(missing, [], file);
      compared += expected[index].length;
    }
    assert.ok(compared > 200, `${compared} elements`);
    await taglib.initialize([FIXTURES]);
  });

  test('shows the same by path and by bytes', async () => {
    for (const file of allFiles()) {
      assert.deepEqual(await readNative(await readFile(file)), await readNative(file), file);
    }
  });

  test('shows the hashes that readPictureMetadata gives for MP3, FLAC and MP4', async () => {
    for (const name of ['id3v24.mp3', 'id3v23.mp3', 'vorbis-comment.flac', 'plain.m4a']) {
      const pictures = await taglib.readPictureMetadata(fixture(name));
      const hashes = (await readNative(fixture(name)))
        .filter(({ id }) => ['APIC', 'PICTURE', 'covr'].includes(id))
        .map(({ sha256 }) => sha256);
      assert.deepEqual(
        hashes,
        pictures.map(({ sha256 }) => sha256),
        name,
      );
    }
  });

  test('shows nothing of a file that is no audio file, and rejects where there is none', async () => {
    assert.deepEqual(await readNative(new Uint8Array(1000)), []);
    assert.deepEqual(await readNative(new Uint8Array()), []);
    await assert.rejects(
      readNative(path.join(FIXTURES, 'none.mp3')),
      ({ code, details }) => code === 'FILE_OPERATION' && details.errno === 'ENOENT',
    );
    await assert.rejects(readNative('/etc/passwd'), { code: 'FILE_OPERATION' });
    await assert.rejects(readNative(fixture('plain.mp3'), { signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
    await assert.rejects(readNative(fixture('plain.mp3'), { pictures: false }), TypeError);
  });

  test('shows what is there of a file that is cut off anywhere', async () => {
    for (const file of allFiles()) {
      const content = await readFile(file);
      const ends = Array.from({ length: 40 }, (_, part) =>
        Math.floor((content.length * part) / 40),
      );
      const views = await Promise.all(ends.map((end) => readNative(content.subarray(0, end))));
      for (const view of views) assert.ok(Array.isArray(view), file);
    }
  });

  test('fails at the limit of an answer', async () => {
    await taglib.initialize([FIXTURES], { maxAnswerBytes: 65_536 });
    const comment = `COMMENT=${'x'.repeat(70_000)}`;
    const length = (size) => Buffer.from(new Uint32Array([size]).buffer);
    const body = Buffer.concat([
      ...[length(0), length(1), length(comment.length)],
      Buffer.from(comment),
    ]);
    const header = Buffer.from([
      0x84,
      body.length >> 16,
      (body.length >> 8) & 255,
      body.length & 255,
    ]);
    await assert.rejects(readNative(Buffer.concat([Buffer.from('fLaC'), header, body])), {
      code: 'RESOURCE_LIMIT',
      limit: 'answer',
    });
  });
});
