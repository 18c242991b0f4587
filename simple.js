'use strict';

/**
 * taglib-wasi/simple: stands in for `taglib-wasm/simple`. Paths inside the
 * preopened directories go to the addon, everything else goes to taglib-wasm, an
 * optional peer dependency. The types and their documentation are in
 * simple.d.ts.
 */

const { getTagLib } = require('./lib/drop-in/full.js');
const routed = require('./lib/drop-in/routed.js');
const { route } = require('./lib/drop-in/route.js');
const { setBufferMode } = require('./lib/core/taglib-wasm.js');
const { isInitialized, shutdown } = require('./lib/simple/initialize.js');
const { findPictureByType } = require('./lib/simple/read.js');
const pictureTypes = require('./lib/tables/picture-types.js');

exports.initialize = routed.initialize;
exports.isInitialized = isInitialized;
exports.shutdown = shutdown;
exports.route = route;

exports.getTagLib = getTagLib;
exports.setBufferMode = setBufferMode;

exports.isValidAudioFile = routed.isValidAudioFile;
exports.readCoverArt = routed.readCoverArt;
exports.readFormat = routed.readFormat;
exports.readMetadata = routed.readMetadata;
exports.readPictureMetadata = routed.readPictureMetadata;
exports.readPictures = routed.readPictures;
exports.readProperties = routed.readProperties;
exports.readTags = routed.readTags;

exports.addPicture = routed.addPicture;
exports.applyCoverArt = routed.applyCoverArt;
exports.applyPictures = routed.applyPictures;
exports.applyTags = routed.applyTags;
exports.applyTagsToFile = routed.applyTagsToFile;
exports.clearPictures = routed.clearPictures;
exports.clearTags = routed.clearTags;
exports.replacePictureByType = routed.replacePictureByType;

exports.readMetadataBatch = routed.readMetadataBatch;
exports.readPropertiesBatch = routed.readPropertiesBatch;
exports.readTagsBatch = routed.readTagsBatch;

exports.findPictureByType = findPictureByType;
exports.PICTURE_TYPE_NAMES = pictureTypes.PICTURE_TYPE_NAMES;
exports.PICTURE_TYPE_VALUES = pictureTypes.PICTURE_TYPE_VALUES;
