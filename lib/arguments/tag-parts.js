'use strict';

/**
 * Checks the parts of tags besides fields and pictures: ratings, lyrics, chapters, chunks of
 * broadcast audio, and raw ID3v2 frames.
 *
 * @import { ChapterRecord, Id3V2FramesRecord, LyricsRecord, RatingRecord } from '../../native/binding.js'
 */

const { checkInteger, isObject, rangeError, typeError } = require('./check.js');
const { isBytes, toBytes } = require('./files.js');
const { checkPicture } = require('./pictures.js');

/** Where a chapter may come from. */
const CHAPTER_SOURCES = ['id3', 'nero', 'quicktime'];

/** What removes the picture of a chapter. */
const NO_PICTURE = { mimeType: '', data: new Uint8Array(), type: 'Other', description: '' };

/** The identifier of a frame, by the specification of ID3v2.4, section 4. */
const FRAME_ID = /^[A-Z0-9]{4}$/;

/**
 * @param {string} name
 * @param {unknown} ratings
 * @returns {RatingRecord[]}
 */
function checkRatings(name, ratings) {
  return checkList(name, 'an array of ratings', ratings, (label, entry) => {
    const { rating, email, counter } = checkObject(label, 'a rating', entry);
    checkNumber(`${label}.rating`, rating);
    if (!(rating >= 0 && rating <= 1)) {
      throw rangeError(`${label}.rating`, 'a number from 0 to 1', rating);
    }
    checkOptionalText(`${label}.email`, email);
    if (counter !== undefined) {
      checkInteger(`${label}.counter`, counter, 0, Number.MAX_SAFE_INTEGER, 'plays');
    }
    return { rating, email, counter };
  });
}

/**
 * @param {string} name
 * @param {unknown} lyrics A text or lyrics, or an array of them.
 * @returns {LyricsRecord[]}
 */
function checkLyrics(name, lyrics) {
  const expected = 'a string or { text, description, language }, or an array of them';
  const entries = Array.isArray(lyrics) ? lyrics : [lyrics];
  return entries.map((entry) => {
    if (typeof entry === 'string') return { text: entry };
    const { text, description, language } = checkObject(name, expected, entry);
    if (typeof text !== 'string') throw typeError(`${name}.text`, 'a string', text);
    checkOptionalText(`${name}.description`, description);
    checkOptionalText(`${name}.language`, language);
    return { text, description, language };
  });
}

/**
 * @param {string} name
 * @param {unknown} chapters
 * @returns {ChapterRecord[]}
 */
function checkChapters(name, chapters) {
  return checkList(name, 'an array of chapters', chapters, (label, entry) => {
    const chapter = checkObject(label, 'a chapter', entry);
    const { startTimeMs, endTimeMs, title, id, source, url, picture } = chapter;
    checkTime(`${label}.startTimeMs`, startTimeMs);
    if (endTimeMs !== undefined) checkTime(`${label}.endTimeMs`, endTimeMs);
    checkOptionalText(`${label}.title`, title);
    checkOptionalText(`${label}.id`, id);
    if (source !== undefined && !CHAPTER_SOURCES.includes(source)) {
      throw rangeError(`${label}.source`, `one of ${CHAPTER_SOURCES.join(', ')}`, source);
    }
    if (url !== null) checkOptionalText(`${label}.url`, url);
    return {
      startTimeMs,
      endTimeMs,
      title,
      id,
      source,
      ...(url !== undefined && { url: url ?? '' }),
      ...(picture !== undefined && { picture: checkChapterPicture(`${label}.picture`, picture) }),
    };
  });
}

/**
 * @param {string} name
 * @param {any} picture `null` removes the picture.
 */
function checkChapterPicture(name, picture) {
  if (picture === null) return NO_PICTURE;
  const checked = checkPicture(name, picture);
  if (checked.data.length === 0) throw rangeError(`${name}.data`, 'an image', 'no bytes');
  return checked;
}

/**
 * @param {string} name
 * @param {unknown} frames
 * @returns {Id3V2FramesRecord[]}
 */
function checkId3v2Frames(name, frames) {
  const expected = 'an object that maps the IDs of frames to arrays of Uint8Arrays';
  return Object.entries(checkObject(name, expected, frames)).map(([id, bodies]) => {
    if (!FRAME_ID.test(id)) {
      throw rangeError(name, 'an object whose keys are four of A to Z and 0 to 9', id);
    }
    const copies = checkList(`${name}.${id}`, 'an array of Uint8Arrays', bodies, copyOfBytes);
    return { id, bodies: copies };
  });
}

/**
 * A copy: the call may have to wait, and the app may change its bytes meanwhile.
 *
 * @param {string} name
 * @param {unknown} value
 */
function copyOfBytes(name, value) {
  if (!isBytes(value)) throw typeError(name, 'a Uint8Array', value);
  return new Uint8Array(toBytes(value));
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkString(name, value) {
  if (typeof value !== 'string') throw typeError(name, 'a string', value);
  return value;
}

/**
 * @template T
 * @param {string} name
 * @param {string} expected
 * @param {unknown} value
 * @param {(name: string, entry: unknown) => T} check
 */
function checkList(name, expected, value, check) {
  if (!Array.isArray(value)) throw typeError(name, expected, value);
  return value.map((entry, index) => check(`${name}[${index}]`, entry));
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} value
 */
function checkObject(name, expected, value) {
  if (!isObject(value)) throw typeError(name, expected, value);
  return value;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkNumber(name, value) {
  if (typeof value !== 'number') throw typeError(name, 'a number', value);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkTime(name, value) {
  checkNumber(name, value);
  if (!(Number.isFinite(value) && /** @type {number} */ (value) >= 0)) {
    throw rangeError(name, 'a number of milliseconds from 0', value);
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkOptionalText(name, value) {
  if (value !== undefined) checkString(name, value);
}

module.exports = {
  checkChapters,
  checkId3v2Frames,
  checkLyrics,
  checkRatings,
  checkString,
  copyOfBytes,
};
