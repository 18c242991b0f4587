'use strict';

/**
 * `updateFolderTags`: saves changes of many files.
 *
 * @import { FolderUpdate, FolderUpdateItem, FolderUpdateResult, SaveOptions, UpdateFolderOptions } from '../../index.js'
 *
 * @typedef {(path: string, tags: any, options: SaveOptions) => Promise<unknown>} Save
 */

const path = require('node:path');
const { isObject, typeError } = require('../arguments/check.js');
const { throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { currentSession } = require('../core/session.js');
const { applyTagsToFile } = require('../simple/save.js');
const { checkUpdateOptions } = require('./options.js');
const { forEachIndex } = require('./pool.js');

/**
 * @param {FolderUpdate[]} updates
 * @param {UpdateFolderOptions} [options]
 */
function updateFolderTags(updates, options) {
  return calls.fromCallSite(updateFolderTags, () =>
    updatedFolder(updates, options, applyTagsToFile),
  );
}

/**
 * @param {FolderUpdate[]} updates
 * @param {UpdateFolderOptions | undefined} options
 * @param {Save} save
 * @returns {Promise<FolderUpdateResult>}
 */
async function updatedFolder(updates, options, save) {
  const started = performance.now();
  const groups = updatesByFile(updates);
  const { continueOnError, concurrency, signal, save: saveOptions } = checkUpdateOptions(options);
  currentSession();
  throwIfAborted(signal);
  /** @type {FolderUpdateItem[]} */
  const items = new Array(updates.length);
  await forEachIndex(groups.length, concurrency, async (group) => {
    for (const index of groups[group]) {
      const item = await itemOf(updates[index], saveOptions, save);
      if (item.status === 'error' && !continueOnError) throw item.error;
      items[index] = item;
    }
  });
  return { items, duration: Math.round(performance.now() - started) };
}

/**
 * The indexes of the updates of each file, since a file's updates are saved one after
 * the other.
 *
 * @param {FolderUpdate[]} updates
 */
function updatesByFile(updates) {
  if (!Array.isArray(updates)) throw typeError('updates', 'an array of { path, tags }', updates);
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  for (const [index, update] of updates.entries()) {
    if (!isObject(update) || typeof update.path !== 'string') {
      throw typeError(`updates[${index}]`, '{ path, tags }', update);
    }
    const key = path.resolve(update.path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

/**
 * @param {FolderUpdate} update
 * @param {SaveOptions} options
 * @param {Save} save
 * @returns {Promise<FolderUpdateItem>}
 */
async function itemOf({ path: file, tags }, options, save) {
  try {
    await save(file, tags, options);
    return { status: 'ok', path: file };
  } catch (error) {
    const failure = /** @type {Error} */ (error);
    if (failure.name === 'AbortError') throw failure;
    return { status: 'error', path: file, error: failure };
  }
}

module.exports = { updatedFolder, updateFolderTags };
