'use strict';

/** @import { Picture } from '../index.js' */

const { applyPictures, applyPicturesToFile, readPictures } = require('../index.js');

/**
 * Makes the change that replaces a file's pictures by the result of `edit`.
 *
 * @param {string} file
 * @param {(pictures: Picture[]) => Picture[]} edit
 * @returns {Promise<import('./change.js').Change>}
 */
async function pictureChange(file, edit) {
  const pictures = edit(await readPictures(file));
  return {
    save: (real, options) => applyPicturesToFile(real, pictures, options),
    apply: (real, options) => applyPictures(real, pictures, options),
  };
}

/**
 * Detects the MIME type from the first bytes. The extension may be wrong, and players
 * don't show a cover with a wrong type.
 *
 * @param {Buffer} image
 */
function imageType(image) {
  const text = (/** @type {number} */ from, /** @type {number} */ to) =>
    image.subarray(from, to).toString('latin1');
  if (text(0, 3) === '\xff\xd8\xff') return 'image/jpeg';
  if (text(0, 4) === '\x89PNG') return 'image/png';
  if (text(0, 4) === 'GIF8') return 'image/gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
  if (text(0, 2) === 'BM') return 'image/bmp';
  return undefined;
}

module.exports = { imageType, pictureChange };
