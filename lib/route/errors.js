'use strict';

/**
 * Our errors as taglib-wasm's, so that `instanceof` and its guards go on
 * working in a program that knows nothing of us.
 */

const { TagLibError } = require('../errors.js');
const { findPeer } = require('./peer.js');

/** The promise, whose errors are taglib-wasm's where it is installed. */
async function withPeerErrors(call) {
  try {
    return await call;
  } catch (error) {
    throw await asPeerError(error);
  }
}

/**
 * Code, message and fields are the same in both classes; a new error would
 * only have another message and stack. What taglib-wasm has no class for is a
 * TagLibError.
 */
async function asPeerError(error) {
  if (!(error instanceof TagLibError)) return error;
  const peer = await findPeer();
  if (peer === undefined) return error;
  const { name } = error;
  const PeerClass = peer[name] ?? peer.TagLibError;
  Object.setPrototypeOf(error, PeerClass.prototype);
  // An own property there, and on the prototype here.
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}

module.exports = { asPeerError, withPeerErrors };
