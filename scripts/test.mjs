/**
 * `npm test`: installs, builds, and runs every test, in Rust and in JavaScript.
 * With `--built` it runs only those in JavaScript, on the addon in `native`.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { install } from '../tools/install.mjs';
import { ROOT } from '../tools/repository.mjs';
import { run } from '../tools/run.mjs';
import { installRuntimes } from '../tools/runtimes.mjs';
import { prepare } from './prepare.mjs';

/**
 * How many test files run at once. Node's default is one less than this, which
 * leaves the second of two cores idle.
 */
const CONCURRENCY = availableParallelism();

/** The files that measure time and memory, which run after the others. */
const MEASURING = ['budget.test.mjs'];

if (!process.argv.includes('--built')) {
  prepare();
  run('npm', ['run', '--silent', 'test:rust']);
}
installRuntimes();
install(path.join(ROOT, 'examples', 'cluster'), '--ignore-scripts');
const names = readdirSync(new URL('../__test__/', import.meta.url)).filter((name) =>
  name.endsWith('.test.mjs'),
);
runTests(names.filter((name) => !MEASURING.includes(name)));
runTests(MEASURING);

/** @param {string[]} names */
function runTests(names) {
  run(process.execPath, [
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${CONCURRENCY}`,
    ...names.map((name) => `__test__/${name}`),
  ]);
}
