'use strict';

/**
 * The batch functions: many files, with results in the order of the files, and
 * progress in the order in which they are done.
 *
 * @import { AudioFileInput, BatchItem, BatchOptions } from '../../index.js'
 * @import { AtCallSite } from '../core/call-site.js'
 *
 * @typedef {(file: AudioFileInput | URL, readNative: () => Promise<any>) => Promise<any>} ReadOne
 *   Gets a file, and the function that reads it by the addon.
 * @typedef {'tags' | 'properties' | 'metadata'} BatchQuery
 */

const { checkFiles } = require('../arguments/files.js');
const { checkBatchOptions } = require('../arguments/options.js');
const { onAbort, throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { currentSession } = require('../core/session.js');
const { read } = require('./read.js');

/**
 * @param {(AudioFileInput | URL)[]} files
 * @param {BatchOptions} [options]
 */
function readTagsBatch(files, options) {
  return calls.fromCallSite(readTagsBatch, (atCallSite) =>
    batch(files, 'tags', options, atCallSite),
  );
}

/**
 * @param {(AudioFileInput | URL)[]} files
 * @param {BatchOptions} [options]
 */
function readPropertiesBatch(files, options) {
  return calls.fromCallSite(readPropertiesBatch, (atCallSite) =>
    batch(files, 'properties', options, atCallSite),
  );
}

/**
 * @param {(AudioFileInput | URL)[]} files
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
 * @param {(AudioFileInput | URL)[]} files
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
 * @param {(AudioFileInput | URL)[]} files
 * @param {BatchQuery} query
 * @param {BatchOptions | undefined} options
 * @param {AtCallSite} atCallSite
 * @param {ReadOne} [readOne]
 */
async function batch(files, query, options, atCallSite, readOne = (_, readNative) => readNative()) {
  const started = performance.now();
  checkFiles(files);
  const { concurrency, continueOnError, onProgress, signal, pictures } = checkBatchOptions(options);
  throwIfAborted(signal);
  // Every file is read in this session, even if `initialize` is called meanwhile.
  const session = currentSession();

  // Aborted by the caller's signal, and by the first error if that ends the batch.
  const controller = new AbortController();
  const removeHandler = signal && onAbort(signal, () => controller.abort(signal.reason));
  const fileOptions = { signal: controller.signal, pictures };

  /** @type {BatchItem<any>[]} */
  const items = new Array(files.length);
  let next = 0;
  let done = 0;
  const readInTurn = async () => {
    while (next < files.length) {
      const index = next;
      next += 1;
      const file = files[index];
      const name = nameOf(file, index);
      const reading = readOne(file, () => read(file, query, fileOptions, session));
      const item = await itemOf(name, reading, atCallSite);
      items[index] = item;
      throwIfAborted(controller.signal);
      if (item.status === 'error' && !continueOnError) throw item.error;
      done += 1;
      onProgress?.(done, files.length, name);
    }
  };

  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, readInTurn));
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    removeHandler?.();
  }
  return { items, duration: Math.round(performance.now() - started) };
}

/**
 * @param {string} path
 * @param {Promise<any>} reading
 * @param {AtCallSite} atCallSite
 * @returns {Promise<BatchItem<any>>}
 */
async function itemOf(path, reading, atCallSite) {
  try {
    return { status: 'ok', path, data: await reading };
  } catch (error) {
    return { status: 'error', path, error: atCallSite(/** @type {Error} */ (error)) };
  }
}

/**
 * Returns the name of the file for progress and results.
 *
 * @param {AudioFileInput | URL} file
 * @param {number} index
 */
function nameOf(file, index) {
  if (typeof file === 'string') return file;
  const { name } = /** @type {{ name?: unknown }} */ (file ?? {});
  if (typeof name === 'string') return name;
  return file instanceof URL ? file.href : `buffer-${index}`;
}

module.exports = { mixedBatch, readMetadataBatch, readPropertiesBatch, readTagsBatch };
