'use strict';

/** The lists of what is to be fixed. Each is filled when it is opened. */

const { bytes, counted } = require('../words.js');
const { elementOf, isolated, make } = require('./page.js');
const { Paged } = require('./paged.js');

/**
 * @import { Contradiction, Problem, ProblemKind } from '../contradictions.js'
 * @import { WrongText } from '../encodings.js'
 * @import { Broken } from '../facts.js'
 * @import { Files } from './files.js'
 *
 * @typedef {object} Findings
 * @property {string} directory
 * @property {Contradiction[]} contradictions
 * @property {[extraBytes: number, indexes: number[]][]} duplicates
 * @property {(WrongText & { index: number })[]} encodings
 * @property {Broken[]} broken
 */

/**
 * @param {Findings} findings
 * @param {Files} files
 */
function fillOnOpen({ directory, contradictions, duplicates, encodings, broken }, files) {
  const pathOf = (/** @type {number} */ index) => files.file(index).path;
  onOpen('contradictions', contradictions, contradictionItem);
  onOpen('duplicates', duplicates, (found) => duplicateItem(found, files));
  onOpen('encodings', encodings, (found) => encodingItem(found, directory, pathOf(found.index)));
  onOpen('broken', broken, brokenItem);
}

/**
 * @template T
 * @param {string} id
 * @param {T[]} found
 * @param {(item: T) => (Node | string)[]} content
 */
function onOpen(id, found, content) {
  // What was not found has no list.
  if (found.length === 0) return;
  const list = elementOf(id);
  const fill = () => {
    const items = make('ul', { class: 'found', role: 'list' });
    const more = make('button', { type: 'button', class: 'more' });
    list.querySelector('.items')?.replaceChildren(items, make('p', {}, more));
    new Paged(items, more, (index) => make('li', {}, ...content(found[index]))).show(found.length);
  };
  // It may have been opened before the script has run.
  if (list.hasAttribute('open')) fill();
  else list.addEventListener('toggle', fill, { once: true });
}

/** @type {Record<ProblemKind, string>} */
const PROBLEMS = {
  albumTitle: 'Album title spelled differently',
  albumArtist: 'Different album artists',
  year: 'Different years',
  totalDiscs: 'Different numbers of discs',
  totalTracks: 'Different numbers of tracks',
  trackBeyondTotal: 'Track number beyond the total',
  discBeyondTotal: 'Disc number beyond the total',
  repeatedTrack: 'Track number used more than once',
  missingTrack: 'Missing tracks',
};

/** How many values of a problem are shown. */
const MAX_VALUES = 20;

/** @param {Contradiction} album */
function contradictionItem({ title, artist, folder, files, problems }) {
  return [
    make('h4', {}, isolated(title), ' ', isolated(artist, 'muted')),
    make('p', { class: 'path' }, isolated(folder), ` · ${counted(files, 'file')}`),
    make('ul', {}, ...problems.map(problemItem)),
  ];
}

/** @param {Problem} problem */
function problemItem({ kind, disc, values }) {
  const prefix = disc === undefined ? '' : `Disc ${disc}: `;
  const shown = values
    .slice(0, MAX_VALUES)
    .flatMap(({ value, files }, index) => [
      index === 0 ? '' : ', ',
      isolated(String(value), 'value'),
      files > 0 ? ` (${counted(files, 'file')})` : '',
    ]);
  const rest = values.length > MAX_VALUES ? ` and ${values.length - MAX_VALUES} more` : '';
  return make('li', {}, `${prefix}${PROBLEMS[kind]}: `, ...shown, rest);
}

/**
 * @param {[extraBytes: number, indexes: number[]]} found
 * @param {Files} files
 */
function duplicateItem([extraBytes, indexes], files) {
  const { title, artist } = files.file(indexes[0]);
  const shown = indexes.slice(0, MAX_VALUES).map((index) => {
    const { path, size } = files.file(index);
    return make('li', { class: 'path' }, isolated(path), ` · ${bytes(size)}`);
  });
  const rest = indexes.length - shown.length;
  if (rest > 0) shown.push(make('li', {}, `and ${counted(rest, 'more file', 'more files')}`));
  const summary = `${counted(indexes.length, 'file')}, ${bytes(extraBytes)} in copies`;
  return [
    make('h4', {}, isolated(title || 'No title'), ' ', isolated(artist, 'muted')),
    make('p', { class: 'muted' }, summary),
    make('ul', {}, ...shown),
  ];
}

/** @type {Record<WrongText['kind'], string>} */
const KINDS = {
  legacy: 'is stored in a legacy encoding',
  utf8: 'is UTF-8 that was read as Latin-1',
  misread: 'looks as if it was read in the wrong encoding',
  replaced: 'has lost characters',
};

/**
 * @param {WrongText} found
 * @param {string} directory
 * @param {string} path
 */
function encodingItem({ kind, field, text, decoded }, directory, path) {
  const meaning = decoded === undefined ? [] : [' → ', isolated(decoded, 'value')];
  return [
    make('p', {}, isolated(text, 'value'), ...meaning),
    make('p', { class: 'muted' }, `The ${field} ${KINDS[kind]}.`),
    make('p', { class: 'path' }, isolated(path)),
    ...(kind === 'legacy' ? [make('code', {}, commandFor(`${directory}/${path}`))] : []),
  ];
}

/** Quoted for a shell of POSIX. @param {string} file */
function commandFor(file) {
  return `taglib-wasi fix-encoding '${file.replaceAll("'", "'\\''")}'`;
}

/** @param {Broken} broken */
function brokenItem({ path, code, message }) {
  return [
    make('p', { class: 'path' }, isolated(path)),
    make('p', {}, make('code', {}, code), ' ', isolated(message)),
  ];
}

exports.fillOnOpen = fillOnOpen;
