/**
 * `npm test`: installs, builds, and runs every test, in Rust and in JavaScript.
 * With `--built` it runs only those in JavaScript, on the addon in `native`.
 */
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { run } from '../tools/run.mjs';
import { installRuntimes } from '../tools/runtimes.mjs';
import { prepare } from './prepare.mjs';

if (!process.argv.includes('--built')) {
  prepare();
  run('npm', ['run', '--silent', 'test:rust']);
}
installRuntimes();
const tests = readdirSync(new URL('../__test__/', import.meta.url))
  .filter((name) => name.endsWith('.test.mjs'))
  .map((name) => `__test__/${name}`);
run(process.execPath, ['--test', '--test-reporter=spec', ...tests]);
