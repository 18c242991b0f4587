'use strict';

/**
 * Converts our errors to taglib-wasm's, so that `instanceof` and its guards keep
 * working in an app that knows only taglib-wasm.
 */

const { TagLibError } = require('../core/errors.js');
const { findTaglibWasm, loadedTaglibWasm } = require('../core/taglib-wasm.js');

/**
 * Returns the call's result, with taglib-wasm's errors if it is installed.
 *
 * @template T
 * @param {Promise<T>} call
 * @returns {Promise<T>}
 */
async function withTaglibWasmErrors(call) {
  try {
    return await call;
  } catch (error) {
    throw await asTaglibWasmError(error);
  }
}

/** @param {unknown} error */
async function asTaglibWasmError(error) {
  if (!(error instanceof TagLibError)) return error;
  return inClassesOf(await findTaglibWasm(), error);
}

/**
 * Does the same for calls that block: gives taglib-wasm's error if taglib-wasm is loaded.
 *
 * @param {unknown} error
 */
function asLoadedTaglibWasmError(error) {
  return error instanceof TagLibError ? inClassesOf(loadedTaglibWasm(), error) : error;
}

/**
 * Changes the error's prototype: code, message and fields are the same in both
 * classes, and a new error would have another message and stack. An error for which
 * taglib-wasm has no class becomes its TagLibError.
 *
 * @param {import('../core/taglib-wasm.js').TaglibWasm | undefined} taglibWasm
 * @param {InstanceType<typeof TagLibError>} error
 */
function inClassesOf(taglibWasm, error) {
  if (taglibWasm === undefined) return error;
  const { name } = error;
  const ErrorClass = /** @type {any} */ (taglibWasm)[name] ?? taglibWasm.TagLibError;
  Object.setPrototypeOf(error, ErrorClass.prototype);
  // taglib-wasm's errors have it as an own property, ours on the prototype.
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}

module.exports = { asLoadedTaglibWasmError, asTaglibWasmError, withTaglibWasmErrors };
