'use strict';

/**
 * Lists one directory, a part at a time.
 *
 * The addon does this and not Node's fs: it opens each directory beneath its preopen,
 * as it opens files, so that no link and no rename leads out.
 *
 * @import { Entry, ExternalObject, Listing, Session } from '../../native/binding.js'
 *
 * @typedef {object} ListingOptions
 * @property {ExternalObject<Session>} session
 * @property {boolean} follow Whether symbolic links are followed.
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} OpenListing
 * @property {string | undefined} realPath Known if links are followed.
 * @property {() => AsyncGenerator<Entry, void, undefined>} entries
 * @property {() => void} close Must be called.
 */

const path = require('node:path');
const calls = require('../core/calls.js');
const { native } = require('../core/native.js');

/**
 * @param {{ path: string, absolute: string }} directory `path` is for errors.
 * @param {ListingOptions} options
 * @returns {Promise<OpenListing>}
 */
async function openListing(directory, { session, follow, signal }) {
  const errorContext = { path: directory.path };
  const { listing, realPath } = await calls.submit(
    () => native().openListing(session, directory.absolute, follow),
    {
      signal,
      errorContext,
      // The signal fired while the directory was being opened.
      discard: ({ value }) => value && native().closeListing(value.listing),
    },
  );
  const close = () => native().closeListing(listing);
  // A listing can't be closed while a thread reads it, so it is closed afterwards.
  const options = { signal, errorContext, discard: close };
  async function* entries() {
    for (;;) {
      const part = await calls.submit(() => native().nextEntries(listing), options);
      if (part.length === 0) return;
      yield* /** @type {Entry[]} */ (part);
    }
  }
  return { realPath: normalize(realPath), entries, close };
}

/**
 * Returns the path with forward slashes only, and without the `.` that stands for a
 * preopen.
 *
 * @param {string | null | undefined} realPath
 */
function normalize(realPath) {
  if (realPath == null) return undefined;
  return path.posix.normalize(path.sep === '/' ? realPath : realPath.replaceAll('\\', '/'));
}

module.exports = { openListing };
