'use strict';

/**
 * The pictures that a call writes.
 *
 * @import { PictureMode, PictureRecord } from '../../native/binding.js'
 * @import { Picture } from '../../index.js'
 */

const { PICTURE_TYPE_VALUES } = require('../tables/picture-types.js');
const { isObject, rangeError, typeError } = require('./check.js');
const { isBytes, toBytes } = require('./files.js');

/**
 * @param {readonly Picture[]} pictures
 * @param {string} [name]
 */
function checkPictures(pictures, name = 'pictures') {
  if (!Array.isArray(pictures)) throw typeError(name, 'an array of pictures', pictures);
  return pictures.map((picture, index) => checkPicture(`${name}[${index}]`, picture));
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

module.exports = { checkPicture, checkPictures, pictureEdit };
