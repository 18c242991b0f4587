'use strict';

/**
 * taglib-wasi: audio tags, read and written by TagLib in a WebAssembly sandbox,
 * off the main thread. The types and their documentation are in index.d.ts.
 *
 * CommonJS on purpose: `require` and `import` then share this one module, and
 * with it the session.
 */

const errors = require('./lib/core/errors.js');
const { setBufferMode } = require('./lib/core/taglib-wasm.js');
const { exportFolderMetadata } = require('./lib/folder/export-folder-metadata.js');
const { findDuplicates } = require('./lib/folder/find-duplicates.js');
const { scan } = require('./lib/folder/scan.js');
const { scanFolder } = require('./lib/folder/scan-folder.js');
const { updateFolderTags } = require('./lib/folder/update-folder-tags.js');
const { AudioFileImpl } = require('./lib/full/audio-file.js');
const bwf = require('./lib/full/bwf.js');
const { isNamedAudioInput } = require('./lib/full/named-input.js');
const passedOn = require('./lib/full/passed-on.js');
const { getTagLib, TagLib } = require('./lib/full/taglib.js');
const lyrics = require('./lib/lyrics/index.js');
const exported = require('./lib/pictures/export.js');
const { findCoverArtFiles } = require('./lib/pictures/find.js');
const imported = require('./lib/pictures/import.js');
const apply = require('./lib/simple/apply.js');
const { readAudioHash } = require('./lib/simple/audio-hash.js');
const batch = require('./lib/simple/batch.js');
const setup = require('./lib/simple/initialize.js');
const { RatingUtils } = require('./lib/simple/ratings.js');
const read = require('./lib/simple/read.js');
const save = require('./lib/simple/save.js');
const { httpSource } = require('./lib/sources/index.js');
const { EXTENSIONS } = require('./lib/tables/extensions.js');
const { FIELD_TYPES } = require('./lib/tables/fields.js');
const lookups = require('./lib/tables/lookups.js');
const pictureTypes = require('./lib/tables/picture-types.js');
const tables = require('./lib/tables/properties.js');
const web = require('./lib/web/index.js');

exports.initialize = setup.initialize;
exports.isInitialized = setup.isInitialized;
exports.shutdown = setup.shutdown;
exports.version = setup.version;

exports.isValidAudioFile = read.isValidAudioFile;
exports.readAudioHash = readAudioHash;
exports.readCoverArt = read.readCoverArt;
exports.readFormat = read.readFormat;
exports.readMetadata = read.readMetadata;
exports.readNative = read.readNative;
exports.readPictureMetadata = read.readPictureMetadata;
exports.readPictures = read.readPictures;
exports.readProperties = read.readProperties;
exports.readTags = read.readTags;

exports.httpSource = httpSource;

exports.readSyncedLyrics = lyrics.readSyncedLyrics;
exports.writeSyncedLyrics = lyrics.writeSyncedLyrics;
exports.applySyncedLyrics = lyrics.applySyncedLyrics;
exports.parseLrc = lyrics.parseLrc;
exports.formatLrc = lyrics.formatLrc;

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

exports.exportFolderMetadata = exportFolderMetadata;
exports.findDuplicates = findDuplicates;
exports.scanFolder = scanFolder;
exports.updateFolderTags = updateFolderTags;

exports.copyCoverArt = imported.copyCoverArt;
exports.exportAllPictures = exported.exportAllPictures;
exports.exportCoverArt = exported.exportCoverArt;
exports.exportPictureByType = exported.exportPictureByType;
exports.findCoverArtFiles = findCoverArtFiles;
exports.importCoverArt = imported.importCoverArt;
exports.importPictureWithType = imported.importPictureWithType;
exports.loadPictureFromFile = imported.loadPictureFromFile;
exports.savePictureToFile = exported.savePictureToFile;

exports.canvasToPicture = web.canvasToPicture;
exports.createPictureDownloadURL = web.createPictureDownloadURL;
exports.createPictureGallery = web.createPictureGallery;
exports.dataURLToPicture = web.dataURLToPicture;
exports.displayPicture = web.displayPicture;
exports.imageFileToPicture = web.imageFileToPicture;
exports.pictureToDataURL = web.pictureToDataURL;
exports.setCoverArtFromCanvas = web.setCoverArtFromCanvas;

exports.scan = scan;
exports.SCAN_EXTENSIONS = EXTENSIONS;

exports.AudioFileImpl = AudioFileImpl;
exports.bwf = bwf;
exports.isNamedAudioInput = isNamedAudioInput;
exports.getTagLib = getTagLib;
exports.TagLib = TagLib;

exports.BITRATE_CONTROL_MODE_NAMES = tables.BITRATE_CONTROL_MODE_NAMES;
exports.BITRATE_CONTROL_MODE_VALUES = tables.BITRATE_CONTROL_MODE_VALUES;
exports.COMPLEX_PROPERTIES = tables.COMPLEX_PROPERTIES;
exports.COMPLEX_PROPERTY_KEY = tables.COMPLEX_PROPERTY_KEY;
exports.FormatMappings = tables.FormatMappings;
exports.PROPERTIES = tables.PROPERTIES;
exports.Tags = tables.Tags;

exports.getAllProperties = lookups.getAllProperties;
exports.getAllPropertyKeys = lookups.getAllPropertyKeys;
exports.getAllTagNames = lookups.getAllTagNames;
exports.getPropertiesByFormat = lookups.getPropertiesByFormat;
exports.getPropertyMetadata = lookups.getPropertyMetadata;
exports.isValidProperty = lookups.isValidProperty;
exports.isValidTagName = lookups.isValidTagName;

// What only taglib-wasm can do: it is loaded at the first call.
exports.createTagLib = passedOn.createTagLib;
exports.initializeForDenoCompile = passedOn.initializeForDenoCompile;
exports.isDenoCompiled = passedOn.isDenoCompiled;
exports.loadTagLibModule = passedOn.loadTagLibModule;
exports.prepareWasmForEmbedding = passedOn.prepareWasmForEmbedding;
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
