'use strict';

/**
 * Loads taglib-wasm when a call first needs it: an app whose calls all go to
 * the addon does not wait for it and does not have to install it.
 *
 * @typedef {typeof import('taglib-wasm') & typeof import('taglib-wasm/simple')} TaglibWasm
 */

const { TagLibInitializationError } = require('./errors.js');

/** @type {Promise<{ module: TaglibWasm } | { error: Error }> | undefined} */
let loading;
/** @type {TaglibWasm | undefined} */
let loaded;
/** @type {boolean | undefined} */
let bufferMode;

/**
 * Loads taglib-wasm's main entry, which has the exports of its `simple` and the error
 * classes.
 *
 * @param {string} user Names the caller in the error if it can't be loaded.
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

/** Returns taglib-wasm, or undefined if it can't be loaded. */
async function findTaglibWasm() {
  loading ??= load();
  const result = await loading;
  return 'module' in result ? result.module : undefined;
}

/** Returns taglib-wasm if a call has loaded it already. */
function loadedTaglibWasm() {
  return loaded;
}

/**
 * Changes a setting of taglib-wasm. May be called before it is loaded.
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
