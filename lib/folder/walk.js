'use strict';

/**
 * Finds the files beneath a directory, while the caller asks for them.
 *
 * A directory of any size is listed in parts. Libraries that walk directories (fdir,
 * readdirp, @nodelib/fs.walk) keep all its names in memory.
 *
 * @import { ExternalObject, Session } from '../../native/binding.js'
 *
 * @typedef {object} Directory
 * @property {string} path Begins with the top directory as the caller wrote it.
 * @property {string} absolute Stays valid if the working directory changes.
 * @property {string} [expectedRealPath] Its real path, if no link leads to it.
 *
 * @typedef {object} FoundFile
 * @property {string} path
 * @property {string} absolute
 * @property {number} size In bytes.
 * @property {number} mtimeMs
 *
 * @typedef {{ path: string, error: Error }} Unreadable A file or directory.
 *
 * @typedef {object} WalkOptions
 * @property {ExternalObject<Session>} session
 * @property {Set<string>} extensions
 * @property {boolean} follow Whether symbolic links are followed.
 * @property {boolean} [recursive] Whether subdirectories are listed. Default: true.
 * @property {AbortSignal} [signal]
 * @property {() => void} [onPassedOver] Called for each file with another extension,
 *   each link that is not followed, and each link to a directory that is listed
 *   under another path.
 */

const { fromFailure } = require('../core/errors.js');
const { openListing } = require('./listing.js');

/**
 * Yields each file that has one of the extensions, and what can't be read. Each
 * real directory is listed once, under the path without links if there is one.
 * The files of a directory come before those of its subdirectories, in the order
 * of the file system.
 *
 * @param {Directory} top
 * @param {WalkOptions} options
 * @returns {AsyncGenerator<FoundFile | Unreadable, void, undefined>}
 */
async function* walk(top, options) {
  const pending = [top];
  /**
   * Directories that links lead to. They are listed last, unless they were listed
   * already.
   *
   * @type {Directory[]}
   */
  const linked = [];
  /** @type {Set<string>} */
  const listed = new Set();
  for (;;) {
    const isLastResort = pending.length === 0;
    /** @type {Directory | undefined} */
    const directory = pending.pop() ?? linked.shift();
    if (directory === undefined) return;
    try {
      const listing = await openListing(directory, options);
      try {
        const { realPath } = listing;
        if (realPath !== undefined && listed.has(realPath)) {
          options.onPassedOver?.();
        } else if (isLinked(directory, realPath) && !isLastResort) {
          linked.push(directory);
        } else {
          if (realPath !== undefined) listed.add(realPath);
          yield* list(directory, listing, pending, options);
        }
      } finally {
        listing.close();
      }
    } catch (error) {
      const failure = /** @type {Error} */ (error);
      if (directory === top || failure.name === 'AbortError') throw failure;
      yield { path: directory.path, error: failure };
    }
  }
}

/**
 * @param {Directory} directory
 * @param {string | undefined} realPath
 */
function isLinked({ expectedRealPath }, realPath) {
  return expectedRealPath !== undefined && expectedRealPath !== realPath;
}

/**
 * Yields the files of one directory, and adds its subdirectories to `pending`.
 *
 * @param {Directory} directory
 * @param {import('./listing.js').OpenListing} listing
 * @param {Directory[]} pending
 * @param {WalkOptions} options
 * @returns {AsyncGenerator<FoundFile | Unreadable, void, undefined>}
 */
async function* list(directory, { realPath, entries }, pending, options) {
  const { extensions, recursive = true, onPassedOver } = options;
  for await (const entry of entries()) {
    const path = join(directory.path, entry.name);
    const absolute = join(directory.absolute, entry.name);
    if (entry.kind === 'unreadable') {
      yield { path, error: fromFailure(entry.failure, { path }) };
    } else if (entry.kind === 'directory') {
      if (!recursive) continue;
      const expectedRealPath = realPath === undefined ? undefined : join(realPath, entry.name);
      pending.push({ path, absolute, expectedRealPath });
    } else if (entry.kind === 'file' && extensions.has(extensionOf(entry.name))) {
      yield { path, absolute, size: entry.size, mtimeMs: entry.modified };
    } else {
      onPassedOver?.();
    }
  }
}

/**
 * @param {string} directory
 * @param {string} name
 */
function join(directory, name) {
  return /[\\/]$/.test(directory) ? directory + name : `${directory}/${name}`;
}

/**
 * Returns the text after the last dot, in lower case. A hidden file such as `.mp3` has
 * no extension.
 *
 * @param {string} name
 */
function extensionOf(name) {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

module.exports = { extensionOf, join, walk };
