/** The app that hosts us: its event loop, its threads, its end. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { initialize, readTags, shutdown } from '../index.js';
import { FIXTURES, fixture, ROOT, scratch } from './support/files.mjs';
import { makeEndless, nestedChapters, waveOfManyChunks } from './support/hostile.mjs';
import { size } from './support/sizes.mjs';

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

  for (const gibibytes of [2, 4, 6]) {
    test(`it says so where ${gibibytes} GiB have no room for one`, async () => {
      assert.equal(await readUnder(gibibytes), 'INITIALIZATION');
    });
  }
});

test('worker threads read side by side, and may be ended in the middle', async () => {
  const worker = (end) =>
    new Worker(PROGRAM.replace('END', end), { eval: true, stdout: true, stderr: true });
  const finished = ['', '', ''].map(
    (end) => new Promise((resolve) => worker(end).once('exit', resolve)),
  );
  assert.deepEqual(await Promise.all(finished), [0, 0, 0]);
  for (let count = 0; count < size(10, 500); count += 1) {
    const ended = worker('require("node:worker_threads").parentPort.postMessage(1);');
    await new Promise((resolve) => ended.once('message', resolve));
    await ended.terminate();
  }
  await initialize([FIXTURES]);
  assert.deepEqual((await readTags(fixture('id3v1.mp3'))).title, ['Old Title']);
});

describe('with slow files', () => {
  const DEADLINE = 1000;
  const SLACK = 500;

  /** A program that has `count` slow files being read, and then runs `end`. */
  async function program(t, count, end) {
    const folder = await scratch(t);
    const file = path.join(folder, 'slow.mp3');
    await makeEndless(file);
    return `
      const { initialize, readTags } = require(${JSON.stringify(ROOT)});
      const { stat } = require('node:fs/promises');
      const file = ${JSON.stringify(file)};
      initialize([${JSON.stringify(folder)}], { deadlineMs: ${DEADLINE} }).then(() => {
        const reads = Array.from({ length: ${count} }, () => readTags(file).catch(({ code }) => code));
        setTimeout(async () => {
          console.log('ending');
          ${end}
        }, 200);
      });
    `;
  }

  for (const [name, count, end] of [
    ['process.exit, with calls queued and running', 1000, 'process.exit(0);'],
    ['a natural end, with a call running', 1, ''],
  ]) {
    test(`${name}: the process ends by the deadline`, async (t) => {
      const child = spawn(process.execPath, ['-e', await program(t, count, end)]);
      await once(child.stdout, 'data');
      const started = performance.now();
      child.stdout.resume();
      const [code, signal] = await once(child, 'exit');
      assert.deepEqual([code, signal], [0, null]);
      assert.ok(performance.now() - started <= DEADLINE + SLACK);
    });
  }

  for (const threads of [1, 4]) {
    test(`1,000 of them queued, and ${threads} in libuv’s pool: the app’s own calls go on`, async (t) => {
      const end = `
        const times = [];
        for (let count = 0; count < 500; count += 1) {
          const started = performance.now();
          await stat(file);
          times.push(performance.now() - started);
        }
        console.log(times.sort((one, other) => one - other)[495]);
        process.exit(0);
      `;
      const env = { ...process.env, UV_THREADPOOL_SIZE: String(threads) };
      const args = ['-e', await program(t, 1000, end)];
      const { stdout } = await execute(process.execPath, args, { env });
      const percentile = Number(stdout.split('\n')[1]);
      t.diagnostic(`the 99th percentile of fs.stat is ${percentile.toFixed(2)} ms`);
      assert.ok(percentile < 50, stdout);
    });
  }

  test('a worker that is ended in the middle of them is gone by the deadline', async (t) => {
    const worker = new Worker(await program(t, 3, ''), { eval: true, stdout: true });
    await once(worker.stdout, 'data');
    const started = performance.now();
    await worker.terminate();
    assert.ok(performance.now() - started <= DEADLINE + SLACK);
  });
});

