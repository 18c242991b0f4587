'use strict';

/**
 * Imports pictures from image files into audio files. Each import is one safe save.
 *
 * @import { CopyCoverArtOptions, ImportPictureOptions, LoadPictureOptions, Picture, PictureType } from '../../index.js'
 * @import { PictureMode } from '../../native/binding.js'
 *
 * @typedef {(imagePath: string, options: { signal?: AbortSignal }) => Promise<Uint8Array>} ReadImage
 * @typedef {(audioPath: string, options: { signal?: AbortSignal }) => Promise<Picture[]>} ReadPictures
 */

const { basename } = require('node:path');
const { checkKeys } = require('../arguments/check.js');
const { checkSaveOptions, checkSignalOptions } = require('../arguments/options.js');
const { checkPicture, pictureEdit } = require('../arguments/pictures.js');
const calls = require('../core/calls.js');
const operations = require('../full/operations.js');
const { coverOf, picturesOf } = require('../simple/read.js');
const { imageTypeOf } = require('./image-type.js');
const { noPicture } = require('./no-picture.js');

const FRONT_COVER = /** @type {const} */ ({ type: 'FrontCover', description: 'Front Cover' });

/**
 * Makes the functions that import pictures, which `readImage` and `readPictures` read.
 *
 * @param {ReadImage} readImage Reads an image file.
 * @param {ReadPictures} readPictures Reads the pictures of an audio file.
 */
function importsBy(readImage, readPictures) {
  /**
   * @param {string} audioPath
   * @param {string} imagePath
   * @param {ImportPictureOptions} [options]
   */
  function importCoverArt(audioPath, imagePath, options) {
    return calls.fromCallSite(importCoverArt, () =>
      importPicture(audioPath, imagePath, 'replaceAll', FRONT_COVER, options),
    );
  }

  /**
   * @param {string} audioPath
   * @param {string} imagePath
   * @param {PictureType} type
   * @param {ImportPictureOptions} [options]
   */
  function importPictureWithType(audioPath, imagePath, type, options) {
    return calls.fromCallSite(importPictureWithType, () =>
      importPicture(audioPath, imagePath, 'replaceType', { type, description: '' }, options),
    );
  }

  /**
   * @param {string} audioPath
   * @param {string} imagePath
   * @param {`${PictureMode}`} mode
   * @param {{ type: PictureType, description: string }} defaults
   * @param {ImportPictureOptions} [options]
   */
  async function importPicture(audioPath, imagePath, mode, defaults, options = {}) {
    const { mimeType, description = defaults.description, ...saveOptions } = options;
    const { signal, save } = checkSaveOptions(saveOptions);
    const target = operations.targetOf('save', audioPath);
    const facts = { mimeType, type: defaults.type, description };
    const picture = pictureOf(imagePath, await readImage(imagePath, { signal }), facts);
    await savePictures(target, mode, [picture], { signal, save });
  }

  /**
   * @param {string} sourcePath
   * @param {string} targetPath
   * @param {CopyCoverArtOptions} [options]
   */
  function copyCoverArt(sourcePath, targetPath, options = {}) {
    return calls.fromCallSite(copyCoverArt, async () => {
      const { copyAll = false, ...saveOptions } = options;
      const checked = checkSaveOptions(saveOptions);
      const target = operations.targetOf('save', targetPath);
      const pictures = await readPictures(sourcePath, { signal: checked.signal });
      const cover = coverOf(pictures);
      if (cover === undefined) throw noPicture(sourcePath, 'the file has no pictures');
      const copied = copyAll ? pictures : [{ ...cover, ...FRONT_COVER }];
      await savePictures(target, 'replaceAll', copied, checked);
    });
  }

  return { copyCoverArt, importCoverArt, importPictureWithType };
}

/**
 * @param {string} imagePath
 * @param {PictureType} [type]
 * @param {LoadPictureOptions} [options]
 * @returns {Promise<Picture>}
 */
function loadPictureFromFile(imagePath, type = 'FrontCover', options = {}) {
  return calls.fromCallSite(loadPictureFromFile, async () => {
    checkKeys('options', options, ['mimeType', 'description', 'signal']);
    const { mimeType, description = basename(imagePath), signal } = options;
    checkSignalOptions({ signal });
    const facts = { mimeType, type, description };
    return pictureOf(imagePath, await readImageFile(imagePath, { signal }), facts);
  });
}

/** @type {ReadImage} */
function readImageFile(imagePath, options) {
  return operations.readContent(operations.targetOf('read', imagePath), options);
}

/**
 * @param {string} imagePath
 * @param {Uint8Array} data
 * @param {{ mimeType?: string, type: PictureType, description: string }} facts
 */
function pictureOf(imagePath, data, { mimeType, type, description }) {
  const picture = { mimeType: mimeType ?? imageTypeOf(imagePath, data), data, type, description };
  checkPicture('picture', { ...picture, data: new Uint8Array() });
  return picture;
}

/**
 * @param {import('../full/operations.js').Target} target
 * @param {`${PictureMode}`} mode
 * @param {Picture[]} pictures
 * @param {ReturnType<typeof checkSaveOptions>} options
 */
function savePictures(target, mode, pictures, options) {
  const records = pictures.map((picture, index) => checkPicture(`pictures[${index}]`, picture));
  return operations.save(target, { pictures: pictureEdit(mode, records) }, options);
}

module.exports = {
  importsBy,
  loadPictureFromFile,
  readImageFile,
  ...importsBy(readImageFile, picturesOf),
};
