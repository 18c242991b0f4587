'use strict';

/**
 * Reads a random-access source. No thread waits for the source: a read runs on the parts that are
 * here. If it needs others, it ends; they are fetched, and it runs again in a new sandbox.
 *
 * @import { RandomAccessSource } from '../../index.js'
 * @import { ExternalObject, PartialFile, Query, Session } from '../../native/binding.js'
 * @import { AtCallSite } from '../core/call-site.js'
 * @import { TransferLimits } from './fetched.js'
 *
 * @typedef {object} SourceRequest
 * @property {ExternalObject<Session>} session
 * @property {RandomAccessSource} source
 * @property {`${Query}`} query
 * @property {boolean} pictures
 * @property {boolean} [latin1Texts]
 * @property {AbortSignal} [signal]
 * @property {TransferLimits} [transfer]
 * @property {AtCallSite} [atCallSite]
 */

const { checkTransfer } = require('../arguments/options.js');
const calls = require('../core/calls.js');
const { MissingBytes } = require('../core/errors.js');
const { native } = require('../core/native.js');
const { Fetched } = require('./fetched.js');
const { withinTime } = require('./within-time.js');

/** @param {SourceRequest} request */
async function readSource(request) {
  const { source, signal, transfer = checkTransfer(), atCallSite } = request;
  const { timeoutMs } = transfer;
  try {
    return await withinTime({ file: source.name, subject: 'the read', timeoutMs, signal }, (stop) =>
      readParts(request, transfer, stop),
    );
  } catch (error) {
    throw atCallSite?.(error) ?? error;
  }
}

/**
 * @param {SourceRequest} request
 * @param {TransferLimits} limits
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

module.exports = { readSource };
