'use strict';

const { applyPictures, applyPicturesToFile, readPictures } = require('../index.js');

/** The change that makes other pictures of those that a file has. */
async function pictureChange(file, edit) {
  const pictures = edit(await readPictures(file));
  return {
    save: (real, options) => applyPicturesToFile(real, pictures, options),
    preview: (real, options) => applyPictures(real, pictures, options),
  };
}

/** By the first bytes: a wrong extension would make a cover that players don't show. */
function imageType(image) {
  const starts = (...bytes) => bytes.every((byte, index) => image[index] === byte);
  const text = (from, to) => Buffer.from(image.subarray(from, to)).toString('latin1');
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'image/png';
  if (text(0, 4) === 'GIF8') return 'image/gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
  if (text(0, 2) === 'BM') return 'image/bmp';
  return undefined;
}

module.exports = { imageType, pictureChange };
