'use strict';

/**
 * The files beneath a directory, found while they are asked for.
 *
 * Walked through the addon, not by Node's fs: each directory is opened beneath
 * its preopen, as files are, so that no link and no rename leads out of it. A
 * directory is listed a part at a time, whatever it holds; libraries that walk
 * (fdir, readdirp, @nodelib/fs.walk) hold all its names.
 */

const calls = require('../calls.js');
const { fromFailure } = require('../errors.js');
const { native } = require('../native.js');

/**
 * Gives `{ path, absolute, size, mtimeMs }` for each file that has one of the
 * extensions, and `{ path, error }` for what can't be looked at or listed. Paths
 * begin with `top`, as it is written; the absolute one stays, should the working
 * directory change. The files of a directory come before those of its
 * subdirectories, in the order of the file system. `onPassedOver` is called for
 * each file of another kind, and each link that is not followed.
 */
async function* walk(top, { session, extensions, follow, signal, onPassedOver }) {
  const pending = [{ path: top.path, absolute: top.absolute, parent: undefined }];
  while (pending.length > 0) {
    const directory = pending.pop();
    try {
      for await (const entry of list(directory, { session, follow, signal })) {
        const path = join(directory.path, entry.name);
        const absolute = join(directory.absolute, entry.name);
        if (entry.kind === 'unreadable') {
          yield { path, error: fromFailure(entry.failure, { path }) };
        } else if (entry.kind === 'directory') {
          pending.push({ path, absolute, parent: directory });
        } else if (entry.kind === 'file' && extensions.has(extensionOf(entry.name))) {
          yield { path, absolute, size: entry.size, mtimeMs: entry.modified };
        } else {
          onPassedOver?.();
        }
      }
    } catch (error) {
      if (directory.parent === undefined || error.name === 'AbortError') throw error;
      yield { path: directory.path, error };
    }
  }
}

/** The entries of a directory; none where links have led back to one above it. */
async function* list(directory, { session, follow, signal }) {
  const { path, absolute } = directory;
  const submit = (start) => calls.submit(start, signal, { path });
  const { listing, realPath } = await submit(() => native().openListing(session, absolute, follow));
  directory.realPath = realPath;
  try {
    if (follow && isBeneathItself(directory)) return;
    for (;;) {
      const entries = await submit(() => native().nextEntries(listing));
      if (entries.length === 0) return;
      yield* entries;
    }
  } finally {
    native().closeListing(listing);
  }
}

function isBeneathItself({ realPath, parent }) {
  for (let above = parent; above !== undefined; above = above.parent) {
    if (above.realPath === realPath) return true;
  }
  return false;
}

function join(directory, name) {
  return /[\\/]$/.test(directory) ? directory + name : `${directory}/${name}`;
}

/** What follows the last dot, in lower case; of `.mp3`, which is a hidden file, nothing. */
function extensionOf(name) {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

module.exports = { walk };
