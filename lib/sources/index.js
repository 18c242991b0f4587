'use strict';

/**
 * `httpSource`. The other files of this folder are loaded when a source is read.
 *
 * @import { HttpSourceOptions } from '../../index.js'
 */

const calls = require('../core/calls.js');

/**
 * @param {string | URL} url
 * @param {HttpSourceOptions} [options]
 */
function httpSource(url, options) {
  return calls.fromCallSite(httpSource, () => require('./http-source.js').httpSource(url, options));
}

module.exports = { httpSource };
