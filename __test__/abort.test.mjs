/** Cancelling calls with an AbortSignal. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { initialize, readTags, shutdown } from '../index.js';
import { FIXTURES } from './support/files.mjs';
import { waveOfManyChunks } from './support/hostile.mjs';

const SLOW = waveOfManyChunks(1_000_000);
const ABORTED = { name: 'AbortError', code: 'ABORT_ERR' };

before(() => initialize({ '/music': FIXTURES }, { deadlineMs: 60_000, concurrency: 2 }));
after(shutdown);

test('a call with an aborted signal rejects at once, with the reason as its cause', async () => {
  const reason = new Error('the user left');
  await assert.rejects(readTags('/music/plain.mp3', { signal: AbortSignal.abort(reason) }), {
    ...ABORTED,
    cause: reason,
  });
});

test('an abort stops running calls, and frees their threads', async () => {
  const controller = new AbortController();
  const calls = Array.from({ length: 4 }, () => readTags(SLOW, { signal: controller.signal }));
  await sleep(50);
  controller.abort();
  for (const call of calls) await assert.rejects(call, ABORTED);
  const started = performance.now();
  await readTags('/music/plain.mp3');
  assert.ok(performance.now() - started < 2000);
});

test('an abort while a call waits rejects it before it starts', async () => {
  const blocker = new AbortController();
  const blocking = [1, 2].map(() => readTags(SLOW, { signal: blocker.signal }));
  const waiting = new AbortController();
  const call = readTags('/music/plain.mp3', { signal: waiting.signal });
  waiting.abort();
  await assert.rejects(call, ABORTED);
  blocker.abort();
  await Promise.allSettled(blocking);
});

test('an abort after the answer changes nothing', async () => {
  const controller = new AbortController();
  const tags = await readTags('/music/id3v1.mp3', { signal: controller.signal });
  controller.abort();
  assert.deepEqual(tags.title, ['Old Title']);
});

test('a call ends when AbortSignal.timeout fires, with a TimeoutError as its cause', async () => {
  await assert.rejects(readTags(SLOW, { signal: AbortSignal.timeout(30) }), (error) => {
    assert.equal(error.name, 'AbortError');
    assert.equal(error.cause.name, 'TimeoutError');
    return true;
  });
});

test('a call removes its listeners from the signal, and leaves onabort in place', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let heard = 0;
  const onabort = () => {
    heard += 1;
  };
  signal.onabort = onabort;
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args) => {
    listeners += 1;
    return addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args) => {
    listeners -= 1;
    return removeEventListener.apply(signal, args);
  };
  await readTags('/music/plain.mp3', { signal });
  await readTags('/music/none.mp3', { signal }).catch(() => {});
  assert.equal(listeners, 0);
  assert.equal(signal.onabort, onabort);
  controller.abort();
  assert.equal(heard, 1);
});

test('one signal can stop many calls', async () => {
  const controller = new AbortController();
  const calls = Array.from({ length: 500 }, () =>
    readTags('/music/id3v24.mp3', { signal: controller.signal }),
  );
  await Promise.race(calls);
  controller.abort();
  const results = await Promise.allSettled(calls);
  const aborted = results.filter(({ status }) => status === 'rejected');
  assert.ok(aborted.length > 0);
  for (const { reason } of aborted) assert.equal(reason.code, 'ABORT_ERR');
});

test('an error names the option that is wrong', async () => {
  const file = '/music/plain.mp3';
  await assert.rejects(readTags(file, { signal: {} }), /signal must be an AbortSignal/);
  await assert.rejects(readTags(file, { pictures: 'no' }), /pictures must be a boolean/);
  await assert.rejects(readTags(file, { picture: false }), /no option "picture".*pictures/);
  await assert.rejects(readTags(file, null), /options must be an object, not null/);
});
