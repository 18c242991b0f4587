'use strict';

/**
 * Groups files by album: the files of a folder with the same album title. The folders of
 * the discs of an album count as one.
 *
 * @import { Row } from './rows.js'
 *
 * @typedef {object} Album
 * @property {string} folder
 * @property {string} title The spelling of its first file.
 * @property {string} artist The album artist, or the artist of all files, or "Various artists".
 * @property {boolean} isCompilation
 * @property {Row[]} rows
 */

const path = require('node:path');
const { groupBy } = require('./groups.js');

/** The names of folders for the discs of an album, such as `CD1` and `Disc 2`. */
const DISC_FOLDER = /^(?:cd|dvd|dis[ck]|disque|lp)[\s_.-]*\d{1,3}$/i;
const VARIOUS_ARTISTS = /^(?:various(?: artists)?|va|v\.a\.)$/i;

/**
 * Returns the albums by folder. Files without an album title are in none.
 *
 * @param {readonly Row[]} rows Sorted by path.
 * @returns {Album[]}
 */
function albumsOf(rows) {
  const titled = rows.filter(({ album }) => album.trim() !== '');
  const groups = groupBy(titled, ({ path: file, album }) => {
    return `${albumFolder(file)}\0${album.trim().toLowerCase()}`;
  });
  return [...groups.values()].map(albumOf);
}

/** @param {string} file */
function albumFolder(file) {
  const folder = path.posix.dirname(file);
  return DISC_FOLDER.test(path.posix.basename(folder)) ? path.posix.dirname(folder) : folder;
}

/**
 * @param {Row[]} rows
 * @returns {Album}
 */
function albumOf(rows) {
  const [first] = rows;
  const albumArtist = rows.find((row) => row.albumArtist !== '')?.albumArtist ?? '';
  const isOfOneArtist = rows.every(({ artist }) => artist === first.artist);
  const artist = albumArtist || (isOfOneArtist ? first.artist : 'Various artists');
  const isCompilation = VARIOUS_ARTISTS.test(artist) || rows.some((row) => row.isCompilation);
  return { folder: albumFolder(first.path), title: first.album, artist, isCompilation, rows };
}

module.exports = { albumsOf };
