'use strict';

/**
 * Finds what contradicts itself within an album. Artists, genres, and the years of a compilation
 * may differ: they do so in many albums that have no mistakes.
 *
 * @import { Album } from './albums.js'
 * @import { Row } from './rows.js'
 *
 * @typedef {'albumTitle' | 'albumArtist' | 'year' | 'totalDiscs' | 'totalTracks' |
 *   'trackBeyondTotal' | 'discBeyondTotal' | 'repeatedTrack' | 'missingTrack'} ProblemKind
 *
 * @typedef {object} Problem
 * @property {ProblemKind} kind
 * @property {number} [disc] The disc that it is about, if the album has several.
 * @property {{ value: string | number, files: number }[]} values What the files say.
 *
 * @typedef {{ title: string, artist: string, folder: string, files: number, problems: Problem[] }} Contradiction
 */

const { groupBy } = require('./groups.js');

/** Tags have any numbers. More tracks than that on one disc are no album. */
const MOST_TRACKS = 999;

/**
 * @param {readonly Album[]} albums
 * @returns {Contradiction[]}
 */
function contradictionsOf(albums) {
  return albums.flatMap((album) => {
    const problems = problemsOf(album);
    if (problems.length === 0) return [];
    const { title, artist, folder, rows } = album;
    return [{ title, artist, folder, files: rows.length, problems }];
  });
}

/**
 * @param {Album} album
 * @returns {Problem[]}
 */
function problemsOf({ rows, isCompilation }) {
  if (rows.length < 2) return [];
  return [
    ...differing('albumTitle', rows, ({ album }) => album),
    ...differing('albumArtist', rows, ({ albumArtist }) => albumArtist),
    ...(isCompilation ? [] : differing('year', rows, ({ year }) => year)),
    ...differing('totalDiscs', rows, ({ totalDiscs }) => totalDiscs),
    ...beyond('discBeyondTotal', rows, ({ disc, totalDiscs }) => [disc, totalDiscs]),
    ...discProblems(rows),
  ];
}

/**
 * Returns a problem if files have different values. Files without a value say nothing.
 *
 * @param {ProblemKind} kind
 * @param {readonly Row[]} rows
 * @param {(row: Row) => string | number} pick
 * @returns {Problem[]}
 */
function differing(kind, rows, pick) {
  const counts = counted(rows.map(pick).filter(Boolean));
  return counts.length > 1 ? [{ kind, values: counts }] : [];
}

/**
 * Returns a problem if numbers are larger than their total.
 *
 * @param {ProblemKind} kind
 * @param {readonly Row[]} rows
 * @param {(row: Row) => [number: number, total: number]} numbersOf
 * @returns {Problem[]}
 */
function beyond(kind, rows, numbersOf) {
  const larger = rows.map(numbersOf).filter(([number, total]) => total > 0 && number > total);
  const values = counted(larger.map(([number, total]) => `${number} of ${total}`));
  return values.length > 0 ? [{ kind, values }] : [];
}

/**
 * @param {readonly Row[]} rows
 * @returns {Problem[]}
 */
function discProblems(rows) {
  const discs = groupBy(rows, discOf);
  return [...discs].flatMap(([disc, tracks]) => {
    const problems = [
      ...differing('totalTracks', tracks, ({ totalTracks }) => totalTracks),
      ...beyond('trackBeyondTotal', tracks, ({ track, totalTracks }) => [track, totalTracks]),
      ...repeatedTracks(tracks),
      ...missingTracks(tracks),
    ];
    return discs.size > 1 ? problems.map((problem) => ({ ...problem, disc })) : problems;
  });
}

/** A file without a disc number is on the first disc. @param {Row} row */
function discOf({ disc }) {
  return disc || 1;
}

/**
 * Returns a problem if tracks of one format have the same number. A folder may have the same track
 * as FLAC and as MP3.
 *
 * @param {readonly Row[]} rows
 * @returns {Problem[]}
 */
function repeatedTracks(rows) {
  const numbered = rows.filter(({ track }) => track > 0);
  const repeated = [...groupBy(numbered, ({ track, format }) => `${track} ${format}`).values()]
    .filter((tracks) => tracks.length > 1)
    .map((tracks) => ({ value: tracks[0].track, files: tracks.length }));
  return repeated.length > 0 ? [{ kind: 'repeatedTrack', values: repeated }] : [];
}

/**
 * Returns a problem if numbers are missing, and at least half of them are there: who keeps
 * only some songs of an album knows that.
 *
 * @param {readonly Row[]} rows
 * @returns {Problem[]}
 */
function missingTracks(rows) {
  const numbers = new Set(rows.map(({ track }) => track));
  const last = rows.reduce((most, row) => Math.max(most, row.track, row.totalTracks), 0);
  if (numbers.has(0) || last > MOST_TRACKS || numbers.size * 2 < last) return [];
  const missing = [];
  for (let track = 1; track <= last; track += 1) {
    if (!numbers.has(track)) missing.push({ value: track, files: 0 });
  }
  return missing.length > 0 ? [{ kind: 'missingTrack', values: missing }] : [];
}

/**
 * Counts equal values; the most frequent one comes first.
 *
 * @template {string | number} T
 * @param {readonly T[]} values
 */
function counted(values) {
  return [...groupBy(values, (value) => value)]
    .map(([value, equal]) => ({ value, files: equal.length }))
    .sort((a, b) => b.files - a.files);
}

module.exports = { contradictionsOf };
