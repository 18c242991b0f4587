'use strict';

/**
 * `findCoverArtFiles`: finds image files beside an audio file by their usual names.
 *
 * @import { CoverArtFiles, SignalOptions } from '../../index.js'
 */

const { checkPath } = require('../arguments/files.js');
const { checkSignalOptions } = require('../arguments/options.js');
const calls = require('../core/calls.js');
const { holdSession, releaseSession } = require('../core/session.js');
const { openListing } = require('../folder/listing.js');

/** The best name first. */
const EXTENSIONS = ['jpg', 'jpeg', 'png', 'gif', 'webp'];
/** @type {Record<string, string[]>} */
const NAMES = {
  front: ['cover', 'front', 'Cover', 'Front'],
  folder: ['folder', 'Folder'],
  album: ['Album', 'album'],
  artwork: ['Artwork', 'artwork'],
  back: ['back', 'Back', 'back-cover', 'Back-Cover'],
};

/**
 * @param {string} audioPath
 * @param {SignalOptions} [options]
 * @returns {Promise<CoverArtFiles>}
 */
function findCoverArtFiles(audioPath, options) {
  return calls.fromCallSite(findCoverArtFiles, async () => {
    const { signal } = checkSignalOptions(options);
    const absolute = checkPath('list', audioPath);
    const directory = directoryOf(audioPath);
    const names = await fileNames({ path: directory, absolute: directoryOf(absolute) }, signal);
    const found = Object.entries(NAMES).map(([key, stems]) => {
      const candidates = stems.flatMap((stem) => EXTENSIONS.map((suffix) => `${stem}.${suffix}`));
      const name = candidates.find((candidate) => names.has(candidate));
      return [key, name === undefined ? undefined : directory + name];
    });
    return Object.fromEntries(found.filter(([, path]) => path !== undefined));
  });
}

/**
 * Returns the directory of a path with its last slash, or an empty text.
 *
 * @param {string} file
 */
function directoryOf(file) {
  return file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

/**
 * Returns the names of the files of a directory that are not empty.
 *
 * @param {{ path: string, absolute: string }} directory
 * @param {AbortSignal} [signal]
 */
async function fileNames(directory, signal) {
  const session = holdSession();
  try {
    const listing = await openListing(directory, { session, follow: true, signal });
    try {
      /** @type {Set<string>} */
      const names = new Set();
      for await (const entry of listing.entries()) {
        if (entry.kind === 'file' && entry.size > 0) names.add(entry.name);
      }
      return names;
    } finally {
      listing.close();
    }
  } finally {
    releaseSession(session);
  }
}

module.exports = { findCoverArtFiles };
