'use strict';

/** @import { InitializeOptions, Preopens } from '../../index.js' */

const { loadFailure } = require('../core/native.js');
const native = require('../simple/initialize.js');
const { withTaglibWasmErrors } = require('./errors.js');
const { warnOfFallback } = require('./route.js');

/**
 * Initializes the addon. If it can't be loaded, warns and sends all calls to taglib-wasm.
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
