'use strict';

/**
 * Loads taglib-wasm when a call first needs it: an app whose calls are all native
 * neither waits for it nor has to install it.
 *
 * @typedef {typeof import('taglib-wasm') & typeof import('taglib-wasm/simple')} TaglibWasm
 */

const { TagLibInitializationError } = require('../core/errors.js');

/** @type {Promise<{ module: TaglibWasm } | { error: Error }> | undefined} */
let loading;
/** @type {TaglibWasm | undefined} */
let loaded;
/** @type {boolean | undefined} */
let bufferMode;

/**
 * taglib-wasm's main entry, which has all that its `simple` has, and the error
 * classes.
 *
 * @param {string} user What needs it, for the error where it can't be loaded.
 */
async function loadTaglibWasm(user) {
  loading ??= load();
  const result = await loading;
  if ('module' in result) return result.module;
  throw new TagLibInitializationError(
    `${user} needs the package taglib-wasm, which can't be loaded. ` +
      'Install it with `npm install taglib-wasm@1.5.1` (it needs Node 22.6 or later). ' +
      `The loader says: ${result.error.message}`,
    { cause: result.error },
  );
}

/** taglib-wasm, or undefined where it can't be loaded. */
async function findTaglibWasm() {
  loading ??= load();
  const result = await loading;
  return 'module' in result ? result.module : undefined;
}

/** taglib-wasm if a call has loaded it already. */
function loadedTaglibWasm() {
  return loaded;
}

/**
 * A setting of taglib-wasm's. May be called before it is loaded.
 *
 * @param {boolean} enabled
 */
function setBufferMode(enabled) {
  bufferMode = enabled;
  loaded?.setBufferMode(enabled);
}

async function load() {
  try {
    const [main, simple] = await Promise.all([import('taglib-wasm'), import('taglib-wasm/simple')]);
    loaded = { ...main, ...simple };
    if (bufferMode !== undefined) loaded.setBufferMode(bufferMode);
    return { module: loaded };
  } catch (error) {
    return { error: /** @type {Error} */ (error) };
  }
}

module.exports = {
  findTaglibWasm,
  loadedTaglibWasm,
  loadTaglibWasm,
  setBufferMode,
};
