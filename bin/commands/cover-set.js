'use strict';

const { readFile } = require('node:fs/promises');
const { changeFiles } = require('../change.js');
const { imageType, pictureChange } = require('../pictures.js');
const { UserError } = require('../reporter.js');

/**
 * @import { PictureType } from '../../index.js'
 * @import { ChangeOptions } from '../change.js'
 *
 * @typedef {ChangeOptions & { image: string, type: PictureType, description: string }} Options
 */

/**
 * Replaces the pictures of a type by an image.
 *
 * @param {string[]} files
 * @param {Options} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function coverSet(files, options, reporter) {
  const { image, type, description } = options;
  const data = await readFile(image).catch(({ message }) => {
    throw new UserError(message);
  });
  const mimeType = imageType(data);
  if (mimeType === undefined) {
    throw new UserError(`${image} must be a JPEG, PNG, GIF, WebP or BMP image`);
  }
  const picture = { type, mimeType, data: new Uint8Array(data), description };
  await changeFiles(files, options, reporter, (_, file) =>
    pictureChange(file, (pictures) => [
      picture,
      ...pictures.filter((other) => other.type !== type),
    ]),
  );
};
