/** The resources that many calls of every kind and outcome leave behind. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scratch } from './support/files.mjs';
import { size } from './support/sizes.mjs';

const MIXER = fileURLToPath(new URL('support/mixer.mjs', import.meta.url));
const linux = process.platform !== 'linux' && 'descriptors and threads are counted on Linux';
const calls = size(20_000, 1_000_000);

test(`${calls} mixed calls leave no descriptor, thread or memory behind`, {
  skip: linux,
}, async (t) => {
  const folder = await scratch(t);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', MIXER, folder, String(calls)],
    { maxBuffer: 1 << 26 },
  );
  const { early, late, outcomes } = JSON.parse(stdout);
  t.diagnostic(JSON.stringify({ early, late, outcomes }));
  assert.deepEqual(outcomes.wrong, undefined);
  assert.equal(late.descriptors, early.descriptors);
  assert.equal(late.threads, early.threads);
  // Allocators keep some memory; a leak of a hundred bytes per call would be noticed.
  const perCall = (late.resident - early.resident) / calls;
  assert.ok(perCall < size(1000, 20), `${perCall} bytes per call`);
});
