'use strict';

/**
 * Checks synced lyrics.
 *
 * @import { SyncedLine, SyncedLyrics } from '../../index.js'
 */

const { checkKeys, isObject, rangeError, typeError } = require('../arguments/check.js');
const { NO_LANGUAGE } = require('./names.js');

/** The content types of `SYLT`, by their numbers (id3v2.4.0-frames, section 4.9). */
const TYPES = /** @type {const} */ ([
  'other',
  'lyrics',
  'transcription',
  'movement',
  'events',
  'chord',
  'trivia',
  'webpageUrls',
  'imageUrls',
]);

/** The largest time that a frame can hold, in milliseconds. */
const MAX_TIME = 2 ** 32 - 1;

const KEYS = ['language', 'description', 'type', 'lines'];

/**
 * Returns the lyrics with their defaults, and the lines in the order of their times.
 *
 * @param {readonly SyncedLyrics[]} list
 */
function checkSyncedLyrics(list) {
  if (!Array.isArray(list)) throw typeError('lyrics', 'an array of synced lyrics', list);
  const checked = list.map((lyrics, index) => checkOne(`lyrics[${index}]`, lyrics));
  const names = checked.map(({ language, description }) => `${language} ${description}`);
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated >= 0) {
    const expected = 'different from the others in its language or its description';
    throw rangeError(`lyrics[${repeated}]`, expected, names[repeated]);
  }
  return checked;
}

/**
 * @param {string} name
 * @param {SyncedLyrics} lyrics
 */
function checkOne(name, lyrics) {
  if (!isObject(lyrics)) throw typeError(name, 'an object with lines', lyrics);
  checkKeys(name, lyrics, KEYS);
  const { language = NO_LANGUAGE, description = '', type = 'lyrics', lines } = lyrics;
  if (typeof language !== 'string' || !/^[A-Za-z]{3}$/.test(language)) {
    throw rangeError(`${name}.language`, 'a code of ISO 639-2, such as "eng"', language);
  }
  checkText(`${name}.description`, description);
  if (!TYPES.includes(type)) {
    throw rangeError(`${name}.type`, `one of ${TYPES.join(', ')}`, type);
  }
  checkLines(`${name}.lines`, lines);
  return { language, description, type, lines: inOrder(lines) };
}

/**
 * Returns the lines in the order of their times.
 *
 * @param {readonly SyncedLine[]} lines
 */
function inOrder(lines) {
  return [...lines].sort((one, other) => one.timeMs - other.timeMs);
}

/**
 * @param {string} name
 * @param {unknown} lines
 */
function checkLines(name, lines) {
  if (!Array.isArray(lines)) throw typeError(name, 'an array of { timeMs, text }', lines);
  for (const [index, line] of lines.entries()) {
    const { timeMs, text } = isObject(line) ? line : {};
    if (!Number.isInteger(timeMs) || timeMs < 0 || timeMs > MAX_TIME) {
      const expected = `a whole number of milliseconds from 0 to ${MAX_TIME}`;
      throw rangeError(`${name}[${index}].timeMs`, expected, timeMs);
    }
    checkText(`${name}[${index}].text`, text);
  }
}

/**
 * @param {string} name
 * @param {unknown} text
 */
function checkText(name, text) {
  if (typeof text !== 'string') throw typeError(name, 'a string', text);
  if (text.includes('\0')) throw rangeError(name, 'a text without NUL', text);
}

module.exports = { checkLines, checkSyncedLyrics, inOrder, TYPES };
