'use strict';

/**
 * From a call of the app to its result: the caller's stack, the admission
 * window, cancellation, and the outcome.
 *
 * @import { AnswerOutcome, Cancellation, ExternalObject, Outcome } from '../../native/binding.js'
 * @import { AtCallSite } from './call-site.js'
 * @import { ErrorContext } from './errors.js'
 * @import { ReadRequest } from './read-queue.js'
 *
 * @typedef {ExternalObject<Cancellation> | undefined} OptionalCancellation
 *
 * @typedef {object} SubmitOptions
 * @property {AbortSignal} [signal]
 * @property {ErrorContext} [errorContext] What errors are about.
 * @property {(outcome: any) => void} [discard] Releases what a call gives after
 *   the signal has fired.
 */

const { orAborted, throwIfAborted } = require('./aborts.js');
const { AdmissionWindow } = require('./admission-window.js');
const { unwrap } = require('./answers.js');
const { callSiteOf } = require('./call-site.js');
const { deferred } = require('./deferred.js');
const { native } = require('./native.js');
const { ReadQueue } = require('./read-queue.js');

/** @type {AdmissionWindow<any>} */
const admissionWindow = new AdmissionWindow();
const readQueue = new ReadQueue(admissionWindow);

/** The calls of the app that are not settled yet. @type {Set<Promise<unknown>>} */
const unsettled = new Set();

/**
 * Runs `body`, and gives its errors the stack of the caller of `entryPoint`.
 * `body` gets the function that does so, for errors that it does not throw.
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
  unsettled.add(call);
  const forget = () => unsettled.delete(call);
  call.then(forget, forget);
  return call;
}

/**
 * Submits a read, which may share a thread with others (`ReadQueue`).
 *
 * @param {ReadRequest} request
 * @param {SubmitOptions} options
 */
function submitRead(request, options) {
  return result((cancellation) => readQueue.submit(request, cancellation), options);
}

/**
 * Submits any other native work.
 *
 * @param {(cancellation: OptionalCancellation) => Promise<Outcome<any> | AnswerOutcome>} work
 * @param {SubmitOptions} options
 */
function submit(work, options) {
  return result((cancellation) => submitWork(() => work(cancellation)), options);
}

/**
 * Starts native work at once, outside the window.
 *
 * @param {() => Promise<Outcome<any> | AnswerOutcome>} work
 */
function startAtOnce(work) {
  return result(() => ({ promise: work(), withdraw: () => false }), {});
}

/** @param {() => Promise<Outcome<any> | AnswerOutcome>} work */
function submitWork(work) {
  /** @type {import('./deferred.js').Deferred<Outcome<any> | AnswerOutcome>} */
  const { promise, resolve, reject } = deferred();
  const call = {
    async start() {
      try {
        resolve(await work());
      } catch (error) {
        reject(error);
      }
    },
  };
  admissionWindow.enter(call);
  return { promise, withdraw: () => admissionWindow.withdraw(call) };
}

/**
 * @param {(cancellation: OptionalCancellation) => { promise: Promise<any>, withdraw: () => boolean }} begin
 * @param {SubmitOptions} options
 */
async function result(begin, { signal, errorContext, discard }) {
  if (signal === undefined) return unwrap(await begin(undefined).promise, errorContext);
  throwIfAborted(signal);
  const cancellation = native().createCancellation();
  const { promise, withdraw } = begin(cancellation);
  const stop = () => {
    if (!withdraw()) native().cancel(cancellation);
  };
  return unwrap(await orAborted(signal, promise, stop, discard), errorContext);
}

/**
 * Bytes as they are now, and a path as it is. A call that starts at once has its
 * bytes copied by the addon before it returns; one that has to wait needs a copy.
 *
 * @param {string | Uint8Array} content
 */
function snapshot(content) {
  return typeof content === 'string' || admissionWindow.hasRoom()
    ? content
    : new Uint8Array(content);
}

/** @param {number} concurrency How many calls may run at once, if libuv has the threads. */
function setConcurrency(concurrency) {
  admissionWindow.resize(windowLimit(concurrency));
}

/**
 * `concurrency`, but at least one of libuv's threads is left to the app, and
 * each environment (the main thread and workers that use the addon) has an equal
 * share of the others. A function, since workers come and go.
 *
 * @param {number} concurrency
 */
function windowLimit(concurrency) {
  const { environments, libuvThreads } = native();
  const available = Math.max(1, libuvThreads() - 1);
  return () => Math.max(1, Math.min(concurrency, Math.floor(available / environments())));
}

/** Resolves when the calls that are under way now have settled. */
async function settled() {
  await Promise.allSettled([...unsettled]);
}

/** Resolves when no thread works on a call, not even on an aborted one. */
function idle() {
  return admissionWindow.idle();
}

module.exports = {
  fromCallSite,
  idle,
  setConcurrency,
  settled,
  snapshot,
  startAtOnce,
  submit,
  submitRead,
};
