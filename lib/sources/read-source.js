'use strict';

/**
 * Reads a random-access source. No thread waits for the source: a read runs on the parts that are
 * here. If it needs others, it ends; they are fetched, and it runs again in a new sandbox.
 *
 * @import { RandomAccessSource, TransferOptions } from '../../index.js'
 * @import { ExternalObject, PartialFile, Query, Session } from '../../native/binding.js'
 * @import { AtCallSite } from '../core/call-site.js'
 *
 * @typedef {object} SourceRequest
 * @property {ExternalObject<Session>} session
 * @property {RandomAccessSource} source
 * @property {`${Query}`} query
 * @property {boolean} pictures
 * @property {boolean} [latin1Texts]
 * @property {AbortSignal} [signal]
 * @property {TransferOptions} [transfer]
 * @property {AtCallSite} [atCallSite]
 */

const { onAbort } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { AbortError, MissingBytes, ResourceLimitError } = require('../core/errors.js');
const { native } = require('../core/native.js');
const { Fetched } = require('./fetched.js');

const DEFAULTS = {
  maxRequests: 64,
  /** In bytes: as much as an answer may have. */
  maxBytes: 64 << 20,
  timeoutMs: 30_000,
};

/** @param {SourceRequest} request */
async function readSource(request) {
  const { source, signal, transfer, atCallSite } = request;
  const limits = { ...DEFAULTS, ...transfer };
  const controller = new AbortController();
  const removeHandler =
    signal && onAbort(signal, () => controller.abort(new AbortError(signal.reason)));
  const timer = setTimeout(() => {
    const message = `${source.name}: the read takes longer than ${limits.timeoutMs} ms`;
    controller.abort(new ResourceLimitError('deadline', message, { path: source.name }));
  }, limits.timeoutMs);
  try {
    return await orStopped(controller.signal, readParts(request, limits, controller.signal));
  } catch (error) {
    throw atCallSite?.(error) ?? error;
  } finally {
    clearTimeout(timer);
    removeHandler?.();
    // Ends requests that nobody waits for.
    controller.abort(new AbortError(undefined));
  }
}

/**
 * @param {SourceRequest} request
 * @param {typeof DEFAULTS} limits
 * @param {AbortSignal} signal
 */
async function readParts(
  { session, source, query, pictures, latin1Texts = false },
  limits,
  signal,
) {
  /** @type {ExternalObject<PartialFile>} */
  const file = native().createPartialFile(source.name, source.size);
  const fetched = new Fetched(source, limits, signal, (offset, bytes) =>
    native().addPart(file, offset, bytes),
  );
  await fetched.fetchEnds();
  for (;;) {
    try {
      return await calls.submit(
        (cancellation) =>
          native().readPartialFile(
            session,
            file,
            /** @type {Query} */ (query),
            pictures,
            latin1Texts,
            cancellation,
          ),
        { signal, errorContext: { path: source.name } },
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MissingBytes)) throw error;
      await fetched.fetchMissing(error);
    }
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

module.exports = { readSource };
