'use strict';

/**
 * Turns our errors into taglib-wasm's, so that `instanceof` and its guards keep
 * working in an app that knows only taglib-wasm.
 */

const { TagLibError } = require('../core/errors.js');
const { findTaglibWasm, loadedTaglibWasm } = require('./taglib-wasm.js');

/**
 * The call, with taglib-wasm's errors where it is installed.
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
 * The same for calls that block: taglib-wasm's error if it is loaded already.
 *
 * @param {unknown} error
 */
function asLoadedTaglibWasmError(error) {
  return error instanceof TagLibError ? inClassesOf(loadedTaglibWasm(), error) : error;
}

/**
 * Changes the error's prototype: code, message and fields are the same in both
 * classes, and a new error would have another message and stack. What taglib-wasm
 * has no class for becomes its TagLibError.
 *
 * @param {import('./taglib-wasm.js').TaglibWasm | undefined} taglibWasm
 * @param {InstanceType<typeof TagLibError>} error
 */
function inClassesOf(taglibWasm, error) {
  if (taglibWasm === undefined) return error;
  const { name } = error;
  const ErrorClass = /** @type {any} */ (taglibWasm)[name] ?? taglibWasm.TagLibError;
  Object.setPrototypeOf(error, ErrorClass.prototype);
  // An own property there, and on the prototype here.
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}

module.exports = { asLoadedTaglibWasmError, asTaglibWasmError, withTaglibWasmErrors };
