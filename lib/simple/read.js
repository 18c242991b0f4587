'use strict';

/**
 * The read functions.
 *
 * @import { ReadInput, NativeReadOptions, Picture, PictureReadOptions, PictureType, ReadOptions, SourceReadOptions } from '../../index.js'
 */

const {
  checkNativeReadOptions,
  checkReadOptions,
  checkSourceReadOptions,
} = require('../arguments/options.js');
const calls = require('../core/calls.js');
const { MetadataError } = require('../core/errors.js');
const { read, readFor } = require('./read-file.js');

/**
 * @param {ReadInput} file
 * @param {ReadOptions} [options]
 */
function readTags(file, options) {
  return readFor(readTags, file, 'tags', checkReadOptions, options);
}

/**
 * @param {ReadInput} file
 * @param {SourceReadOptions} [options]
 */
function readProperties(file, options) {
  return calls.fromCallSite(readProperties, async () => {
    const properties = await read(file, 'properties', checkSourceReadOptions(options));
    if (properties !== undefined) return properties;
    throw new MetadataError('read', 'TagLib finds no audio stream in the file', 'audioProperties');
  });
}

/**
 * @param {ReadInput} file
 * @param {SourceReadOptions} [options]
 */
function readFormat(file, options) {
  return readFor(readFormat, file, 'format', checkSourceReadOptions, options);
}

/** The codes of errors that are about the file; others are about the call. */
const FILE_ERRORS = new Set([
  'FILE_OPERATION',
  'INVALID_FORMAT',
  'MEMORY',
  'METADATA',
  'RESOURCE_LIMIT',
]);

/**
 * @param {ReadInput} file
 * @param {SourceReadOptions} [options]
 */
function isValidAudioFile(file, options) {
  return calls.fromCallSite(isValidAudioFile, async () => {
    try {
      await read(file, 'format', checkSourceReadOptions(options));
      return true;
    } catch (error) {
      if (FILE_ERRORS.has(/** @type {any} */ (error).code)) return false;
      throw error;
    }
  });
}

/**
 * @param {ReadInput} file
 * @param {ReadOptions} [options]
 */
function readMetadata(file, options) {
  return readFor(readMetadata, file, 'metadata', checkReadOptions, options);
}

/**
 * @param {ReadInput} file
 * @param {PictureReadOptions} [options]
 */
function readPictures(file, options) {
  return readFor(readPictures, file, 'pictures', checkPictureOptions, options);
}

/**
 * @param {ReadInput} file
 * @param {SourceReadOptions} [options]
 * @returns {Promise<Picture[]>}
 */
async function picturesOf(file, options) {
  return read(file, 'pictures', checkCoverArtOptions(options));
}

/** @param {PictureReadOptions} [options] */
function checkPictureOptions(options) {
  return { ...checkNativeReadOptions(options), pictures: true };
}

/** @param {SourceReadOptions} [options] */
function checkCoverArtOptions(options) {
  return { ...checkSourceReadOptions(options), pictures: true };
}

/**
 * @param {ReadInput} file
 * @param {SourceReadOptions} [options]
 */
function readCoverArt(file, options) {
  return readFor(readCoverArt, file, 'coverArt', checkCoverArtOptions, options);
}

/**
 * @param {ReadInput} file
 * @param {PictureReadOptions} [options]
 */
function readPictureMetadata(file, options) {
  return readFor(readPictureMetadata, file, 'pictureMetadata', checkPictureOptions, options);
}

/**
 * @param {ReadInput} file
 * @param {NativeReadOptions} [options]
 */
function readNative(file, options) {
  return readFor(readNative, file, 'native', checkNativeReadOptions, options);
}

/**
 * @param {Picture[]} pictures
 * @param {PictureType} type
 */
function findPictureByType(pictures, type) {
  return pictures.find((picture) => picture.type === type);
}

/**
 * Returns the front cover, or the first picture if there is no front cover.
 *
 * @param {Picture[]} pictures
 * @returns {Picture | undefined}
 */
function coverOf(pictures) {
  return findPictureByType(pictures, 'FrontCover') ?? pictures[0];
}

module.exports = {
  coverOf,
  findPictureByType,
  isValidAudioFile,
  picturesOf,
  readCoverArt,
  readFormat,
  readMetadata,
  readNative,
  readPictureMetadata,
  readPictures,
  readProperties,
  readTags,
};
