'use strict';

/** Set-up and shutdown. */

const { checkInitializeOptions } = require('../arguments/options.js');
const { checkPreopens } = require('../arguments/preopens.js');
const calls = require('../core/calls.js');
const { native } = require('../core/native.js');
const { closeSession, hasSession, openSession } = require('../core/session.js');

/**
 * @param {import('../../index.js').Preopens} preopens
 * @param {import('../../index.js').InitializeOptions} [options]
 */
function initialize(preopens, options) {
  return calls.fromCallSite(initialize, () =>
    openSession(checkPreopens(preopens), checkInitializeOptions(options)),
  );
}

function version() {
  return { package: require('../../package.json').version, ...native().versions() };
}

module.exports = { initialize, isInitialized: hasSession, shutdown: closeSession, version };
