'use strict';

/**
 * Reads batches whose files may take different routes.
 *
 * @import { AudioFileInput, BatchOptions, BatchResult } from '../../index.js'
 */

const batches = require('../simple/batch.js');
const { asTaglibWasmError, withTaglibWasmErrors } = require('./errors.js');
const { route, routeCall } = require('./route.js');
const { loadTaglibWasm } = require('../core/taglib-wasm.js');

/**
 * Makes the batch function `name`, which chooses routes. If all files have the same
 * route, the whole batch takes it with its options unchanged; otherwise each file is
 * read on its own.
 *
 * @param {'readMetadataBatch' | 'readPropertiesBatch' | 'readTagsBatch'} name
 * @param {import('../simple/batch-read.js').BatchQuery} query
 */
function routedBatch(name, query) {
  const nativeBatch = batches[name];
  /**
   * @param {AudioFileInput[]} files
   * @param {BatchOptions} [options]
   * @returns {Promise<BatchResult<any>>}
   */
  return async (files, options) => {
    if (!Array.isArray(files)) return nativeBatch(files, options);
    if (files.length === 0) return { items: [], duration: 0 };
    const routes = new Set(files.map((file) => routeCall(name, file).via));
    if (!routes.has('taglib-wasm')) return withErrors(nativeBatch(files, options));
    const taglibWasm = /** @type {any} */ (
      await loadTaglibWasm(`${name} of what is not a path in a preopened directory`)
    );
    if (!routes.has('native')) return taglibWasm[name](files, options);
    return withErrors(
      batches.mixedBatch(files, options, query, (file, readNative) =>
        route(file).via === 'native' ? readNative() : readByTaglibWasm(taglibWasm[name], file),
      ),
    );
  };
}

/**
 * Reads a file in a batch of one, whose answer may differ from that of the single
 * function.
 *
 * @param {(files: unknown[]) => Promise<BatchResult<any>>} taglibWasmBatch
 * @param {unknown} file
 */
async function readByTaglibWasm(taglibWasmBatch, file) {
  const {
    items: [item],
  } = await taglibWasmBatch([file]);
  if (item.status === 'error') throw item.error;
  return item.data;
}

/**
 * Returns the result of a batch with taglib-wasm's errors.
 *
 * @param {Promise<BatchResult<any>>} batch
 */
async function withErrors(batch) {
  const result = await withTaglibWasmErrors(batch);
  for (const item of result.items) {
    if (item.status === 'error') await asTaglibWasmError(item.error);
  }
  return result;
}

module.exports = { routedBatch };
