/** The app that hosts us: its event loop, its threads, its end. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import process from 'node:process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { initialize, readTags, shutdown } from '../index.js';
import { FIXTURES, fixture, ROOT } from './support/files.mjs';
import { waveOfManyChunks } from './support/hostile.mjs';

after(shutdown);

test('the event loop ticks while 1,000 reads run', async () => {
  await initialize([FIXTURES]);
  let ticks = 0;
  const ticker = setInterval(() => {
    ticks += 1;
  }, 1);
  await Promise.all(Array.from({ length: 1000 }, () => readTags(fixture('id3v24.mp3'))));
  clearInterval(ticker);
  assert.ok(ticks >= 5, `${ticks} ticks`);
});

test('with every allowed thread busy, the app’s own file calls go on', async () => {
  await initialize([FIXTURES], { concurrency: 64, deadlineMs: 60_000 });
  const controller = new AbortController();
  const slow = waveOfManyChunks(1_000_000);
  const reads = Array.from({ length: 8 }, () => readTags(slow, { signal: controller.signal }));
  // Were libuv's pool full, these would wait for the slow reads to end.
  for (let count = 0; count < 20; count += 1) await stat(FIXTURES);
  let settled = false;
  Promise.allSettled(reads).then(() => {
    settled = true;
  });
  await stat(FIXTURES);
  assert.equal(settled, false);
  controller.abort();
  await Promise.allSettled(reads);
});

const PROGRAM = `
  const { initialize, readTags } = require(${JSON.stringify(ROOT)});
  initialize([${JSON.stringify(FIXTURES)}]).then(() => {
    for (let count = 0; count < 500; count += 1) readTags(${JSON.stringify(fixture('id3v24.mp3'))});
    END
  });
`;

for (const [name, end] of [
  ['a natural end waits for the calls', ''],
  ['process.exit ends with calls queued and running', 'setImmediate(() => process.exit(0));'],
]) {
  test(name, async () => {
    await promisify(execFile)(process.execPath, ['-e', PROGRAM.replace('END', end)]);
  });
}

test('worker threads read side by side, and may be ended in the middle', async () => {
  const worker = (end) =>
    new Worker(PROGRAM.replace('END', end), { eval: true, stdout: true, stderr: true });
  const finished = ['', '', ''].map(
    (end) => new Promise((resolve) => worker(end).once('exit', resolve)),
  );
  assert.deepEqual(await Promise.all(finished), [0, 0, 0]);
  for (let count = 0; count < 10; count += 1) {
    const ended = worker('require("node:worker_threads").parentPort.postMessage(1);');
    await new Promise((resolve) => ended.once('message', resolve));
    await ended.terminate();
  }
  await initialize([FIXTURES]);
  assert.deepEqual((await readTags(fixture('id3v1.mp3'))).title, ['Old Title']);
});
