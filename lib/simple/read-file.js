'use strict';

/**
 * Reads one file. Each read function is a query: the addon reads the file once, and
 * returns the part that the query selects.
 *
 * @import { ReadInput, LegacyEncoding, TransferOptions } from '../../index.js'
 * @import { Query } from '../../native/binding.js'
 * @import { FileInput } from '../arguments/files.js'
 * @import { AtCallSite } from '../core/call-site.js'
 * @import { ReadRequest } from '../core/calls.js'
 */

const { checkFile } = require('../arguments/files.js');
const { throwIfAborted } = require('../core/aborts.js');
const { callSiteOf, knowsAwaits } = require('../core/call-site.js');
const calls = require('../core/calls.js');
const { followsAnswer } = require('../core/completions.js');
const { currentSession } = require('../core/session.js');
const { sourceOf } = require('../sources/random-access.js');

/**
 * @typedef {object} CheckedOptions
 * @property {AbortSignal} [signal]
 * @property {boolean} [pictures] Makes no difference to queries without pictures.
 * @property {LegacyEncoding} [legacyEncoding]
 * @property {Required<TransferOptions>} [transfer]
 * @property {boolean} [latin1Texts] Whether tags come with the texts that are stored as Latin-1,
 *   for a caller that decodes them.
 *
 * @typedef {object} ReadContext
 * @property {ReturnType<typeof currentSession>} [session] By default the current one.
 * @property {AtCallSite} [atCallSite] Gives errors the stack of the app's call.
 * @property {boolean} [atAwait] Gives errors the stack of the functions that await the call.
 */

/**
 * Reads a file for a function of the API. All errors, those of `checkOptions`
 * included, reject the promise and have the stack of the caller of that function.
 *
 * To capture that stack takes 20 to 30 microseconds, a quarter of the main thread's part of a read.
 * So in a loop that awaits each read by path, errors have the stack of the functions that await the
 * promise instead.
 *
 * @template O
 * @param {Function} entryPoint
 * @param {ReadInput} file
 * @param {`${Query}`} query
 * @param {(options: O | undefined) => CheckedOptions} checkOptions
 * @param {O} [options]
 * @returns {Promise<any>}
 */
function readFor(entryPoint, file, query, checkOptions, options) {
  let reading;
  try {
    const checked = checkOptions(options);
    if (mayOmitStack(file, checked)) return read(file, query, checked, { atAwait: true });
    reading = read(file, query, checked, { atCallSite: callSiteOf(entryPoint) });
  } catch (error) {
    reading = Promise.reject(callSiteOf(entryPoint)(error));
  }
  // An app may start to await a call after it has failed. That is no unhandled rejection.
  reading.catch(() => {});
  return reading;
}

/**
 * Returns whether the stack of an error can be found when the read fails. That works only for the
 * promise of the call itself: a source and a legacy encoding add steps behind it.
 *
 * @param {ReadInput} file
 * @param {CheckedOptions} options
 */
function mayOmitStack(file, { legacyEncoding }) {
  return typeof file === 'string' && legacyEncoding === undefined && knowsAwaits && followsAnswer();
}

/**
 * Reads a file. Throws if an argument is invalid.
 *
 * @param {ReadInput} file
 * @param {`${Query}`} query
 * @param {CheckedOptions} options
 * @param {ReadContext} [context]
 * @returns {Promise<any>}
 */
function read(file, query, options, context = {}) {
  const { session = currentSession(), ...stack } = context;
  const { signal, pictures = false, legacyEncoding } = options;
  throwIfAborted(signal);
  const latin1Texts = options.latin1Texts ?? legacyEncoding !== undefined;
  const request = { session, query, pictures, latin1Texts };
  if (legacyEncoding === undefined) return submit(file, request, options, stack);
  // Loaded when it is used: few apps decode legacy encodings.
  const { decodedAnswer, queryWithTexts } = require('../legacy-encoding/decoded-answer.js');
  const answer = submit(file, { ...request, query: queryWithTexts(query) }, options, stack);
  return answer.then((found) => decodedAnswer(found, query, legacyEncoding, file));
}

/**
 * @param {ReadInput} file
 * @param {Omit<ReadRequest, 'content'>} request
 * @param {CheckedOptions} options
 * @param {Pick<ReadContext, 'atAwait' | 'atCallSite'>} stack
 * @returns {Promise<any>}
 */
function submit(file, request, { signal, transfer }, { atAwait, atCallSite }) {
  const source = sourceOf(file);
  if (source !== undefined) {
    // Loaded when it is used: most apps read paths.
    const { readSource } = require('../sources/read-source.js');
    return readSource({ ...request, source, signal, transfer, atCallSite });
  }
  /** @param {FileInput} input */
  const submitInput = ({ content, errorContext }) =>
    calls.submitRead({ ...request, content }, { signal, errorContext, atAwait, atCallSite });
  const input = checkFile(file);
  return input instanceof Promise ? input.then(submitInput) : submitInput(input);
}

module.exports = { read, readFor };
