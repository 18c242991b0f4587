/** `npm run soak`: the long tests in full. Prints what they counted. */
import process from 'node:process';
import { installRuntimes } from '../__test__/support/runtimes.mjs';
import { prepare, run } from './prepare.mjs';

/** Those that have a size (`__test__/support/sizes.mjs`). */
const TESTS = ['cli', 'crash', 'paths', 'hostile', 'host', 'leaks'];

prepare();
installRuntimes();
process.env.TAGLIB_WASI_SOAK = '1';
run('cargo', ['test', '--release', '--workspace', '--locked', '--quiet']);
const files = TESTS.map((name) => `__test__/${name}.test.mjs`);
run(process.execPath, ['--test', '--test-reporter=spec', ...files]);
