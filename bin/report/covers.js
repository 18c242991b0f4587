'use strict';

/**
 * Chooses and reads the covers of the wall. The page must stay small enough for a phone, and this
 * package can't scale pictures. So the smallest covers are chosen, up to a total number of bytes:
 * that shows the most albums.
 *
 * @import { Album } from './albums.js'
 * @import { Row } from './rows.js'
 *
 * @typedef {object} WallCover An image, in base64.
 * @property {string} mimeType
 * @property {string} base64
 */

const { readCoverArt, TagLibError } = require('../../index.js');
const { imageType } = require('../pictures.js');
const { forEach } = require('./pool.js');

/** How many files are read at once. Each answer has all pictures of its file. */
const CONCURRENCY = 4;

/**
 * Returns a cover for each album: that of its first file that has one.
 *
 * @param {Album} album
 * @returns {Row | undefined}
 */
function coverRow({ rows }) {
  return rows.find(({ cover }) => cover !== undefined);
}

/**
 * Reads the covers of albums, by their hash, each once. Those that are no images of a known
 * type are left out.
 *
 * @param {readonly Album[]} albums
 * @param {number} maxBytes
 * @param {(row: Row) => string} pathOf
 * @param {AbortSignal} signal
 * @returns {Promise<Map<string, WallCover>>}
 */
async function readCovers(albums, maxBytes, pathOf, signal) {
  const chosen = smallest(albums, maxBytes);
  /** In the order in which they are chosen, not read. @type {Map<string, WallCover | undefined>} */
  const covers = new Map(chosen.map(([sha256]) => [sha256, undefined]));
  await forEach(chosen, CONCURRENCY, async ([sha256, row]) => {
    covers.set(sha256, await coverOf(pathOf(row), signal));
  });
  const read = [...covers].filter(([, cover]) => cover !== undefined);
  return new Map(/** @type {[string, WallCover][]} */ (read));
}

/**
 * Returns the smallest covers, and a file of each.
 *
 * @param {readonly Album[]} albums
 * @param {number} maxBytes
 */
function smallest(albums, maxBytes) {
  /** @type {Map<string, { row: Row, size: number }>} */
  const found = new Map();
  for (const album of albums) {
    const row = coverRow(album);
    if (row?.cover && row.cover.size > 0) {
      found.set(row.cover.sha256, { row, size: row.cover.size });
    }
  }
  let bytes = 0;
  return [...found]
    .sort(([, a], [, b]) => a.size - b.size)
    .filter(([, { size }]) => {
      bytes += size;
      return bytes <= maxBytes;
    })
    .map(([sha256, { row }]) => /** @type {const} */ ([sha256, row]));
}

/**
 * @param {string} file
 * @param {AbortSignal} signal
 * @returns {Promise<WallCover | undefined>}
 */
async function coverOf(file, signal) {
  try {
    const image = await readCoverArt(file, { signal });
    if (image === undefined) return undefined;
    const buffer = Buffer.from(image.buffer, image.byteOffset, image.length);
    const mimeType = imageType(buffer);
    return mimeType && { mimeType, base64: buffer.toString('base64') };
  } catch (error) {
    // The file has changed since the scan. Its album has no cover on the wall.
    if (error instanceof TagLibError) return undefined;
    throw error;
  }
}

module.exports = { coverRow, readCovers };
