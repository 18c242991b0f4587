/** The app that hosts us: its event loop, its threads, its end. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { initialize, readTags, shutdown } from '../index.js';
import { FIXTURES, fixture, ROOT } from './support/files.mjs';
import { waveOfManyChunks } from './support/hostile.mjs';

const execute = promisify(execFile);

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
    await execute(process.execPath, ['-e', PROGRAM.replace('END', end)]);
  });
}

describe('where address space is limited', {
  skip: process.platform !== 'linux' && 'it is not',
}, () => {
  const READ_ONE = `
    const { initialize, readTags } = require(${JSON.stringify(ROOT)});
    initialize([${JSON.stringify(FIXTURES)}])
      .then(() => readTags(${JSON.stringify(fixture('id3v1.mp3'))}))
      .then(({ title }) => console.log(title[0]), ({ code }) => console.log(code));
  `;
  const readUnder = async (gibibytes) => {
    const command = `ulimit -v ${gibibytes * 1024 * 1024}; exec "$0" -e "$1"`;
    const { stdout } = await execute('sh', ['-c', command, process.execPath, READ_ONE]);
    return stdout.trim();
  };

  test('it reads, with one instance at a time', async () => {
    assert.equal(await readUnder(12), 'Old Title');
  });

  test('it says so where not even one has room', async () => {
    assert.equal(await readUnder(6), 'INITIALIZATION');
  });
});

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
