/**
 * taglib-wasi/register: `node --import taglib-wasi/register app.mjs` puts an
 * unchanged app's calls of taglib-wasm on the route of `taglib-wasi/simple`.
 * The types and their documentation are in register.d.mts.
 *
 * An ES module, unlike the rest of the package: Node waits for it, so that the
 * directories are preopened before the app's first line.
 */
import * as nodeModule from 'node:module';
import process from 'node:process';
import { parsePreopens } from './lib/drop-in/environment.js';
import { resolve } from './lib/drop-in/redirect.mjs';
import { initialize } from './simple.js';

// Synchronous hooks on this thread, where Node has them (22.15, 23.5): those see
// `require` too.
const { register: registerOffThread, registerHooks } = /** @type {any} */ (nodeModule);
if (registerHooks) registerHooks({ resolve });
else registerOffThread('./lib/drop-in/redirect.mjs', import.meta.url);

const preopensOfEnvironment = parsePreopens(process.env.TAGLIB_WASI_PREOPENS);
if (preopensOfEnvironment !== undefined) await initialize(preopensOfEnvironment);

let hasPreopens = preopensOfEnvironment !== undefined;

/** @param {import('./register.mjs').RegisterConfig} config */
export function register({ preopens, ...options }) {
  hasPreopens = true;
  return initialize(preopens, options);
}

// A preload script that imports this module calls `register` before this runs.
setImmediate(() => {
  if (hasPreopens) return;
  process.emitWarning(
    'taglib-wasi/register has no directories, so every call goes to taglib-wasm. Name them in ' +
      'TAGLIB_WASI_PREOPENS, or call register({ preopens }) in a module of your own',
    { code: 'TAGLIB_WASI_NO_PREOPENS' },
  );
});
