'use strict';

/**
 * Submits calls to the addon, and settles their promises: the caller's stack, cancellation and the
 * outcome.
 *
 * @import { Cancellation, ExternalObject, FileSource, Query, Session } from '../../native/binding.js'
 * @import { AtCallSite } from './call-site.js'
 * @import { AnyOutcome, Waiting } from './completions.js'
 * @import { ErrorContext } from './errors.js'
 *
 * @typedef {ExternalObject<Cancellation> | undefined} OptionalCancellation
 *
 * @typedef {object} SubmitOptions
 * @property {AbortSignal} [signal]
 * @property {ErrorContext} [errorContext] What errors are about.
 * @property {AtCallSite} [atCallSite]
 * @property {boolean} [atAwait] Gives errors the stack of the functions that await the call.
 * @property {boolean} [decodeLater] Resolves to a function that decodes the answer of a read.
 * @property {(outcome: any) => void} [discard] Releases the outcome of a call that
 *   completes after the signal has fired.
 *
 * @typedef {object} ReadRequest
 * @property {ExternalObject<Session>} session
 * @property {string | Uint8Array} content An absolute path, or bytes that nobody changes before
 *   the call has started.
 * @property {`${Query}`} query
 * @property {boolean} pictures
 * @property {boolean} [latin1Texts] Whether tags come with the texts that are stored as Latin-1.
 */

const { onAbort, throwIfAborted } = require('./aborts.js');
const { unwrap, unwrapLater } = require('./answers.js');
const { callSiteOf, rejectAtAwait } = require('./call-site.js');
const { waiting } = require('./completions.js');
const { AbortError } = require('./errors.js');
const { fileSource } = require('./large-content.js');
const { native } = require('./native.js');

/** The promises of calls that settle later than their completions. @type {Set<Promise<unknown>>} */
const unsettled = new Set();

/**
 * Stands for the functions that settle a promise until the promise has been made.
 *
 * @param {any} _value
 */
const ignore = (_value) => {};

/** A call with a promise of its own. @implements {Waiting} */
class Call {
  /** Called when the promise settles. @type {(() => void)[]} */
  whenSettled = [];
  /** @type {(() => void) | undefined} */
  #removeHandler;
  #isAborted = false;
  #hasFailed = false;
  #resolve = ignore;
  #reject = ignore;
  #options;

  /** @param {SubmitOptions} options */
  constructor(options) {
    this.#options = options;
    /** @type {Promise<any>} */
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** @param {(cancellation: OptionalCancellation) => number} work Returns the ticket. */
  start(work) {
    const { signal } = this.#options;
    try {
      if (signal === undefined) {
        waiting.set(work(undefined), this);
        return;
      }
      throwIfAborted(signal);
      const cancellation = native().createCancellation();
      waiting.set(work(cancellation), this);
      this.#removeHandler = onAbort(signal, () => {
        this.#isAborted = true;
        native().cancel(cancellation);
        this.#fail(new AbortError(signal.reason));
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * @param {AnyOutcome} outcome
   * @param {Uint8Array[] | null} buffers
   */
  settle(outcome, buffers) {
    this.#removeHandler?.();
    if (this.#isAborted) {
      this.#options.discard?.(outcome);
      this.#notify();
      return;
    }
    try {
      const { decodeLater, errorContext } = this.#options;
      const value = (decodeLater ? unwrapLater : unwrap)(outcome, buffers, errorContext);
      this.#resolve(value);
      if (value instanceof Promise) {
        keepTrackOf(value);
        // It may reject before the app awaits it. Other calls handle that where they are made.
        if (this.#options.atAwait) this.promise.catch(ignore);
      }
      this.#notify();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const { atAwait, atCallSite } = this.#options;
    if (atAwait) {
      this.#resolve(rejectAtAwait(error, this.promise));
    } else {
      this.#reject(atCallSite?.(error) ?? error);
    }
    this.#notify();
  }

  #notify() {
    for (const resolve of this.whenSettled) resolve();
  }
}

/**
 * Runs `body`, and gives its errors the stack of the caller of `entryPoint`. `body` gets the
 * function that does so, for errors that it does not throw.
 *
 * @template T
 * @param {Function} entryPoint
 * @param {(atCallSite: AtCallSite) => T | Promise<T>} body
 * @returns {Promise<T>}
 */
function fromCallSite(entryPoint, body) {
  const atCallSite = callSiteOf(entryPoint);
  const call = (async () => {
    try {
      return await body(atCallSite);
    } catch (error) {
      throw atCallSite(error);
    }
  })();
  keepTrackOf(call);
  return call;
}

/** @param {Promise<unknown>} promise */
function keepTrackOf(promise) {
  unsettled.add(promise);
  const forget = () => unsettled.delete(promise);
  promise.then(forget, forget);
}

/**
 * Submits a read.
 *
 * @param {ReadRequest} request
 * @param {SubmitOptions} options
 * @returns {Promise<any>}
 */
function submitRead({ session, content, query, pictures, latin1Texts = false }, options) {
  /** @param {FileSource} file */
  const read = (file) =>
    submit(
      (cancellation) =>
        native().read(
          session,
          file,
          /** @type {Query} */ (query),
          pictures,
          latin1Texts,
          cancellation,
        ),
      options,
    );
  const file = fileSource(content);
  return file instanceof Promise ? file.then(read) : read(file);
}

/**
 * Submits native work.
 *
 * @param {(cancellation: OptionalCancellation) => number} work Returns the ticket.
 * @param {SubmitOptions} options
 * @returns {Promise<any>}
 */
function submit(work, options) {
  const call = new Call(options);
  call.start(work);
  return call.promise;
}

/** Resolves when the calls that are running now have settled. */
async function settled() {
  const calls = [...waiting.values()].filter((call) => call instanceof Call);
  await Promise.all(
    calls.map((call) => new Promise((resolve) => call.whenSettled.push(() => resolve(undefined)))),
  );
  await Promise.allSettled([...unsettled]);
}

module.exports = { fromCallSite, settled, submit, submitRead };
