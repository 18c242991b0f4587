/** The app that uses the package: its event loop, threads, signals and exit. */
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

test('timers of the app run while 1,000 files are read', async () => {
  await initialize([FIXTURES]);
  let ticks = 0;
  const ticker = setInterval(() => {
    ticks += 1;
  }, 1);
  await Promise.all(Array.from({ length: 1000 }, () => readTags(fixture('id3v24.mp3'))));
  clearInterval(ticker);
  assert.ok(ticks >= 5, `${ticks} ticks`);
});

test('file system calls of the app go on while slow files take every allowed thread', async () => {
  await initialize([FIXTURES], { concurrency: 64, deadlineMs: 60_000 });
  const controller = new AbortController();
  const slow = waveOfManyChunks(1_000_000);
  const reads = Array.from({ length: 8 }, () => readTags(slow, { signal: controller.signal }));
  let allSettled = false;
  const settled = Promise.allSettled(reads).then(() => {
    allSettled = true;
  });
  // If libuv's pool were full, these would wait for slow reads to end.
  for (let count = 0; count < 21; count += 1) await stat(FIXTURES);
  assert.equal(allSettled, false);
  controller.abort();
  await settled;
});

const READS = 500;

/** A program that starts `READS` reads, and then runs `end`. */
function readingProgram(end) {
  return `
    const { initialize, readTags } = require(${JSON.stringify(ROOT)});
    initialize([${JSON.stringify(FIXTURES)}]).then(() => {
      const file = ${JSON.stringify(fixture('id3v24.mp3'))};
      const reads = Array.from({ length: ${READS} }, () => readTags(file));
      ${end}
    });
  `;
}

test('a process that has nothing else to do answers every call before it ends', async () => {
  const program = readingProgram(`
    let answered = 0;
    for (const read of reads) read.then(() => { answered += 1; });
    process.on('exit', () => console.log(answered));
  `);
  const { stdout } = await execute(process.execPath, ['-e', program]);
  assert.equal(Number(stdout), READS);
});

test('process.exit ends the process while calls are queued and running', async () => {
  const program = readingProgram(`
    let answered = 0;
    for (const read of reads) read.then(() => { answered += 1; });
    setImmediate(() => {
      console.log(answered);
      process.exit(7);
    });
  `);
  const { code, stdout } = await execute(process.execPath, ['-e', program]).catch((error) => error);
  assert.equal(code, 7);
  assert.match(stdout, /^\d+\n$/);
  assert.ok(Number(stdout) < READS, stdout);
});

describe('a process whose address space is limited', {
  skip: process.platform !== 'linux' && 'address space is limited on Linux alone',
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

  test('reads all the same', async () => {
    assert.equal(await readUnder(12), 'Old Title');
  });

  for (const gibibytes of [2, 4, 6]) {
    test(`is told by initialize that ${gibibytes} GiB have no room for an instance`, async () => {
      assert.equal(await readUnder(gibibytes), 'INITIALIZATION');
    });
  }
});

function readingWorker(end) {
  const program = `const { parentPort } = require('node:worker_threads'); ${readingProgram(end)}`;
  return new Worker(program, { eval: true, stdout: true, stderr: true });
}

test('worker threads read at the same time, and each gets all of its answers', async () => {
  const workers = [1, 2, 3].map(() =>
    readingWorker('Promise.all(reads).then((answers) => parentPort.postMessage(answers.length));'),
  );
  const outcomes = workers.map(async (worker) => {
    const exit = once(worker, 'exit');
    const [answers] = await once(worker, 'message');
    const [code] = await exit;
    return { answers, code };
  });
  const expected = { answers: READS, code: 0 };
  assert.deepEqual(await Promise.all(outcomes), [expected, expected, expected]);
});

test('a worker thread can be terminated while it reads, and the main thread reads afterwards', async () => {
  for (let count = 0; count < size(10, 500); count += 1) {
    const worker = readingWorker('parentPort.postMessage("reading");');
    await once(worker, 'message');
    await worker.terminate();
  }
  await initialize([FIXTURES]);
  assert.deepEqual((await readTags(fixture('id3v1.mp3'))).title, ['Old Title']);
});

describe('while slow files are read', () => {
  /** In milliseconds. */
  const DEADLINE = 1000;

  /** How late a process may end after the deadline, in milliseconds. */
  const SLACK = 500;

  /** A program that starts to read `count` slow files, and then runs `end`. */
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
    ['process.exit, with calls queued and running,', 1000, 'process.exit(0);'],
    ['having nothing else to do than one running call', 1, ''],
  ]) {
    test(`${name} ends the process by the deadline`, async (t) => {
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
    test(`fs.stat is fast with 1,000 files queued and a libuv pool of size ${threads}`, async (t) => {
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

  test('a worker thread that is terminated is gone by the deadline', async (t) => {
    const worker = new Worker(await program(t, 3, ''), { eval: true, stdout: true });
    await once(worker.stdout, 'data');
    const started = performance.now();
    await worker.terminate();
    assert.ok(performance.now() - started <= DEADLINE + SLACK);
  });
});

test('forked processes and cluster workers can read files', async () => {
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

/** A WebAssembly module whose function `read` loads from an address, with a memory of one page. */
const OUT_OF_BOUNDS = Buffer.from(
  '0061736d0100000001060160017f017f030201000503010001070801047265616400000a0901070020002802000b',
  'hex',
);

describe('a memory fault', () => {
  const rounds = size(200, 5000);

  test(`of V8’s WebAssembly and one of the sandbox, ${rounds} times each, both reject their own call`, async () => {
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

  const posix = process.platform === 'win32' && 'Windows has no signals';

  /** A program that makes the sandbox fault by a nested file, and then runs `end`. */
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

  test('outside the sandbox ends the process with SIGSEGV', { skip: posix }, async (t) => {
    const end = `process.kill(process.pid, 'SIGSEGV')`;
    const child = spawn(process.execPath, ['-e', await program(t, end)]);
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGSEGV']);
  });

  test('makes reads reject in an app that listens for SIGSEGV', {
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
  // The artifact is an ELF file on every platform, of more than a megabyte.
  const artifact = bytes.indexOf('\x7fELF', 4, 'latin1');
  bytes[artifact + 1_000_000] ^= 1;
  await writeFile(file, bytes);
  const program = `require(${JSON.stringify(folder)}).initialize([])
    .catch(({ code, message }) => console.log(code, message));`;
  const { stdout } = await execute(process.execPath, ['-e', program]);
  assert.match(stdout, /^INITIALIZATION .*damaged/);
});
