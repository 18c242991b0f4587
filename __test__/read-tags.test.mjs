/** The arguments and the answers of `readTags`. */
import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { initialize, readTags, shutdown } from '../index.js';
import { FIXTURES, fixture, scratch } from './support/files.mjs';

const FILE = fixture('id3v24.mp3');
let expected;

before(async () => {
  await initialize({ '/music': FIXTURES });
  expected = await readTags('/music/id3v24.mp3');
});
after(shutdown);

test('text, numbers, pictures and ratings have the shapes that taglib-wasm gives them', () => {
  assert.deepEqual(expected.title, ['Grüße, 世界 🎵']);
  assert.deepEqual(expected.artist, ['First Artist', 'Second Artist']);
  assert.equal(expected.year, 2019);
  assert.equal(expected.date, '2019-04-05');
  assert.equal(expected.track, 3);
  assert.deepEqual(
    expected.pictures.map(({ type }) => type),
    ['FrontCover', 'BackCover'],
  );
  assert.equal(expected.ratings[0].email, 'fan@example.org');
});

const inputs = {
  'a guest path': () => '/music/id3v24.mp3',
  'an absolute host path': () => FILE,
  'a relative host path': () => path.relative(process.cwd(), FILE),
  'a host path with dots': () => `${FIXTURES}/../audio/./id3v24.mp3`,
  'a file: URL': () => pathToFileURL(FILE),
  'a Buffer': () => readFile(FILE),
  'a Uint8Array': async () => new Uint8Array(await readFile(FILE)),
  'a view into a larger buffer': async () => {
    const bytes = await readFile(FILE);
    const larger = new Uint8Array(bytes.length + 200);
    larger.set(bytes, 100);
    return larger.subarray(100, 100 + bytes.length);
  },
  'an ArrayBuffer': async () => new Uint8Array(await readFile(FILE)).buffer,
  'a SharedArrayBuffer’s view': async () => {
    const bytes = await readFile(FILE);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return shared;
  },
  'a Buffer on shared memory': async () => {
    const bytes = await readFile(FILE);
    const shared = Buffer.from(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return shared;
  },
  'a File': async () => new File([await readFile(FILE)], 'some.mp3'),
  '{ name, data }': async () => ({ name: 'whatever', data: await readFile(FILE) }),
};

for (const [name, input] of Object.entries(inputs)) {
  test(`readTags reads ${name}`, async () => {
    assert.deepStrictEqual(await readTags(await input()), expected);
  });
}

test('bytes may be changed or transferred as soon as the call has returned', async () => {
  const bytes = new Uint8Array(await readFile(FILE));
  const call = readTags(bytes);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  assert.deepStrictEqual(await call, expected);
});

test('bytes may be changed while the call waits', async () => {
  const bytes = await readFile(FILE);
  const calls = Array.from({ length: 20 }, () => readTags(bytes));
  bytes.fill(0);
  for (const tags of await Promise.all(calls)) assert.deepStrictEqual(tags, expected);
});

test('pictures: false leaves out the pictures and nothing else', async () => {
  const { pictures: _, ...rest } = expected;
  assert.deepStrictEqual(await readTags('/music/id3v24.mp3', { pictures: false }), rest);
});

test('pictures are plain Uint8Arrays, each with memory of its own', async () => {
  const [first, second] = expected.pictures;
  assert.equal(Object.getPrototypeOf(first.data), Uint8Array.prototype);
  assert.equal(first.data.buffer.byteLength, first.data.byteLength);
  assert.notEqual(first.data.buffer, second.data.buffer);
  // Memory that native code owns can't be transferred.
  const moved = structuredClone(first.data, { transfer: [first.data.buffer] });
  assert.equal(moved.byteLength, 73);
  expected = await readTags('/music/id3v24.mp3');
});

test('a file without tags gives an empty object', async () => {
  assert.deepStrictEqual(await readTags('/music/plain.mp3'), {});
});

test('a broadcast wave gives its bext data, with a time of more than 32 bits', async () => {
  const { bext, bextData, ixml } = await readTags('/music/broadcast.wav');
  assert.equal(bext.timeReferenceSamples, (3n << 32n) + 7n);
  assert.equal(bext.loudnessValueDb, -23);
  assert.equal('maxMomentaryLoudnessDb' in bext, false);
  assert.equal(bextData.length, 602 + bext.codingHistory.length);
  assert.match(ixml, /<PROJECT>Fixtures<\/PROJECT>/);
});

test('a link is followed inside a preopened directory, and refused if it leads outside', async (t) => {
  const folder = await scratch(t);
  await initialize({ '/music': FIXTURES, '/linked': folder });
  await symlink('real', path.join(folder, 'link.mp3'));
  await symlink(FIXTURES, path.join(folder, 'out'));
  await assert.rejects(readTags('/linked/link.mp3'), {
    details: { errno: 'ENOENT', operation: 'open', path: '/linked/link.mp3' },
  });
  await assert.rejects(
    readTags('/linked/out/id3v24.mp3'),
    (error) => error.details.errno === 'ENOTCAPABLE',
  );
});

test('a thousand reads of one file at once give equal answers', async () => {
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () => readTags('/music/vorbis.ogg')),
  );
  for (const answer of answers) assert.deepStrictEqual(answer, answers[0]);
});
