'use strict';

/**
 * The read functions. Each is one query: the addon reads the file once, and returns the
 * part that the query selects.
 *
 * @import { AudioFileInput, Picture, PictureType, ReadOptions, SignalOptions } from '../../index.js'
 * @import { Query } from '../../native/binding.js'
 */

const { checkFile } = require('../arguments/files.js');
const { checkReadOptions, checkSignalOptions } = require('../arguments/options.js');
const { throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { MetadataError } = require('../core/errors.js');
const { currentSession } = require('../core/session.js');

/**
 * @typedef {object} CheckedOptions
 * @property {AbortSignal} [signal]
 * @property {boolean} [pictures] Makes no difference to queries without pictures.
 */

/**
 * Reads one file.
 *
 * @param {AudioFileInput | URL} file
 * @param {`${Query}`} query
 * @param {CheckedOptions} options
 * @param {ReturnType<typeof currentSession>} [session]
 */
async function read(file, query, { signal, pictures = false }, session = currentSession()) {
  throwIfAborted(signal);
  const input = checkFile(file);
  const { content, errorContext } = input instanceof Promise ? await input : input;
  const request = { session, query, pictures, file: calls.snapshot(content) };
  return calls.submitRead(request, { signal, errorContext });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {ReadOptions} [options]
 */
function readTags(file, options) {
  return calls.fromCallSite(readTags, () => read(file, 'tags', checkReadOptions(options)));
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function readProperties(file, options) {
  return calls.fromCallSite(readProperties, async () => {
    const properties = await read(file, 'properties', checkSignalOptions(options));
    if (properties !== undefined) return properties;
    throw new MetadataError('read', 'TagLib finds no audio stream in the file', 'audioProperties');
  });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function readFormat(file, options) {
  return calls.fromCallSite(readFormat, () => read(file, 'format', checkSignalOptions(options)));
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
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function isValidAudioFile(file, options) {
  return calls.fromCallSite(isValidAudioFile, async () => {
    try {
      await read(file, 'format', checkSignalOptions(options));
      return true;
    } catch (error) {
      if (FILE_ERRORS.has(/** @type {any} */ (error).code)) return false;
      throw error;
    }
  });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {ReadOptions} [options]
 */
function readMetadata(file, options) {
  return calls.fromCallSite(readMetadata, () => read(file, 'metadata', checkReadOptions(options)));
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function readPictures(file, options) {
  return calls.fromCallSite(readPictures, () => picturesOf(file, options));
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 * @returns {Promise<Picture[]>}
 */
function picturesOf(file, options) {
  return read(file, 'pictures', { ...checkSignalOptions(options), pictures: true });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function readCoverArt(file, options) {
  return calls.fromCallSite(readCoverArt, async () => {
    return coverOf(await picturesOf(file, options))?.data;
  });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function readPictureMetadata(file, options) {
  return calls.fromCallSite(readPictureMetadata, async () => {
    const pictures = await picturesOf(file, options);
    return pictures.map(({ type, mimeType, description, data }) => ({
      type,
      mimeType,
      description,
      size: data.length,
    }));
  });
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
  read,
  readCoverArt,
  readFormat,
  readMetadata,
  readPictureMetadata,
  readPictures,
  readProperties,
  readTags,
};
