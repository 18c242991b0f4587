'use strict';

/**
 * `scanFolder`: the metadata of every audio file beneath a directory, as one list.
 *
 * @import { FolderScanItem, FolderScanOptions, FolderScanResult } from '../../index.js'
 * @import { ExternalObject, Session } from '../../native/binding.js'
 * @import { FoundFile, Unreadable } from './walk.js'
 *
 * @typedef {ReturnType<typeof checkFolderScanOptions>} CheckedOptions
 */

const { checkPath } = require('../arguments/files.js');
const { onAbort, throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { holdSession, releaseSession } = require('../core/session.js');
const { read } = require('../simple/read-file.js');
const { checkFolderScanOptions } = require('./options.js');
const { forEachIndex } = require('./pool.js');
const { walk } = require('./walk.js');

/** How many files are read at once, within the `concurrency` of `initialize`. */
const CONCURRENCY = 24;

/**
 * @param {string} folderPath
 * @param {FolderScanOptions} [options]
 */
function scanFolder(folderPath, options) {
  return calls.fromCallSite(scanFolder, () => scannedFolder(folderPath, options));
}

/**
 * @param {string} folderPath
 * @param {FolderScanOptions} [options]
 * @returns {Promise<FolderScanResult>}
 */
async function scannedFolder(folderPath, options) {
  const started = performance.now();
  const top = { path: folderPath, absolute: checkPath('list', folderPath) };
  const checked = checkFolderScanOptions(options);
  throwIfAborted(checked.signal);
  // Every file is read in this session, even if `initialize` is called meanwhile.
  const session = holdSession();
  try {
    const found = await foundFiles(top, checked, session);
    const items = await itemsOf(found, checked, session);
    return { items, duration: Math.round(performance.now() - started) };
  } finally {
    releaseSession(session);
  }
}

/**
 * What is beneath the directory, each directory sorted by name.
 *
 * @param {{ path: string, absolute: string }} top
 * @param {CheckedOptions} options
 * @param {ExternalObject<Session>} session
 */
async function foundFiles(top, options, session) {
  /** @type {(FoundFile | Unreadable)[]} */
  const found = [];
  for await (const one of walk(top, { ...options, session })) {
    if ('error' in one && !options.continueOnError) throw one.error;
    found.push(one);
  }
  // No name has a NUL, and nothing sorts before it: paths are compared name by name.
  const keyed = found.map((file) => ({ file, key: file.path.replaceAll('/', '\0') }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return keyed.slice(0, options.maxFiles).map(({ file }) => file);
}

/**
 * @param {(FoundFile | Unreadable)[]} found
 * @param {CheckedOptions} options
 * @param {ExternalObject<Session>} session
 */
async function itemsOf(found, { signal, continueOnError, onProgress, includeProperties }, session) {
  // Aborted by the caller's signal, and by the first error if that ends the scan.
  const controller = new AbortController();
  const removeHandler = signal && onAbort(signal, () => controller.abort(signal.reason));
  /** @type {FolderScanItem[]} */
  const items = new Array(found.length);
  let done = 0;
  try {
    await forEachIndex(found.length, CONCURRENCY, async (index) => {
      const file = found[index];
      const item = await itemOf(file, controller.signal, includeProperties, session);
      throwIfAborted(controller.signal);
      if (item.status === 'error' && !continueOnError) throw item.error;
      items[index] = item;
      done += 1;
      onProgress?.(done, found.length, file.path);
    });
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    removeHandler?.();
  }
  return items;
}

/**
 * @param {FoundFile | Unreadable} file
 * @param {AbortSignal} signal
 * @param {boolean} includeProperties
 * @param {ExternalObject<Session>} session
 * @returns {Promise<FolderScanItem>}
 */
async function itemOf(file, signal, includeProperties, session) {
  const { path } = file;
  if ('error' in file) return { status: 'error', path, error: file.error };
  try {
    const options = { signal, pictures: false };
    const { properties, ...metadata } = await read(file.absolute, 'metadata', options, { session });
    return {
      ...{ status: 'ok', path, ...metadata },
      properties: includeProperties ? properties : undefined,
    };
  } catch (error) {
    const failure = /** @type {Error} */ (error);
    if (failure.name === 'AbortError') throw failure;
    return { status: 'error', path, error: failure };
  }
}

module.exports = { scanFolder, scannedFolder };
