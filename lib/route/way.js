'use strict';

/**
 * Which way a call goes: through the addon, or to taglib-wasm.
 *
 * A path inside a preopened directory is native; whatever else taglib-wasm
 * takes, it gets. The decision is made on the text of the path, without a look
 * at the disk: a link that leads out of its directory is refused by the
 * sandbox, and not handed to a reader without one.
 */

const { debuglog } = require('node:util');
const { absolutePath } = require('../arguments.js');
const calls = require('../calls.js');
const { loadFailure, native } = require('../native.js');

/** `NODE_DEBUG=taglib-wasi` shows which way each call goes. */
const trace = debuglog('taglib-wasi');

/** The way of a call of the function of this name. */
function wayOf(name, file) {
  const way = route(file);
  trace('%s: %s, as %s', name, way.via, way.reason);
  return way;
}

function route(file) {
  if (typeof file !== 'string') {
    return toPeer('only paths go native, and this is none');
  }
  if (loadFailure() !== undefined) {
    warnOfFallback();
    return toPeer(`the addon can't be loaded: ${loadFailure().message}`);
  }
  if (!calls.hasSession()) {
    return toPeer('no directories are preopened: initialize has not been called');
  }
  const preopen = preopenOf(file);
  if (preopen === undefined) return toPeer('it is outside every preopened directory');
  return { via: 'native', reason: `it is inside the preopened directory ${preopen}` };
}

function toPeer(reason) {
  return { via: 'taglib-wasm', reason };
}

/** The guest path of its preopen. A path that can't be one is nobody's. */
function preopenOf(file) {
  let path;
  try {
    path = absolutePath(file);
  } catch {
    return undefined;
  }
  return native().preopenOf(calls.currentSession(), path) ?? undefined;
}

let warned = false;

/** Once a process: a scan of a library must not fill the log. */
function warnOfFallback() {
  if (warned) return;
  warned = true;
  process.emitWarning(
    `taglib-wasi's addon can't be loaded on ${process.platform} ${process.arch}, so paths go to ` +
      `taglib-wasm: slower, and on the main thread. The loader says: ${loadFailure().message}`,
    { code: 'TAGLIB_WASI_FALLBACK' },
  );
}

module.exports = { route, warnOfFallback, wayOf };
