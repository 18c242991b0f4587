'use strict';

/**
 * Waits for an AbortSignal.
 *
 * Each signal gets one listener, however many calls it aborts: Node warns of a
 * leak at the eleventh listener. The caller's own listeners and `onabort` are not
 * touched.
 */

const { AbortError } = require('./errors.js');

/** @typedef {{ handlers: Set<() => void>, stopListening: () => void }} Watch */

/** @type {WeakMap<AbortSignal, Watch>} */
const watches = new WeakMap();

/**
 * Calls `handler` when the signal fires. Returns a function that removes it.
 *
 * @param {AbortSignal} signal
 * @param {() => void} handler
 */
function onAbort(signal, handler) {
  const { handlers, stopListening } = watches.get(signal) ?? watch(signal);
  handlers.add(handler);
  return () => {
    handlers.delete(handler);
    if (handlers.size === 0) stopListening();
  };
}

/**
 * @param {AbortSignal} signal
 * @returns {Watch}
 */
function watch(signal) {
  /** @type {Set<() => void>} */
  const handlers = new Set();
  const listener = () => {
    for (const handler of handlers) handler();
  };
  const stopListening = () => {
    signal.removeEventListener('abort', listener);
    watches.delete(signal);
  };
  signal.addEventListener('abort', listener, { once: true });
  const started = { handlers, stopListening };
  watches.set(signal, started);
  return started;
}

/** @param {AbortSignal | undefined} signal */
function throwIfAborted(signal) {
  if (signal?.aborted) throw new AbortError(signal.reason);
}

/**
 * Settles as the promise does, or rejects with an AbortError as soon as the signal fires.
 *
 * @template T
 * @param {AbortSignal} signal
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function orAborted(signal, promise) {
  return new Promise((resolve, reject) => {
    const removeHandler = onAbort(signal, () => reject(new AbortError(signal.reason)));
    promise.then(resolve, reject).finally(removeHandler);
  });
}

module.exports = { onAbort, orAborted, throwIfAborted };
