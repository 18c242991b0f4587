'use strict';

/**
 * Reads the files of a batch by a function, which may read a file itself or by the addon.
 *
 * @import { ReadInput, BatchItem } from '../../index.js'
 * @import { AtCallSite } from '../core/call-site.js'
 * @import { BatchRun } from './batch-read.js'
 *
 * @typedef {(file: ReadInput, readNative: () => Promise<any>) => Promise<any>} ReadOne
 *   Gets a file, and the function that reads it by the addon.
 */

const { nameOf } = require('../arguments/files.js');
const { onAbort, throwIfAborted } = require('../core/aborts.js');
const { read } = require('./read-file.js');

/**
 * Reads each file by `readOne`. Reads as many at once as the options allow.
 *
 * @param {BatchRun} run
 * @param {ReadOne} readOne
 */
async function readBatchBy(run, readOne) {
  const { files, query, session, concurrency, continueOnError, onProgress, signal } = run;
  // Aborted by the caller's signal, and by the first error if that ends the batch.
  const controller = new AbortController();
  const removeHandler = signal && onAbort(signal, () => controller.abort(signal.reason));
  const { pictures, legacyEncoding, transfer } = run;
  const fileOptions = { signal: controller.signal, pictures, legacyEncoding, transfer };

  /** @type {BatchItem<any>[]} */
  const items = new Array(files.length);
  let next = 0;
  let done = 0;
  const readNext = async () => {
    while (next < files.length) {
      const index = next;
      next += 1;
      const file = files[index];
      const name = nameOf(file, index);
      const reading = readOne(file, async () => read(file, query, fileOptions, { session }));
      const item = await itemOf(name, reading, run.atCallSite);
      items[index] = item;
      throwIfAborted(controller.signal);
      if (item.status === 'error' && !continueOnError) throw item.error;
      done += 1;
      onProgress?.(done, files.length, name);
    }
  };

  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, readNext));
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    removeHandler?.();
  }
  return items;
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

module.exports = { readBatchBy };
