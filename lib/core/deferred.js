'use strict';

/**
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T) => void, reject: (error: unknown) => void }} Deferred
 */

/**
 * Gives a promise with the functions that settle it: `Promise.withResolvers`,
 * which Node 20 does not have.
 *
 * @template T
 * @returns {Deferred<T>}
 */
function deferred() {
  /** @type {Partial<Deferred<T>>} */
  const parts = {};
  parts.promise = new Promise((resolve, reject) => {
    parts.resolve = resolve;
    parts.reject = reject;
  });
  return /** @type {Deferred<T>} */ (parts);
}

module.exports = { deferred };
