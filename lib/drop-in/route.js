'use strict';

/**
 * Chooses the route of a call: the addon, or taglib-wasm.
 *
 * A path inside a preopened directory goes to the addon, and so do bytes that the Full
 * API opens; every other input goes to taglib-wasm. The choice depends on the text
 * of the path alone. The sandbox refuses a link that leads out of its directory; the call
 * is not passed to a reader without a sandbox.
 *
 * @import { Route } from '../../simple.js'
 */

const { debuglog } = require('node:util');
const process = require('node:process');
const { absolutePath } = require('../arguments/files.js');
const { loadFailure, native } = require('../core/native.js');
const { currentSession, hasSession } = require('../core/session.js');

/** `NODE_DEBUG=taglib-wasi` prints the route of each call. */
const trace = debuglog('taglib-wasi');

/** The calls whose bytes the addon reads too: their open files can do more than taglib-wasm's. */
const CALLS_WITH_BYTES = new Set(['TagLib.open', 'TagLib.edit']);

/**
 * Returns the route of a call of the function `name`.
 *
 * @param {string} name
 * @param {unknown} file
 */
function routeCall(name, file) {
  const chosen = route(file, name);
  trace('%s: %s, as %s', name, chosen.via, chosen.reason);
  return chosen;
}

/**
 * @param {unknown} file
 * @param {string} [call] Such as `TagLib.open`; all others have the same route.
 * @returns {Route}
 */
function route(file, call = 'readTags') {
  const isPath = typeof file === 'string';
  if (!isPath && !CALLS_WITH_BYTES.has(call)) {
    return toTaglibWasm('only paths go native, and this is not a path');
  }
  const failure = loadFailure();
  if (failure !== undefined) {
    warnOfFallback();
    return toTaglibWasm(`the addon can't be loaded: ${failure.message}`);
  }
  if (!hasSession()) {
    return toTaglibWasm('no directories are preopened: initialize has not been called');
  }
  if (!isPath) return { via: 'native', reason: `${call} takes bytes as well` };
  const preopen = preopenOf(file);
  if (preopen === undefined) return toTaglibWasm('it is outside every preopened directory');
  return { via: 'native', reason: `it is inside the preopened directory ${preopen}` };
}

/**
 * @param {string} reason
 * @returns {Route}
 */
function toTaglibWasm(reason) {
  return { via: 'taglib-wasm', reason };
}

/**
 * Returns the guest path of the preopen that contains the path.
 *
 * @param {string} file
 */
function preopenOf(file) {
  let absolute;
  try {
    absolute = absolutePath(file);
  } catch {
    // Not a path: taglib-wasm reports the error.
    return undefined;
  }
  return native().preopenOf(currentSession(), absolute) ?? undefined;
}

let hasWarned = false;

/** Warns once per process, to keep logs short. */
function warnOfFallback() {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    `taglib-wasi's addon can't be loaded on ${process.platform} ${process.arch}, so paths go to ` +
      `taglib-wasm: slower, and on the main thread. The loader says: ${loadFailure()?.message}`,
    { code: 'TAGLIB_WASI_FALLBACK' },
  );
}

module.exports = { route, routeCall, warnOfFallback };
