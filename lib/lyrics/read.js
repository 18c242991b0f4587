'use strict';

/**
 * Reads synced lyrics: `SYLT` frames, and lyrics in the form of LRC.
 *
 * @import { ReadInput, NativeElement, NativeReadOptions, SyncedLyrics } from '../../index.js'
 */

const { checkNativeReadOptions } = require('../arguments/options.js');
const { read } = require('../simple/read-file.js');
const { TYPES } = require('./check.js');
const { parseLrc } = require('./lrc.js');
const { named } = require('./names.js');
const { MILLISECONDS } = require('./sylt.js');

/** The elements that hold lyrics, by the end of their identifiers or of a `TXXX`'s description. */
const LYRICS = /(^|:|\/)((un)?synced ?lyrics|lyrics|uslt|ult|©lyr)$/i;

/** Those of them that this package writes, and frames. */
const WRITTEN = /^SY?LT$|(^|:|\/)synced ?lyrics$/i;

/** Frames whose description names a field. */
const USER_TEXTS = new Set(['TXXX', 'TXX']);

/** Frames for lyrics, which have a language and a description. */
const LYRICS_FRAMES = new Set(['USLT', 'ULT']);

/**
 * @param {ReadInput} file
 * @param {NativeReadOptions} [options]
 * @returns {Promise<SyncedLyrics[]>}
 */
async function readSyncedLyrics(file, options) {
  /** @type {NativeElement[]} */
  const elements = await read(file, 'native', checkNativeReadOptions(options));
  const inOrder = [...elements.filter(isWritten), ...elements.filter((it) => !isWritten(it))];
  return inOrder.flatMap((element) => [...fromFrame(element), ...fromTexts(element)]);
}

/**
 * Returns whether an element is one of those that this package writes. Their lyrics come first.
 *
 * @param {NativeElement} element
 */
function isWritten(element) {
  return WRITTEN.test(fieldOf(element));
}

/**
 * @param {NativeElement} element
 * @returns {SyncedLyrics[]}
 */
function fromFrame(element) {
  if (element.type !== 'bytes' || element.syncedTexts === undefined) return [];
  const { timeFormat, contentType, lines } = element.syncedTexts;
  // The times of the others count MPEG frames.
  if (timeFormat !== MILLISECONDS) return [];
  return [
    {
      ...named(element),
      type: TYPES[contentType] ?? 'other',
      lines: lines.map(({ time, text }) => ({ timeMs: time, text })),
    },
  ];
}

/**
 * @param {NativeElement} element
 * @returns {SyncedLyrics[]}
 */
function fromTexts(element) {
  if (element.type !== 'text') return [];
  if (!LYRICS.test(fieldOf(element))) return [];
  const ownNames = LYRICS_FRAMES.has(element.id) ? named(element) : {};
  return element.values.flatMap((text) => {
    const { headers, lines } = parseLrc(text);
    if (lines.length === 0) return [];
    const names = named({ language: headers.la, description: headers.description });
    return [{ ...names, ...ownNames, type: /** @type {const} */ ('lyrics'), lines }];
  });
}

/** @param {NativeElement} element */
function fieldOf({ id, description = '' }) {
  return USER_TEXTS.has(id) ? description : id;
}

module.exports = { readSyncedLyrics };
