'use strict';

/**
 * Writes pictures of audio files to image files. Each file is written whole or not at all.
 *
 * @import { ExportAllPicturesOptions, ExportPictureOptions, Picture, PictureType } from '../../index.js'
 * @import { ReadPictures } from './import.js'
 *
 * @typedef {ReturnType<typeof checkExportOptions>} CheckedExportOptions
 * @typedef {(path: string, data: Uint8Array, options: CheckedExportOptions) => Promise<void>} WriteImage
 */

const {
  checkBoolean,
  checkKeys,
  checkOptionalFunction,
  typeError,
} = require('../arguments/check.js');
const { checkSignalOptions } = require('../arguments/options.js');
const { checkPicture } = require('../arguments/pictures.js');
const calls = require('../core/calls.js');
const { join } = require('../folder/walk.js');
const operations = require('../full/operations.js');
const { coverOf, findPictureByType, picturesOf } = require('../simple/read.js');
const { pictureFileName } = require('./image-type.js');
const { noPicture } = require('./no-picture.js');

/**
 * Makes the functions that export pictures, which `readPictures` reads and `writeImage` writes.
 *
 * @param {ReadPictures} readPictures
 * @param {WriteImage} writeImage
 */
function exportsBy(readPictures, writeImage) {
  /**
   * @param {string} audioPath
   * @param {string} imagePath
   * @param {ExportPictureOptions} [options]
   */
  function exportCoverArt(audioPath, imagePath, options) {
    return calls.fromCallSite(exportCoverArt, async () => {
      const checked = checkExportOptions(options);
      const pictures = await readPictures(audioPath, { signal: checked.signal });
      const cover = coverOf(pictures);
      if (cover === undefined) throw noPicture(audioPath, 'the file has no pictures');
      await writeImage(imagePath, cover.data, checked);
    });
  }

  /**
   * @param {string} audioPath
   * @param {string} imagePath
   * @param {PictureType} type
   * @param {ExportPictureOptions} [options]
   */
  function exportPictureByType(audioPath, imagePath, type, options) {
    return calls.fromCallSite(exportPictureByType, async () => {
      const checked = checkExportOptions(options);
      const pictures = await readPictures(audioPath, { signal: checked.signal });
      const picture = findPictureByType(pictures, type);
      if (picture === undefined) {
        throw noPicture(audioPath, `the file has no picture of type ${type}`);
      }
      await writeImage(imagePath, picture.data, checked);
    });
  }

  /**
   * @param {string} audioPath
   * @param {string} outputDir
   * @param {ExportAllPicturesOptions} [options]
   * @returns {Promise<string[]>}
   */
  function exportAllPictures(audioPath, outputDir, options = {}) {
    return calls.fromCallSite(exportAllPictures, async () => {
      const { nameFormat = pictureFileName, ...others } = options;
      checkOptionalFunction('nameFormat', nameFormat);
      const checked = checkExportOptions(others);
      const pictures = await readPictures(audioPath, { signal: checked.signal });
      const paths = pictures.map((picture, index) => joined(outputDir, nameFormat(picture, index)));
      for (const [index, path] of paths.entries())
        await writeImage(path, pictures[index].data, checked);
      return paths;
    });
  }

  return { exportAllPictures, exportCoverArt, exportPictureByType };
}

/**
 * @param {Picture} picture
 * @param {string} imagePath
 * @param {ExportPictureOptions} [options]
 */
function savePictureToFile(picture, imagePath, options) {
  return calls.fromCallSite(savePictureToFile, () => {
    const { data } = checkPicture('picture', picture);
    return writeImageFile(imagePath, data, checkExportOptions(options));
  });
}

/** @param {ExportPictureOptions} [options] */
function checkExportOptions(options = {}) {
  checkKeys('options', options, ['signal', 'overwrite']);
  const { overwrite = true, signal } = options;
  checkBoolean('overwrite', overwrite);
  return { ...checkSignalOptions({ signal }), overwrite };
}

/** @type {WriteImage} */
function writeImageFile(path, data, options) {
  return operations.writeContent(operations.targetOf('write', path), data, options);
}

/**
 * @param {string} directory
 * @param {unknown} name
 */
function joined(directory, name) {
  if (typeof name !== 'string')
    throw typeError('the name that nameFormat returns', 'a string', name);
  return join(directory, name);
}

module.exports = {
  exportsBy,
  savePictureToFile,
  writeImageFile,
  ...exportsBy(picturesOf, writeImageFile),
};
