'use strict';

/**
 * taglib-wasm, loaded when a call first needs it: an app whose calls are all
 * native neither waits for it nor has to install it.
 */

const { TagLibInitializationError } = require('../errors.js');

let loading;
let loaded;
let bufferMode;

/**
 * taglib-wasm's main entry, which has all that its `simple` has, and the error
 * classes. `need` is what the caller can't have without it.
 */
async function loadPeer(need) {
  loading ??= load();
  const { peer, error } = await loading;
  if (peer !== undefined) return peer;
  throw new TagLibInitializationError(
    `${need} needs the package taglib-wasm, which can't be loaded. ` +
      'Install it with `npm install taglib-wasm@1.5.1` (it needs Node 22.6 or later). ' +
      `The loader says: ${error.message}`,
    { cause: error },
  );
}

/** The same, or nothing where it is not installed. */
async function findPeer() {
  loading ??= load();
  return (await loading).peer;
}

/** taglib-wasm's full API. */
async function getTagLib() {
  return (await loadPeer('getTagLib')).getTagLib();
}

/** taglib-wasm's own setting, which may come before it is loaded. */
function setBufferMode(enabled) {
  bufferMode = enabled;
  loaded?.setBufferMode(enabled);
}

async function load() {
  try {
    const [main, simple] = await Promise.all([import('taglib-wasm'), import('taglib-wasm/simple')]);
    loaded = { ...main, ...simple };
    if (bufferMode !== undefined) loaded.setBufferMode(bufferMode);
    return { peer: loaded };
  } catch (error) {
    return { error };
  }
}

module.exports = { findPeer, getTagLib, loadPeer, setBufferMode };
