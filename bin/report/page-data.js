'use strict';

/**
 * The data of the page's script. Files are columns of a table and not objects, and a text that
 * many files share is there once, so that the page of 200,000 files is loaded in little time.
 *
 * @import { WallCover } from './covers.js'
 * @import { Facts } from './facts.js'
 * @import { Row } from './rows.js'
 */

const path = require('node:path');
const { coverRow } = require('./covers.js');
const { FLAGS } = require('./flags.js');

/**
 * @param {Facts} facts
 * @param {Map<string, WallCover>} covers
 */
function pageData(facts, covers) {
  const indexes = new Map(facts.rows.map((row, index) => [row, index]));
  const indexOf = (/** @type {Row} */ row) => indexes.get(row);
  return {
    findings: {
      directory: facts.directory,
      contradictions: facts.contradictions,
      duplicates: facts.duplicates.map(({ extraBytes, rows }) => [extraBytes, rows.map(indexOf)]),
      encodings: facts.wrongTexts.map((row) => ({ index: indexOf(row), ...row.wrongText })),
      broken: facts.broken,
    },
    covers: { albums: albumData(facts, covers) },
    files: fileData(facts),
  };
}

/**
 * @param {Facts} facts
 * @param {Map<string, WallCover>} covers
 */
function albumData({ albums }, covers) {
  const ids = new Map([...covers.keys()].map((sha256, id) => [sha256, id]));
  return albums
    .map((album) => {
      const { title, artist, folder, rows } = album;
      const sha256 = coverRow(album)?.cover?.sha256;
      // −1 stands for no cover, and −2 for one that is not in the page.
      const cover = sha256 === undefined ? -1 : (ids.get(sha256) ?? -2);
      return { title, artist, folder, files: rows.length, cover };
    })
    .sort(byArtistAndTitle);
}

/**
 * @param {{ artist: string, title: string }} a
 * @param {{ artist: string, title: string }} b
 */
function byArtistAndTitle(a, b) {
  const order = COLLATOR.compare(a.artist, b.artist);
  return order === 0 ? COLLATOR.compare(a.title, b.title) : order;
}

const COLLATOR = new Intl.Collator('en');

/** @param {Facts} facts */
function fileData(facts) {
  const { rows } = facts;
  const flags = flagsOf(facts);
  return {
    names: rows.map((row) => path.posix.basename(row.path)),
    titles: rows.map(({ title }) => title),
    folders: dictionary(rows, (row) => path.posix.dirname(row.path)),
    artists: dictionary(rows, ({ artist }) => artist),
    albums: dictionary(rows, ({ album }) => album),
    formats: dictionary(rows, ({ format }) => format),
    years: rows.map(({ year }) => year),
    seconds: rows.map(({ milliseconds }) => Math.round(milliseconds / 1000)),
    sizes: rows.map(({ size }) => size),
    flags: rows.map((row) => flags.get(row) ?? 0),
  };
}

/**
 * Returns the different texts, and the index of that of each row.
 *
 * @param {readonly Row[]} rows
 * @param {(row: Row) => string} textOf
 */
function dictionary(rows, textOf) {
  /** @type {Map<string, number>} */
  const texts = new Map();
  const indexes = rows.map((row) => {
    const text = textOf(row);
    const index = texts.get(text) ?? texts.size;
    texts.set(text, index);
    return index;
  });
  return { texts: [...texts.keys()], indexes };
}

/**
 * Returns the flags of each row that has some: one bit for each filter of the page.
 *
 * @param {Facts} facts
 */
function flagsOf({ missing, contradictions, duplicates, wrongTexts, albums }) {
  /** @type {Map<Row, number>} */
  const flags = new Map();
  const add = (/** @type {readonly Row[]} */ rows, /** @type {number} */ flag) => {
    for (const row of rows) flags.set(row, (flags.get(row) ?? 0) | flag);
  };
  const contradictory = new Set(contradictions.map(({ folder, title }) => `${folder}\0${title}`));
  for (const { folder, title, rows } of albums) {
    if (contradictory.has(`${folder}\0${title}`)) add(rows, FLAGS.contradictions);
  }
  for (const { rows } of duplicates) add(rows, FLAGS.duplicates);
  for (const [kind, rows] of Object.entries(missing)) {
    add(rows, FLAGS[/** @type {keyof typeof missing} */ (kind)]);
  }
  add(wrongTexts, FLAGS.encodings);
  return flags;
}

module.exports = { pageData };
