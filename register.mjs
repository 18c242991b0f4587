/**
 * taglib-wasi/register: `node --import taglib-wasi/register app.mjs` puts an
 * unchanged program's calls of taglib-wasm on the route of `taglib-wasi/simple`.
 * The types and their documentation are in register.d.mts.
 *
 * An ES module, unlike the rest of the package: Node waits for it, so that the
 * directories are preopened before the program's first line.
 */
import * as module from 'node:module';
import { preopensFrom } from './lib/route/environment.js';
import { resolve } from './lib/route/redirect.mjs';
import { initialize } from './simple.js';

// Hooks on this very thread where Node has them (22.15, 23.5); they see
// `require`, too.
if (module.registerHooks) module.registerHooks({ resolve });
else module.register('./lib/route/redirect.mjs', import.meta.url);

const configured = preopensFrom(process.env.TAGLIB_WASI_PREOPENS);
if (configured !== undefined) await initialize(configured);

/** Whether the directories are named, or will be. */
let named = configured !== undefined;

export function register({ preopens, ...options }) {
  named = true;
  return initialize(preopens, options);
}

// Whoever calls `register` does so as soon as this module is there.
setImmediate(() => {
  if (named) return;
  process.emitWarning(
    'taglib-wasi/register knows no directories, so every call goes to taglib-wasm. Name them in ' +
      'TAGLIB_WASI_PREOPENS, or call register({ preopens }) in a module of your own',
    { code: 'TAGLIB_WASI_NO_PREOPENS' },
  );
});
