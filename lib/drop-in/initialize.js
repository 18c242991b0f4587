'use strict';

/** @import { InitializeOptions, Preopens } from '../../index.js' */

const { loadFailure } = require('../core/native.js');
const native = require('../simple/initialize.js');
const { withTaglibWasmErrors } = require('./errors.js');
const { warnOfFallback } = require('./route.js');

/**
 * As the main entry's, but where the addon can't be loaded it warns, and all calls
 * go to taglib-wasm.
 *
 * @param {Preopens} preopens
 * @param {InitializeOptions} [options]
 */
async function initialize(preopens, options) {
  if (loadFailure() === undefined) {
    return withTaglibWasmErrors(native.initialize(preopens, options));
  }
  warnOfFallback();
}

module.exports = { initialize };
