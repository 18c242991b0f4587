/**
 * One budget for each call: on any file it stays within its memory, ends in time,
 * and leaves the event loop free. Each file is read and changed in a process of
 * its own, which is watched.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BOMBS } from './support/bombs.mjs';
import { scratch } from './support/files.mjs';
import { size } from './support/sizes.mjs';

const CHILD = fileURLToPath(new URL('support/budget-child.mjs', import.meta.url));
const MIB = 2 ** 20;

/** The default of `memoryLimit`, and what a call may take besides, in bytes. */
const MEMORY_LIMIT = 256 * MIB;
const MOST_GROWTH = MEMORY_LIMIT + 64 * MIB;

const DEADLINE = 1000;

/** A save or a hash has a second more for each 16 MiB of the file (`guest/src/save/mod.rs`). */
const SIZE_PER_SECOND = 16 * MIB;

/**
 * What may pass after the deadline or an abort, and the longest gap of the event
 * loop, in milliseconds: as promised where the machine is quiet, more where tests
 * share it.
 */
const SLACK = size(1500, 150);
const LONGEST_GAP = size(100, 20);

/**
 * How often a call is tried: other load on the machine can slow it, and earlier calls
 * leave memory to V8 and to the C library. Later tries have a process of their own.
 */
const ATTEMPTS = 3;

const OF_PATHS = [
  'readTags',
  'readTagsWithoutPictures',
  'readMetadata',
  'readPictures',
  'readTagsBatch',
  'readNative',
  'readAudioHash',
  'applyTags',
  'writeTags',
];
const OF_BYTES = ['readTagsOfBytes', 'readNativeOfBytes', 'applyTagsToBytes'];

/** They read all of the file, so their deadline is extended. */
const OF_WHOLE_FILES = ['readAudioHash', 'writeTags'];

/** How a call may end. */
const OUTCOME =
  /^(answered|INVALID_FORMAT|METADATA|MEMORY|FILE_OPERATION|RESOURCE_LIMIT (deadline|memory|stack|answer))$/;

async function watch(file, settings) {
  const args = ['--expose-gc', CHILD, file, JSON.stringify(settings)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** What breaks a promise, in words. */
function faultsOf({ name, outcome, milliseconds, gap, growth, stoppedAfter = 0 }, contentSize) {
  // Bytes that the caller passes are copied once, which `memoryLimit` does not count.
  const mostGrowth = MOST_GROWTH + (OF_BYTES.includes(name) ? contentSize : 0);
  const extra = OF_WHOLE_FILES.includes(name)
    ? Math.floor(contentSize / SIZE_PER_SECOND) * 1000
    : 0;
  const faults = [
    [!OUTCOME.test(outcome), outcome],
    [milliseconds > DEADLINE + extra + SLACK, `${milliseconds.toFixed(0)} ms`],
    [gap > LONGEST_GAP, `a gap of ${gap.toFixed(0)} ms`],
    [growth > mostGrowth, `${(growth / MIB).toFixed(0)} MiB`],
    [stoppedAfter > SLACK, `stopped after ${stoppedAfter.toFixed(0)} ms`],
  ];
  return faults.filter(([isBroken]) => isBroken).map(([, fault]) => `${name}: ${fault}`);
}

function summary(results) {
  const most = (key) => Math.max(...results.map((result) => result[key]));
  const outcomes = [...new Set(results.map(({ outcome }) => outcome))].join(', ');
  return (
    `at most ${most('milliseconds').toFixed(0)} ms, a gap of ${most('gap').toFixed(0)} ms, ` +
    `${(most('growth') / MIB).toFixed(0)} MiB: ${outcomes}`
  );
}

async function makeBomb(t, { file, make }) {
  const made = path.join(await scratch(t), file);
  make(made);
  return made;
}

describe('whatever the file', {
  skip: process.platform !== 'linux' && 'memory is measured on Linux',
}, () => {
  for (const bomb of BOMBS) {
    test(`${bomb.name}: every call ends within its limits`, async (t) => {
      const calls = bomb.inMemory ? [...OF_PATHS, ...OF_BYTES] : OF_PATHS;
      let contentSize = 0;
      let groups = [calls];
      let faults;
      for (let attempt = 0; attempt < ATTEMPTS && groups.length > 0; attempt += 1) {
        const results = [];
        for (const group of groups) {
          const file = await makeBomb(t, bomb);
          results.push(...(await watch(file, { deadlineMs: DEADLINE, calls: group })));
          contentSize = statSync(file).size;
        }
        t.diagnostic(summary(results));
        const broken = results.filter((result) => faultsOf(result, contentSize).length > 0);
        faults = broken.flatMap((result) => faultsOf(result, contentSize));
        groups = broken.map(({ name }) => [name]);
      }
      assert.deepEqual(faults, []);
    });
  }

  test('an abort stops the thread, whichever file it works on', async (t) => {
    for (const bomb of BOMBS) {
      const file = await makeBomb(t, bomb);
      const settings = { deadlineMs: 60_000, calls: ['readTags', 'writeTags'], abortAfter: 50 };
      for (const { name, stoppedAfter } of await watch(file, settings)) {
        const took = `${bomb.name}, ${name}: stopped after ${stoppedAfter.toFixed(0)} ms`;
        assert.ok(stoppedAfter <= SLACK, took);
      }
    }
  });

  test('where address space is short, a call fails with an error of ours', async (t) => {
    // V8 ends the process if it gets no memory for itself, so it gets some.
    const V8 = 256 * MIB;
    const settings = { deadlineMs: DEADLINE, calls: OF_PATHS, addressSpace: MEMORY_LIMIT + V8 };
    const bombs = BOMBS.values();
    const tryRest = async () => {
      for (const bomb of bombs) {
        const file = await makeBomb(t, bomb);
        for (const { name, outcome } of await watch(file, settings)) {
          assert.match(outcome, OUTCOME, `${bomb.name}, ${name}`);
        }
      }
    };
    // Nothing is measured here, so each core takes a file.
    await Promise.all(Array.from({ length: availableParallelism() }, tryRest));
  });
});
