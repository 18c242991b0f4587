'use strict';

const { readFile } = require('node:fs/promises');
const { changeFiles } = require('../change.js');
const { imageType, pictureChange } = require('../pictures.js');
const { Complaint } = require('../run.js');

/** Puts an image in the place of the pictures of its type. */
module.exports = async function coverSet(files, options, job) {
  const { image, type, description } = options;
  const data = await readFile(image).catch(({ message }) => {
    throw new Complaint(message);
  });
  const mimeType = imageType(data);
  if (mimeType === undefined) {
    throw new Complaint(`${image} is no image, expected JPEG, PNG, GIF, WebP or BMP`);
  }
  const picture = { type, mimeType, data: new Uint8Array(data), description };
  await changeFiles(files, options, job, (_, file) =>
    pictureChange(file, (before) => [picture, ...before.filter((other) => other.type !== type)]),
  );
};
