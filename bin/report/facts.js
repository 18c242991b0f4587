'use strict';

/**
 * The facts about a library, which the page and the JSON show.
 *
 * @import { Album } from './albums.js'
 * @import { Contradiction } from './contradictions.js'
 * @import { Duplicates } from './duplicates.js'
 * @import { Row } from './rows.js'
 *
 * @typedef {{ path: string, code: string, message: string }} Broken A file or directory that
 *   can't be read.
 *
 * @typedef {object} Collected What was read.
 * @property {string} directory As it was given.
 * @property {Row[]} rows Sorted by path.
 * @property {Broken[]} broken Sorted by path.
 * @property {boolean} isAllHashed Whether the audio of all files was compared.
 *
 * @typedef {object} Totals
 * @property {number} files That were read.
 * @property {number} broken
 * @property {number} bytes
 * @property {number} seconds
 * @property {number} albums
 * @property {number} artists
 * @property {number} albumsWithCover
 *
 * @typedef {{ name: string, files: number, bytes: number, seconds: number }} Share The files of
 *   one format, genre, year or quality.
 *
 * @typedef {'cover' | 'title' | 'artist' | 'album' | 'albumArtist' | 'year' | 'track'} MissingKind
 *
 * @typedef {object} Facts
 * @property {string} version Of this package.
 * @property {string} created In ISO 8601.
 * @property {string} directory
 * @property {Totals} totals
 * @property {Share[]} formats The most frequent first, as the genres.
 * @property {Share[]} qualities
 * @property {Share[]} years In order.
 * @property {Share[]} genres
 * @property {Record<MissingKind, Row[]>} missing
 * @property {Contradiction[]} contradictions
 * @property {boolean} isAllHashed
 * @property {Duplicates[]} duplicates
 * @property {Broken[]} broken
 * @property {Row[]} wrongTexts
 * @property {Album[]} albums
 * @property {Row[]} rows
 */

const { version } = require('../../package.json');
const { albumsOf } = require('./albums.js');
const { contradictionsOf } = require('./contradictions.js');
const { coverRow } = require('./covers.js');
const { duplicatesOf } = require('./duplicates.js');

/** @type {Record<MissingKind, (row: Row) => boolean>} */
const MISSING = {
  cover: ({ cover }) => cover === undefined,
  title: ({ title }) => title === '',
  artist: ({ artist }) => artist === '',
  album: ({ album }) => album === '',
  albumArtist: ({ albumArtist }) => albumArtist === '',
  year: ({ year }) => year === 0,
  track: ({ track }) => track === 0,
};

/**
 * @param {Collected} collected
 * @returns {Facts}
 */
function factsOf({ directory, rows, broken, isAllHashed }) {
  const albums = albumsOf(rows);
  return {
    version,
    created: new Date().toISOString(),
    directory,
    totals: totalsOf(rows, albums, broken),
    formats: sharesOf(rows, ({ format }) => [format]),
    qualities: sharesOf(rows, (row) => [qualityOf(row)]),
    years: sharesOf(rows, ({ year }) => (year > 0 ? [String(year)] : [])).sort(byYear),
    genres: sharesOf(rows, ({ genres }) => genres),
    missing: missingIn(rows),
    contradictions: contradictionsOf(albums),
    isAllHashed,
    duplicates: duplicatesOf(rows),
    broken,
    wrongTexts: rows.filter(({ wrongText }) => wrongText !== undefined),
    albums,
    rows,
  };
}

/**
 * @param {readonly Row[]} rows
 * @param {readonly Album[]} albums
 * @param {readonly Broken[]} broken
 * @returns {Totals}
 */
function totalsOf(rows, albums, broken) {
  const { bytes, seconds } = sumOf(rows);
  return {
    files: rows.length,
    broken: broken.length,
    bytes,
    seconds,
    albums: albums.length,
    artists: new Set(rows.map(({ artist }) => artist).filter(Boolean)).size,
    albumsWithCover: albums.filter(coverRow).length,
  };
}

/** @param {readonly Row[]} rows */
function sumOf(rows) {
  const [sum = { name: '', files: 0, bytes: 0, milliseconds: 0 }] = sums(rows, () => ['']);
  return { bytes: sum.bytes, seconds: Math.round(sum.milliseconds / 1000) };
}

/**
 * @param {readonly Row[]} rows
 * @param {(row: Row) => readonly string[]} namesOf
 * @returns {Share[]}
 */
function sharesOf(rows, namesOf) {
  return sums(rows, namesOf)
    .map(({ milliseconds, ...share }) => ({ ...share, seconds: Math.round(milliseconds / 1000) }))
    .sort((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1));
}

/**
 * @param {readonly Row[]} rows
 * @param {(row: Row) => readonly string[]} namesOf
 */
function sums(rows, namesOf) {
  /** @type {Map<string, { name: string, files: number, bytes: number, milliseconds: number }>} */
  const found = new Map();
  for (const row of rows) {
    for (const name of namesOf(row)) {
      const sum = found.get(name) ?? { name, files: 0, bytes: 0, milliseconds: 0 };
      found.set(name, sum);
      sum.files += 1;
      sum.bytes += row.size;
      sum.milliseconds += row.milliseconds;
    }
  }
  return [...found.values()];
}

/** @param {Row} row */
function qualityOf({ isLossless, bitrate }) {
  if (isLossless) return 'Lossless';
  if (bitrate === 0) return 'Unknown';
  if (bitrate >= 256) return 'Lossy, 256 kbit/s or more';
  return bitrate >= 160 ? 'Lossy, 160 to 255 kbit/s' : 'Lossy, less than 160 kbit/s';
}

/**
 * @param {Share} a
 * @param {Share} b
 */
function byYear(a, b) {
  return Number(a.name) - Number(b.name);
}

/** @param {readonly Row[]} rows */
function missingIn(rows) {
  const found = Object.entries(MISSING).map(([kind, isMissing]) => [kind, rows.filter(isMissing)]);
  return /** @type {Facts['missing']} */ (Object.fromEntries(found));
}

module.exports = { factsOf };
