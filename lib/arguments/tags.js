'use strict';

/**
 * Tags to write, as an edit for the addon.
 *
 * @import { EditRecord, FieldRecord } from '../../native/binding.js'
 * @import { TagChanges } from '../../index.js'
 */

const { argumentError } = require('../core/errors.js');
const { FIELD_TYPES } = require('../tables/fields.js');
const { checkBoolean, isObject, rangeError, typeError } = require('./check.js');
const { checkPictures, pictureEdit } = require('./pictures.js');
const {
  checkChapters,
  checkId3v2Frames,
  checkLyrics,
  checkRatings,
  checkString,
  copyOfBytes,
} = require('./tag-parts.js');

/**
 * Converts each part that is not a field. `null` removes the part.
 *
 * @type {Record<string, (name: string, value: any) => Partial<EditRecord>>}
 */
const PARTS = {
  pictures: (name, value) => ({
    pictures: pictureEdit('replaceAll', checkPictures(value ?? [], name)),
  }),
  ratings: (name, value) => ({ ratings: checkRatings(name, value ?? []) }),
  lyrics: (name, value) => ({ lyrics: checkLyrics(name, value ?? []) }),
  chapters: (name, value) => ({ chapters: checkChapters(name, value ?? []) }),
  bextData: (name, value) => ({ bextData: value === null ? null : copyOfBytes(name, value) }),
  ixml: (name, value) => ({ ixml: value === null ? null : checkString(name, value) }),
  // The addon's name for it: napi-rs ends a word at each digit.
  id3v2Frames: (name, value) => ({ id3V2Frames: checkId3v2Frames(name, value ?? {}) }),
};

/**
 * Returns the edit that makes these changes. The result of `readTags` is accepted as it
 * is.
 *
 * @param {TagChanges} tags
 * @returns {EditRecord}
 */
function checkTagChanges(tags) {
  if (!isObject(tags)) throw typeError('tags', 'an object of tag fields', tags);
  const { bext, ...changes } = tags;
  checkBext(bext, changes.bextData);
  /** @type {FieldRecord[]} */
  const fields = [];
  /** @type {EditRecord} */
  const edit = { fields };
  for (const [name, value] of Object.entries(changes)) {
    // `date` takes precedence over `year`.
    if (value === undefined || (name === 'year' && tags.date !== undefined)) continue;
    const label = `tags.${name}`;
    if (Object.hasOwn(PARTS, name)) Object.assign(edit, PARTS[name](label, value));
    else fields.push({ name, values: fieldValues(label, typeOf(name), value) });
  }
  return edit;
}

/**
 * Refuses `bext` without `bextData`. `readTags` decodes `bext` from `bextData`, and only
 * the bytes are written, so the change would silently have no effect.
 *
 * @param {unknown} bext
 * @param {unknown} bextData
 */
function checkBext(bext, bextData) {
  if (bext === undefined || bextData !== undefined) return;
  throw argumentError(
    TypeError,
    'ERR_INVALID_ARG_VALUE',
    'tags.bext must come with tags.bextData, whose bytes are written; bext itself is not encoded',
  );
}

/**
 * @param {string} label
 * @param {string} type
 * @param {unknown} value
 */
function fieldValues(label, type, value) {
  if (Array.isArray(value)) return value.map((text) => checkText(label, text));
  if (type === 'boolean') {
    checkBoolean(label, value);
    return [value ? '1' : '0'];
  }
  if (type === 'number' && typeof value === 'number') {
    if (!Number.isFinite(value)) throw rangeError(label, 'a finite number', value);
    return [String(value)];
  }
  return [checkText(label, value)];
}

/** @param {string} name */
function typeOf(name) {
  return Object.hasOwn(FIELD_TYPES, name) ? FIELD_TYPES[name] : 'text';
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkText(name, value) {
  if (typeof value === 'string') return value;
  throw typeError(name, 'a string or an array of strings, [] to remove the field', value);
}

module.exports = { checkTagChanges };
