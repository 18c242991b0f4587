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
const { callSiteOf } = require('../core/call-site.js');
const calls = require('../core/calls.js');
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
 */

/**
 * Reads a file for a function of the API. All errors, those of `checkOptions`
 * included, reject the promise and have the stack of the caller of that function.
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
  const atCallSite = callSiteOf(entryPoint);
  let reading;
  try {
    reading = read(file, query, checkOptions(options), { atCallSite });
  } catch (error) {
    reading = Promise.reject(atCallSite(error));
  }
  // An app may start to await a call after it has failed. That is no unhandled rejection.
  reading.catch(() => {});
  return reading;
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
function read(file, query, options, { session, atCallSite } = {}) {
  const { signal, pictures = false, legacyEncoding } = options;
  throwIfAborted(signal);
  const latin1Texts = options.latin1Texts ?? legacyEncoding !== undefined;
  const request = { session: session ?? currentSession(), query, pictures, latin1Texts };
  if (legacyEncoding === undefined) return submit(file, request, options, atCallSite);
  // Loaded when it is used: few apps decode legacy encodings.
  const { decodedAnswer, queryWithTexts } = require('../legacy-encoding/decoded-answer.js');
  const answer = submit(file, { ...request, query: queryWithTexts(query) }, options, atCallSite);
  return answer.then((found) => decodedAnswer(found, query, legacyEncoding, file));
}

/**
 * @param {ReadInput} file
 * @param {Omit<ReadRequest, 'content'>} request
 * @param {CheckedOptions} options
 * @param {AtCallSite} [atCallSite]
 * @returns {Promise<any>}
 */
function submit(file, request, { signal, transfer }, atCallSite) {
  const source = sourceOf(file);
  if (source !== undefined) {
    // Loaded when it is used: most apps read paths.
    const { readSource } = require('../sources/read-source.js');
    return readSource({ ...request, source, signal, transfer, atCallSite });
  }
  /** @param {FileInput} input */
  const submitInput = ({ content, errorContext }) =>
    calls.submitRead({ ...request, content }, { signal, errorContext, atCallSite });
  const input = checkFile(file);
  return input instanceof Promise ? input.then(submitInput) : submitInput(input);
}

module.exports = { read, readFor };
