/** `npm run soak`: runs the long tests in full, and prints what they counted. */
import path from 'node:path';
import process from 'node:process';
import { install } from '../tools/install.mjs';
import { ROOT } from '../tools/repository.mjs';
import { run } from '../tools/run.mjs';
import { installRuntimes } from '../tools/runtimes.mjs';
import { prepare } from './prepare.mjs';

/** The tests that have a size (`__test__/support/sizes.mjs`). */
const TESTS = [
  'budget',
  'cli',
  'cluster',
  'crash',
  'full-crash',
  'full-files',
  'full-setters',
  'paths',
  'hostile',
  'host',
  'leaks',
];

prepare();
installRuntimes();
install(path.join(ROOT, 'examples', 'cluster'), '--ignore-scripts');
process.env.TAGLIB_WASI_SOAK = '1';
run('npm', ['run', '--silent', 'test:rust']);
const files = TESTS.map((name) => `__test__/${name}.test.mjs`);
run(process.execPath, ['--test', '--test-reporter=spec', ...files]);
