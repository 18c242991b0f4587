'use strict';

/**
 * What a call writes: fields and pictures.
 *
 * @import { FieldRecord, PictureRecord } from '../../native/binding.js'
 * @import { Picture, TagInput } from '../../index.js'
 */

const { FIELD_TYPES } = require('../tables/fields.js');
const { PICTURE_TYPE_VALUES } = require('../tables/picture-types.js');
const { checkBoolean, isObject, rangeError, typeError } = require('./check.js');
const { isBytes, toBytes } = require('./files.js');

/**
 * The fields to set, each as a list of texts. What `readTags` gives besides
 * fields is ignored: input for `applyTags` is often made from its answer.
 *
 * @param {TagInput} tags
 * @returns {FieldRecord[]}
 */
function checkTagInput(tags) {
  if (!isObject(tags)) throw typeError('tags', 'an object of tag fields', tags);
  const fields = Object.entries(tags).filter(
    ([name, value]) =>
      value !== undefined &&
      typeOf(name) !== 'not a field' &&
      // `date` goes before `year`.
      !(name === 'year' && tags.date !== undefined),
  );
  return fields.map(([name, value]) => ({ name, values: fieldValues(name, value) }));
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function fieldValues(name, value) {
  const label = `tags.${name}`;
  const type = typeOf(name);
  if (type === 'lyrics') return asList(value).map((entry) => lyricsText(label, entry));
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

/** @param {unknown} value */
function asList(value) {
  return Array.isArray(value) ? value : [value];
}

/**
 * A text, or lyrics as `readTags` gives them.
 *
 * @param {string} name
 * @param {unknown} entry
 */
function lyricsText(name, entry) {
  return checkText(name, isObject(entry) ? entry.text : entry);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkText(name, value) {
  if (typeof value === 'string') return value;
  throw typeError(name, 'a string or an array of strings, [] to remove the field', value);
}

/** @param {Picture[]} pictures */
function checkPictures(pictures) {
  if (!Array.isArray(pictures)) throw typeError('pictures', 'an array of pictures', pictures);
  return pictures.map((picture, index) => checkPicture(`pictures[${index}]`, picture));
}

/**
 * @param {string} name
 * @param {Picture} picture
 * @returns {PictureRecord}
 */
function checkPicture(name, picture) {
  if (!isObject(picture)) throw typeError(name, 'a picture', picture);
  const { mimeType, data, type, description = '' } = picture;
  if (typeof mimeType !== 'string') throw typeError(`${name}.mimeType`, 'a string', mimeType);
  if (!isBytes(data)) throw typeError(`${name}.data`, 'a Uint8Array', data);
  if (typeof description !== 'string') {
    throw typeError(`${name}.description`, 'a string', description);
  }
  if (!Object.hasOwn(PICTURE_TYPE_VALUES, type)) {
    throw rangeError(`${name}.type`, `one of ${Object.keys(PICTURE_TYPE_VALUES).join(', ')}`, type);
  }
  // Copied: the call may have to wait, and the app may change its bytes meanwhile.
  return { mimeType, data: new Uint8Array(toBytes(data)), type, description };
}

/**
 * @param {`${PictureMode}`} mode What to do with the pictures that the file has.
 * @param {PictureRecord[]} pictures
 */
function pictureEdit(mode, pictures) {
  // An enum of napi-rs is a string, but TypeScript wants the enum's own type.
  return { mode: /** @type {PictureMode} */ (mode), pictures };
}

module.exports = { checkPicture, checkPictures, checkTagInput, pictureEdit };
