'use strict';

/**
 * The batch functions. The results are in the order of the files, and progress is reported in the
 * order in which the reads end.
 *
 * @import { ReadInput, BatchItem, BatchOptions } from '../../index.js'
 * @import { AtCallSite } from '../core/call-site.js'
 * @import { ReadOne } from './batch-by-function.js'
 * @import { BatchQuery } from './batch-read.js'
 */

const { checkFiles } = require('../arguments/files.js');
const { checkBatchOptions } = require('../arguments/options.js');
const { throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { currentSession } = require('../core/session.js');
const { sourceOf } = require('../sources/random-access.js');
const { readBatchBy } = require('./batch-by-function.js');
const { readBatch } = require('./batch-read.js');

/**
 * @param {ReadInput[]} files
 * @param {BatchOptions} [options]
 */
function readTagsBatch(files, options) {
  return calls.fromCallSite(readTagsBatch, (atCallSite) =>
    batch(files, 'tags', options, atCallSite),
  );
}

/**
 * @param {ReadInput[]} files
 * @param {BatchOptions} [options]
 */
function readPropertiesBatch(files, options) {
  return calls.fromCallSite(readPropertiesBatch, (atCallSite) =>
    batch(files, 'properties', options, atCallSite),
  );
}

/**
 * @param {ReadInput[]} files
 * @param {BatchOptions} [options]
 */
function readMetadataBatch(files, options) {
  return calls.fromCallSite(readMetadataBatch, (atCallSite) =>
    batch(files, 'metadata', options, atCallSite),
  );
}

/**
 * Reads a batch whose files `readOne` reads, either itself or through the addon.
 *
 * @param {ReadInput[]} files
 * @param {BatchOptions | undefined} options
 * @param {BatchQuery} query
 * @param {ReadOne} readOne
 */
function mixedBatch(files, options, query, readOne) {
  return calls.fromCallSite(mixedBatch, (atCallSite) =>
    batch(files, query, options, atCallSite, readOne),
  );
}

/**
 * @param {ReadInput[]} files
 * @param {BatchQuery} query
 * @param {BatchOptions | undefined} options
 * @param {AtCallSite} atCallSite
 * @param {ReadOne} [readOne] Without it, the addon reads all files.
 * @returns {Promise<{ items: BatchItem<any>[], duration: number }>}
 */
async function batch(files, query, options, atCallSite, readOne) {
  const started = performance.now();
  checkFiles(files);
  const checked = checkBatchOptions(options);
  throwIfAborted(checked.signal);
  // Every file is read in this session, even if `initialize` is called meanwhile.
  const run = { ...checked, files, query, session: currentSession(), atCallSite };
  const readEach = readOne ?? (files.some(isSource) ? readSourceOrFile : undefined);
  const items = await (readEach === undefined ? readBatch(run) : readBatchBy(run, readEach));
  return { items, duration: Math.round(performance.now() - started) };
}

/** @param {ReadInput} file */
function isSource(file) {
  try {
    return sourceOf(file) !== undefined;
  } catch {
    // Reported for that file.
    return true;
  }
}

/** @type {ReadOne} */
const readSourceOrFile = (_, readFile) => readFile();

module.exports = { mixedBatch, readMetadataBatch, readPropertiesBatch, readTagsBatch };
