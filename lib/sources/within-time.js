'use strict';

/** Bounds a transfer by time, and by the app's signal. */

const { onAbort, throwIfAborted } = require('../core/aborts.js');
const { AbortError, ResourceLimitError } = require('../core/errors.js');

/**
 * Settles as `transfer` does, or rejects as soon as the time is over or the app's signal fires.
 * The signal that `transfer` gets then stops its requests.
 *
 * @template T
 * @param {{ file: string, subject: string, timeoutMs: number, signal: AbortSignal | undefined }}
 *   limits `file`, and `subject`, what takes too long, are for the error.
 * @param {(signal: AbortSignal) => Promise<T>} transfer
 * @returns {Promise<T>}
 */
async function withinTime({ file, subject, timeoutMs, signal }, transfer) {
  throwIfAborted(signal);
  const controller = new AbortController();
  const removeHandler =
    signal && onAbort(signal, () => controller.abort(new AbortError(signal.reason)));
  const timer = setTimeout(() => {
    const message = `${file}: ${subject} takes longer than ${timeoutMs} ms`;
    controller.abort(new ResourceLimitError('deadline', message, { path: file }));
  }, timeoutMs);
  try {
    return await orStopped(controller.signal, transfer(controller.signal));
  } finally {
    clearTimeout(timer);
    removeHandler?.();
    // Stops the requests that are still running.
    controller.abort(new AbortError(undefined));
  }
}

/**
 * Settles as the promise does, or rejects with the signal's reason as soon as it fires: a source
 * may ignore the signal.
 *
 * @template T
 * @param {AbortSignal} signal
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function orStopped(signal, promise) {
  return new Promise((resolve, reject) => {
    const removeHandler = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(removeHandler);
  });
}

module.exports = { withinTime };