test('forked processes and cluster workers read as well', async () => {
  const program = `
    const cluster = require('node:cluster');
    const { fork } = require('node:child_process');
    const { initialize, readTags } = require(${JSON.stringify(ROOT)});
    const read = () =>
      initialize([${JSON.stringify(FIXTURES)}])
        .then(() => readTags(${JSON.stringify(fixture('id3v1.mp3'))}))
        .then(({ title }) => title[0]);
    if (process.send === undefined) {
      cluster.setupPrimary({ exec: __filename });
      const report = (from) => (title) => console.log(from, title);
      read().then((title) => {
        report('parent')(title);
        fork(__filename).on('message', report('fork'));
        cluster.fork().on('message', report('cluster'));
      });
    } else {
      read().then((title) => process.send(title, () => process.disconnect()));
    }
  `;
  const folder = await scratch({ after });
  const file = path.join(folder, 'forks.cjs');
  await writeFile(file, program);
  const { stdout } = await execute(process.execPath, [file]);
  const lines = ['cluster Old Title', 'fork Old Title', 'parent Old Title'];
  assert.deepEqual(stdout.trim().split('\n').sort(), lines);
});

/** A WebAssembly function of V8's that reads far outside of its memory of one page. */
const OUT_OF_BOUNDS = Buffer.from(
  '0061736d0100000001060160017f017f030201000503010001070801047265616400000a0901070020002802000b',
  'hex',
);

describe('faults', () => {
  const rounds = size(200, 5000);

  test(`V8’s own and ours, ${2 * rounds} by turns, are each their owner’s`, async () => {
    const { instance } = await WebAssembly.instantiate(OUT_OF_BOUNDS);
    await initialize([FIXTURES]);
    const nested = nestedChapters(5000);
    for (let round = 0; round < rounds; round += 1) {
      const reading = assert.rejects(readTags(nested), { limit: 'stack' });
      assert.throws(() => instance.exports.read(0x7fffffff), WebAssembly.RuntimeError);
      await reading;
    }
    assert.deepEqual((await readTags(fixture('id3v1.mp3'))).title, ['Old Title']);
  });

  const posix = process.platform === 'win32' && 'signals are POSIX’s';

  /** A program that reads a file whose nesting is a fault of the guest's, and then runs `end`. */
  async function program(t, end) {
    const folder = await scratch(t);
    const file = path.join(folder, 'nested.mp3');
    await writeFile(file, nestedChapters(5000));
    return `
      const { initialize, readTags } = require(${JSON.stringify(ROOT)});
      const fault = () => readTags(${JSON.stringify(file)}).catch(({ code }) => console.log(code));
      initialize([${JSON.stringify(folder)}]).then(fault).then(() => { ${end} });
    `;
  }

  test('a foreign SIGSEGV ends the process with that signal', { skip: posix }, async (t) => {
    const end = `process.kill(process.pid, 'SIGSEGV')`;
    const child = spawn(process.execPath, ['-e', await program(t, end)]);
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGSEGV']);
  });

  test('with a listener for SIGSEGV of the app’s own nothing is read', {
    skip: posix,
  }, async (t) => {
    const end = `process.on('SIGSEGV', () => {}); fault();`;
    const { stdout } = await execute(process.execPath, ['-e', await program(t, end)]);
    assert.equal(stdout, 'RESOURCE_LIMIT\nINITIALIZATION\n');
  });
});

test('an addon with a damaged artifact is refused', async (t) => {
  const folder = await scratch(t);
  for (const name of ['index.js', 'lib', 'native', 'package.json']) {
    await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  const names = await readdir(path.join(folder, 'native'));
  const file = path.join(
    folder,
    'native',
    names.find((name) => name.endsWith('.node')),
  );
  const bytes = await readFile(file);
  // The artifact is an ELF file on every platform, and large.
  const artifact = bytes.indexOf('\x7fELF', 4, 'latin1');
  bytes[artifact + 1_000_000] ^= 1;
  await writeFile(file, bytes);
  const program = `require(${JSON.stringify(folder)}).initialize([])
    .catch(({ code, message }) => console.log(code, message));`;
  const { stdout } = await execute(process.execPath, ['-e', program]);
  assert.match(stdout, /^INITIALIZATION .*damaged/);
});
