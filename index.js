'use strict';

/**
 * taglib-wasi: audio tags, read and written by TagLib in a WebAssembly sandbox,
 * off the main thread. The types and their documentation are in index.d.ts.
 *
 * CommonJS on purpose: `require` and `import` then share this one module, and
 * with it the session.
 */

const errors = require('./lib/core/errors.js');
const { getTagLib, setBufferMode } = require('./lib/drop-in/taglib-wasm.js');
const { scan } = require('./lib/folder/scan.js');
const apply = require('./lib/simple/apply.js');
const batch = require('./lib/simple/batch.js');
const setup = require('./lib/simple/initialize.js');
const { RatingUtils } = require('./lib/simple/ratings.js');
const read = require('./lib/simple/read.js');
const save = require('./lib/simple/save.js');
const { EXTENSIONS } = require('./lib/tables/extensions.js');
const { FIELD_TYPES } = require('./lib/tables/fields.js');
const pictureTypes = require('./lib/tables/picture-types.js');

exports.initialize = setup.initialize;
exports.isInitialized = setup.isInitialized;
exports.shutdown = setup.shutdown;
exports.version = setup.version;

exports.isValidAudioFile = read.isValidAudioFile;
exports.readCoverArt = read.readCoverArt;
exports.readFormat = read.readFormat;
exports.readMetadata = read.readMetadata;
exports.readPictureMetadata = read.readPictureMetadata;
exports.readPictures = read.readPictures;
exports.readProperties = read.readProperties;
exports.readTags = read.readTags;

exports.addPicture = apply.addPicture;
exports.applyCoverArt = apply.applyCoverArt;
exports.applyPictures = apply.applyPictures;
exports.applyTags = apply.applyTags;
exports.clearPictures = apply.clearPictures;
exports.clearTags = apply.clearTags;
exports.replacePictureByType = apply.replacePictureByType;

exports.applyPicturesToFile = save.applyPicturesToFile;
exports.applyTagsToFile = save.applyTagsToFile;
exports.clearTagsInFile = save.clearTagsInFile;
exports.writeTags = save.writeTags;

exports.readMetadataBatch = batch.readMetadataBatch;
exports.readPropertiesBatch = batch.readPropertiesBatch;
exports.readTagsBatch = batch.readTagsBatch;

exports.scan = scan;
exports.SCAN_EXTENSIONS = EXTENSIONS;

// What only taglib-wasm can do: it is loaded at the first call.
exports.getTagLib = getTagLib;
exports.setBufferMode = setBufferMode;

exports.FIELD_TYPES = FIELD_TYPES;
exports.findPictureByType = read.findPictureByType;
exports.PICTURE_TYPE_NAMES = pictureTypes.PICTURE_TYPE_NAMES;
exports.PICTURE_TYPE_VALUES = pictureTypes.PICTURE_TYPE_VALUES;
exports.RatingUtils = RatingUtils;

exports.EnvironmentError = errors.EnvironmentError;
exports.FileOperationError = errors.FileOperationError;
exports.InvalidFormatError = errors.InvalidFormatError;
exports.MemoryError = errors.MemoryError;
exports.MetadataError = errors.MetadataError;
exports.ResourceLimitError = errors.ResourceLimitError;
exports.SUPPORTED_FORMATS = errors.SUPPORTED_FORMATS;
exports.TagLibError = errors.TagLibError;
exports.TagLibInitializationError = errors.TagLibInitializationError;
exports.UnsupportedFormatError = errors.UnsupportedFormatError;

exports.isEnvironmentError = guard(errors.EnvironmentError);
exports.isFileOperationError = guard(errors.FileOperationError);
exports.isInvalidFormatError = guard(errors.InvalidFormatError);
exports.isMemoryError = guard(errors.MemoryError);
exports.isMetadataError = guard(errors.MetadataError);
exports.isResourceLimitError = guard(errors.ResourceLimitError);
exports.isTagLibError = guard(errors.TagLibError);
exports.isUnsupportedFormatError = guard(errors.UnsupportedFormatError);

/** @param {Function} ErrorClass */
function guard(ErrorClass) {
  return (/** @type {unknown} */ error) => error instanceof ErrorClass;
}
