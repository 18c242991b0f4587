/** Reads that are called at once go to a thread together, and nobody notices. */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { applyPicturesToFile, initialize, readFormat, readTags, shutdown } from '../index.js';
import { FIXTURES, scratch } from './support/files.mjs';
import { makeEndless } from './support/hostile.mjs';

const DEADLINE = 1500;
const NAMES = ['id3v24.mp3', 'vorbis.ogg', 'vorbis-comment.flac', 'aac.m4a', 'missing.mp3'];
const MANY = Array.from({ length: 200 }, (_, index) => `/music/${NAMES[index % NAMES.length]}`);

let folder;

before(async (t) => {
  folder = await scratch(t);
  await makeEndless(path.join(folder, 'slow.mp3'));
  await initialize({ '/music': FIXTURES, '/slow': folder }, { deadlineMs: DEADLINE });
  // Groups grow while all goes fast.
  await Promise.allSettled(MANY.map((file) => readTags(file)));
});
after(shutdown);

test('each call gets the answer or the error of its own file', async () => {
  const alone = new Map();
  for (const name of NAMES) alone.set(`/music/${name}`, await settled(readTags(`/music/${name}`)));
  const together = await Promise.all(MANY.map((file) => settled(readTags(file))));
  for (const [index, outcome] of together.entries()) {
    assert.deepEqual(outcome, alone.get(MANY[index]));
  }
});

test('each call gets its own pictures, also where they are large', async () => {
  const files = [1, 2, 3, 4, 5].map((number) => path.join(folder, `${number}.mp3`));
  for (const [index, file] of files.entries()) {
    await fs.copyFile(path.join(FIXTURES, 'id3v24.mp3'), file);
    const data = new Uint8Array(200_000).fill(index);
    await applyPicturesToFile(file, [
      { mimeType: 'image/png', data, type: 'FrontCover', description: '' },
    ]);
  }
  const reads = MANY.map(async (_, index) => {
    const { pictures } = await readTags(files[index % files.length]);
    assert.deepEqual(pictures[0].data, new Uint8Array(200_000).fill(index % files.length));
  });
  await Promise.all(reads);
});

test('calls of different kinds don’t mix', async () => {
  const calls = MANY.slice(0, 4).flatMap((file) => [
    readTags(file).then(({ pictures }) => pictures?.length ?? 0),
    readTags(file, { pictures: false }).then(({ pictures }) => pictures?.length ?? 0),
    readFormat(file),
  ]);
  const [, , format, ...rest] = await Promise.all(calls);
  assert.equal(format, 'MP3');
  assert.deepEqual(
    rest.filter((value) => typeof value === 'string'),
    ['OGG', 'FLAC', 'MP4'],
  );
  for (let index = 1; index < calls.length; index += 3) assert.equal(await calls[index], 0);
  assert.equal(await calls[0], 2);
});

test('a file that takes to its deadline holds up no other', async () => {
  const started = performance.now();
  const files = MANY.with(100, '/slow/slow.mp3');
  const times = await Promise.all(
    files.map((file) => settled(readTags(file)).then(() => performance.now() - started)),
  );
  const [slow] = times.splice(100, 1);
  assert.ok(slow >= DEADLINE, `${slow}`);
  assert.ok(Math.max(...times) < DEADLINE / 2, `${Math.max(...times)}`);
});

test('an abort stops its own call alone', async () => {
  const controllers = MANY.map(() => new AbortController());
  const calls = MANY.map((file, index) =>
    settled(readTags(file, { signal: controllers[index].signal })),
  );
  for (let index = 0; index < MANY.length; index += 3) controllers[index].abort();
  const outcomes = await Promise.all(calls);
  for (const [index, outcome] of outcomes.entries()) {
    assert.equal(outcome.name === 'AbortError', index % 3 === 0, `call ${index}`);
  }
});

async function settled(call) {
  try {
    return { tags: await call };
  } catch ({ name, message }) {
    return { name, error: message };
  }
}
