'use strict';

/** Gives errors a stack that shows the line of the app that made the call. */

const { isOurs } = require('./errors.js');

/** @typedef {<E>(error: E) => E} AtCallSite Gives our errors the caller's stack. */

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
    error.stack = frames < 0 ? head : head + stack.slice(frames);
  } catch {
    // The app's formatter threw.
  }
}

module.exports = { callSiteOf };
