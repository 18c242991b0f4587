/**
 * Many reads at once. They share a queue and a few threads, which must not change what
 * each call gets.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { applyPicturesToFile, initialize, readFormat, readTags, shutdown } from '../index.js';
import { FIXTURES, scratch } from './support/files.mjs';
import { makeEndless } from './support/hostile.mjs';

/** In milliseconds. */
const DEADLINE = 1500;

const NAMES = ['id3v24.mp3', 'vorbis.ogg', 'vorbis-comment.flac', 'aac.m4a', 'missing.mp3'];
const MANY = Array.from({ length: 200 }, (_, index) => `/music/${NAMES[index % NAMES.length]}`);

let folder;

before(async (t) => {
  folder = await scratch(t);
  await makeEndless(path.join(folder, 'slow.mp3'));
  await initialize({ '/music': FIXTURES, '/slow': folder }, { deadlineMs: DEADLINE });
  // The threads are at work already.
  await Promise.allSettled(MANY.map((file) => readTags(file)));
});
after(shutdown);

test('each call gets the answer or the error of its own file', async () => {
  const alone = new Map();
  for (const file of new Set(MANY)) alone.set(file, await outcomeOf(readTags(file)));
  const together = await Promise.all(MANY.map((file) => outcomeOf(readTags(file))));
  for (const [index, outcome] of together.entries()) {
    assert.deepEqual(outcome, alone.get(MANY[index]));
  }
});

test('each call gets the pictures of its own file, even if they are large', async () => {
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

test('calls with different functions and options get their own answers', async () => {
  const answers = await Promise.all(
    MANY.slice(0, 4).map((file) =>
      Promise.all([readTags(file), readTags(file, { pictures: false }), readFormat(file)]),
    ),
  );
  assert.deepEqual(
    answers.map(([, , format]) => format),
    ['MP3', 'OGG', 'FLAC', 'MP4'],
  );
  const [[mp3]] = answers;
  assert.equal(mp3.pictures.length, 2);
  for (const [, withoutPictures] of answers) assert.equal(withoutPictures.pictures, undefined);
});

test('a file that exceeds its deadline delays no other', async () => {
  const started = performance.now();
  const files = MANY.with(100, '/slow/slow.mp3');
  const times = await Promise.all(
    files.map((file) => outcomeOf(readTags(file)).then(() => performance.now() - started)),
  );
  const [slow] = times.splice(100, 1);
  assert.ok(slow >= DEADLINE, `${slow}`);
  assert.ok(Math.max(...times) < DEADLINE / 2, `${Math.max(...times)}`);
});

test('calls are answered in a test that replaces the timers', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const outcomes = await Promise.all(MANY.map((file) => outcomeOf(readTags(file))));
  assert.equal(outcomes.length, MANY.length);
});

test('an abort rejects its own call alone', async () => {
  const controllers = MANY.map(() => new AbortController());
  const calls = MANY.map((file, index) =>
    outcomeOf(readTags(file, { signal: controllers[index].signal })),
  );
  for (let index = 0; index < MANY.length; index += 3) controllers[index].abort();
  const outcomes = await Promise.all(calls);
  for (const [index, outcome] of outcomes.entries()) {
    assert.equal(outcome.name === 'AbortError', index % 3 === 0, `call ${index}`);
  }
});

/** The tags, or the error's name and message. */
async function outcomeOf(call) {
  try {
    return { tags: await call };
  } catch ({ name, message }) {
    return { name, error: message };
  }
}
