'use strict';

/**
 * The functions of taglib-wasm's main entry that are about its own module. They are
 * passed on to taglib-wasm, which is loaded at the first call.
 */

const { loadTaglibWasm } = require('../core/taglib-wasm.js');

/**
 * @param {'createTagLib' | 'loadTagLibModule' | 'initializeForDenoCompile' | 'prepareWasmForEmbedding'} name
 */
function passedOn(name) {
  return async (/** @type {any[]} */ ...args) => {
    const taglibWasm = /** @type {any} */ (await loadTaglibWasm(name));
    return taglibWasm[name](...args);
  };
}

/** Returns whether `deno compile` has made this program. */
function isDenoCompiled() {
  const { Deno } = /** @type {any} */ (globalThis);
  return String(Deno?.mainModule).includes('deno-compile://');
}

module.exports = {
  createTagLib: passedOn('createTagLib'),
  initializeForDenoCompile: passedOn('initializeForDenoCompile'),
  isDenoCompiled,
  loadTagLibModule: passedOn('loadTagLibModule'),
  prepareWasmForEmbedding: passedOn('prepareWasmForEmbedding'),
};
