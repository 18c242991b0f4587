/**
 * `npm test`: installs, builds, and runs every test, in Rust and in JavaScript.
 * With `--built` those in JavaScript, on an addon that is there already.
 */
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { installRuntimes } from '../__test__/support/runtimes.mjs';
import { prepare, run } from './prepare.mjs';

if (!process.argv.includes('--built')) {
  prepare();
  run('cargo', ['test', '--release', '--workspace', '--locked', '--quiet']);
}
installRuntimes();
const tests = readdirSync(new URL('../__test__/', import.meta.url))
  .filter((name) => name.endsWith('.test.mjs'))
  .map((name) => `__test__/${name}`);
run(process.execPath, ['--test', '--test-reporter=spec', ...tests]);
