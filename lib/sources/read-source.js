'use strict';

/**
 * Reads a random-access source. No thread waits for the source: a read runs on the parts that are
 * here. If it needs others, it ends; they are fetched, and it runs again in a new sandbox.
 *
 * @import { RandomAccessSource } from '../../index.js'
 * @import { Cancellation, ExternalObject, PartialFile, Query, Session } from '../../native/binding.js'
 * @import { AtCallSite } from '../core/call-site.js'
 * @import { TransferLimits } from './fetched.js'
 *
 * @typedef {object} SourceAccess
 * @property {RandomAccessSource} source
 * @property {AbortSignal} [signal]
 * @property {TransferLimits} [transfer]
 * @property {AtCallSite} [atCallSite]
 *
 * @typedef {object} SourceRequest
 * @property {ExternalObject<Session>} session
 * @property {`${Query}`} query
 * @property {boolean} pictures
 * @property {boolean} [latin1Texts]
 *
 * @typedef {(cancellation?: ExternalObject<Cancellation>) => number} Submit Submits a call, which
 *   may find that bytes are missing.
 */

const { checkTransfer } = require('../arguments/options.js');
const calls = require('../core/calls.js');
const { MissingBytes } = require('../core/errors.js');
const { native } = require('../core/native.js');
const { Fetched } = require('./fetched.js');
const { withinTime } = require('./within-time.js');

/** @param {SourceRequest & SourceAccess} request */
function readSource({ session, query, pictures, latin1Texts = false, ...access }) {
  return callOnParts(access, pictures, (file) => (cancellation) => {
    const selected = /** @type {Query} */ (query);
    return native().readPartialFile(session, file, selected, pictures, latin1Texts, cancellation);
  });
}

/**
 * Hashes the audio of a source. What is hashed does not stay in memory.
 *
 * @param {{ session: ExternalObject<Session> } & SourceAccess} request
 * @returns {Promise<string | undefined>}
 */
function hashSource({ session, ...access }) {
  return callOnParts(access, true, (file) => {
    const hash = native().createAudioHash(file);
    return (cancellation) => native().resumeAudioHash(session, hash, cancellation);
  });
}

/**
 * Makes a call again and again, until the parts that it needs are here.
 *
 * @param {SourceAccess} access
 * @param {boolean} pictures Whether the call wants pictures, or all of the audio.
 * @param {(file: ExternalObject<PartialFile>) => Submit} submitOf
 * @returns {Promise<any>}
 */
async function callOnParts(access, pictures, submitOf) {
  const { source, signal, transfer = checkTransfer(), atCallSite } = access;
  const { timeoutMs } = transfer;
  try {
    return await withinTime({ file: source.name, subject: 'the read', timeoutMs, signal }, (stop) =>
      fetchUntilDone(source, pictures, transfer, stop, submitOf),
    );
  } catch (error) {
    throw atCallSite?.(error) ?? error;
  }
}

/**
 * @param {RandomAccessSource} source
 * @param {boolean} pictures
 * @param {TransferLimits} limits
 * @param {AbortSignal} signal
 * @param {(file: ExternalObject<PartialFile>) => Submit} submitOf
 */
async function fetchUntilDone(source, pictures, limits, signal, submitOf) {
  /** @type {ExternalObject<PartialFile>} */
  const file = native().createPartialFile(source.name, source.size);
  const fetched = new Fetched(source, pictures, limits, signal, (offset, bytes) =>
    native().addPart(file, offset, bytes),
  );
  const submit = submitOf(file);
  await fetched.fetchEnds();
  for (;;) {
    try {
      return await calls.submit(submit, { signal, errorContext: { path: source.name } });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MissingBytes)) throw error;
      await fetched.fetchMissing(error);
    }
  }
}

module.exports = { hashSource, readSource };
