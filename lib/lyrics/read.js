'use strict';

/**
 * Reads synced lyrics: `SYLT` frames, and lyrics in the form of LRC.
 *
 * @import { ReadInput, NativeElement, NativeReadOptions, SyncedLyrics } from '../../index.js'
 */

const { checkNativeReadOptions } = require('../arguments/options.js');
const { read } = require('../simple/read-file.js');
const { NO_LANGUAGE, TYPES } = require('./check.js');
const { parseLrc } = require('./lrc.js');
const { MILLISECONDS } = require('./sylt.js');

/** The elements that hold lyrics, by the end of their identifiers or of a `TXXX`'s description. */
const LYRICS = /(^|:|\/)((un)?synced ?lyrics|lyrics|uslt|ult|©lyr)$/i;

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
  return elements.flatMap((element) => [...fromFrame(element), ...fromTexts(element)]);
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
  const field = USER_TEXTS.has(element.id) ? (element.description ?? '') : element.id;
  if (!LYRICS.test(field)) return [];
  const ownNames = LYRICS_FRAMES.has(element.id) ? named(element) : {};
  return element.values.flatMap((text) => {
    const { headers, lines } = parseLrc(text);
    if (lines.length === 0) return [];
    const names = named({ language: headers.la, description: headers.description });
    return [{ ...names, ...ownNames, type: /** @type {const} */ ('lyrics'), lines }];
  });
}

/**
 * Returns the names that are known.
 *
 * @param {{ language?: string, description?: string }} names
 */
function named({ language, description }) {
  const isKnown = language !== undefined && /^[A-Za-z]{3}$/.test(language);
  return {
    ...(isKnown && language.toUpperCase() !== NO_LANGUAGE && { language }),
    ...(description && { description }),
  };
}

module.exports = { readSyncedLyrics };
