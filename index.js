'use strict';

/**
 * taglib-wasi: audio tags, read and written by TagLib in a WebAssembly sandbox,
 * off the main thread. The types and their documentation are in index.d.ts.
 *
 * CommonJS on purpose: `require` and `import` then share this one module, and
 * with it the preopens.
 */

const calls = require('./lib/calls.js');
const { checkInitializeOptions, checkPreopens } = require('./lib/arguments.js');
const batch = require('./lib/batch.js');
const errors = require('./lib/errors.js');
const { native } = require('./lib/native.js');
const pictureTypes = require('./lib/picture-types.js');
const { RatingUtils } = require('./lib/ratings.js');
const reading = require('./lib/read.js');
const peer = require('./lib/route/peer.js');
const saving = require('./lib/save.js');
const { EXTENSIONS } = require('./lib/scan/extensions.js');
const { scan } = require('./lib/scan/scan.js');
const writing = require('./lib/write.js');

function initialize(preopens, options) {
  return calls.fromCallSite(initialize, () =>
    calls.openSession(checkPreopens(preopens), checkInitializeOptions(options)),
  );
}

function isInitialized() {
  return calls.hasSession();
}

function shutdown() {
  return calls.closeSession();
}

function version() {
  return { package: require('./package.json').version, ...native().versions() };
}

exports.initialize = initialize;
exports.isInitialized = isInitialized;
exports.shutdown = shutdown;
exports.version = version;

exports.isValidAudioFile = reading.isValidAudioFile;
exports.readCoverArt = reading.readCoverArt;
exports.readFormat = reading.readFormat;
exports.readMetadata = reading.readMetadata;
exports.readPictureMetadata = reading.readPictureMetadata;
exports.readPictures = reading.readPictures;
exports.readProperties = reading.readProperties;
exports.readTags = reading.readTags;

exports.addPicture = writing.addPicture;
exports.applyCoverArt = writing.applyCoverArt;
exports.applyPictures = writing.applyPictures;
exports.applyTags = writing.applyTags;
exports.clearPictures = writing.clearPictures;
exports.clearTags = writing.clearTags;
exports.replacePictureByType = writing.replacePictureByType;

exports.applyPicturesToFile = saving.applyPicturesToFile;
exports.applyTagsToFile = saving.applyTagsToFile;
exports.clearTagsInFile = saving.clearTagsInFile;
exports.writeTags = saving.writeTags;

exports.readMetadataBatch = batch.readMetadataBatch;
exports.readPropertiesBatch = batch.readPropertiesBatch;
exports.readTagsBatch = batch.readTagsBatch;

exports.scan = scan;
exports.SCAN_EXTENSIONS = EXTENSIONS;

// What only taglib-wasm can give: it is loaded at the first call.
exports.getTagLib = peer.getTagLib;
exports.setBufferMode = peer.setBufferMode;

exports.findPictureByType = reading.findPictureByType;
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

exports.isEnvironmentError = (error) => error instanceof errors.EnvironmentError;
exports.isFileOperationError = (error) => error instanceof errors.FileOperationError;
exports.isInvalidFormatError = (error) => error instanceof errors.InvalidFormatError;
exports.isMemoryError = (error) => error instanceof errors.MemoryError;
exports.isMetadataError = (error) => error instanceof errors.MetadataError;
exports.isResourceLimitError = (error) => error instanceof errors.ResourceLimitError;
exports.isTagLibError = (error) => error instanceof errors.TagLibError;
exports.isUnsupportedFormatError = (error) => error instanceof errors.UnsupportedFormatError;
