'use strict';

/** Gives errors a stack that shows the line of the app that made the call. */

const { isOurs } = require('./errors.js');

/** @typedef {<E>(error: E) => E} AtCallSite Gives our errors the caller's stack. */

/** Node's own frames at the start of a stack, where it runs several timers in one turn. */
const INTERNAL_FRAMES = /^(?:\n {4}at [^\n]*\(?node:internal[^\n]*)+/;

/** Whether the engine shows the functions that await a promise in stacks: V8 does. */
const knowsAwaits = !('Bun' in globalThis);

/**
 * Captures the stack of the caller of `entryPoint`, and returns a function that
 * gives this stack to an error. Behind an `await` of native work V8 no longer
 * knows the caller.
 *
 * @param {Function} entryPoint
 * @returns {AtCallSite}
 */
function callSiteOf(entryPoint) {
  /** @type {{ stack?: unknown }} */
  const callSite = {};
  Error.captureStackTrace?.(callSite, entryPoint);
  return (error) => {
    if (isOurs(error)) setStack(/** @type {any} */ (error), callSite);
    return error;
  };
}

/**
 * Rejects with an error whose stack shows the async functions that await `promise`, which costs
 * nothing unless the call fails. `promise` must be resolved with the promise that this returns.
 *
 * V8 finds those functions if `promise` has no other handler (`CaptureAsyncStackTrace`). So this
 * also marks its rejection as handled: an app may start to await it later.
 *
 * @param {unknown} error
 * @param {Promise<unknown>} promise
 * @returns {Promise<never>}
 */
async function rejectAtAwait(error, promise) {
  // `promise` follows the promise of this function only after the first microtask.
  await undefined;
  await undefined;
  const located = callSiteOf(rejectAtAwait)(error);
  promise.catch(() => {});
  throw located;
}

/**
 * The stack is formatted here and not at each call: most calls don't fail. The
 * app may have replaced the formatter (`Error.prepareStackTrace`) by one that
 * throws or gives no string, or turned stacks off (`Error.stackTraceLimit`). Then
 * the error keeps the stack that it has: its type matters more.
 *
 * @param {Error} error
 * @param {{ stack?: unknown }} callSite
 */
function setStack(error, callSite) {
  try {
    const { stack } = callSite;
    if (typeof stack !== 'string') return;
    const frames = stack.indexOf('\n');
    const head = `${error.name}: ${error.message}`;
    error.stack = frames < 0 ? head : head + stack.slice(frames).replace(INTERNAL_FRAMES, '');
  } catch {
    // The app's formatter threw.
  }
}

module.exports = { callSiteOf, knowsAwaits, rejectAtAwait };
