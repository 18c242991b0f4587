'use strict';

/**
 * taglib-wasi/simple: stands in for `taglib-wasm/simple`. Paths inside the
 * preopened directories go native, everything else goes to taglib-wasm, an
 * optional peer dependency. The types and their documentation are in
 * simple.d.ts.
 */

const ours = require('./index.js');
const { routedBatch } = require('./lib/route/batch.js');
const { withPeerErrors } = require('./lib/route/errors.js');
const { loadPeer } = require('./lib/route/peer.js');
const { route, warnOfFallback, wayOf } = require('./lib/route/way.js');
const { loadFailure } = require('./lib/native.js');

/** A function of a file, by its name in both. */
function routed(name) {
  const callNative = ours[name];
  return (file, ...rest) => {
    const { via, reason } = wayOf(name, file);
    if (via === 'native') return withPeerErrors(callNative(file, ...rest));
    return loadPeer(`${name} (${reason})`).then((peer) => peer[name](file, ...rest));
  };
}

/** Where the addon can't be loaded, paths go to taglib-wasm, with a warning. */
async function initialize(preopens, options) {
  if (loadFailure() === undefined) return withPeerErrors(ours.initialize(preopens, options));
  warnOfFallback();
}

exports.initialize = initialize;
exports.isInitialized = ours.isInitialized;
exports.shutdown = ours.shutdown;
exports.route = route;

exports.getTagLib = ours.getTagLib;
exports.setBufferMode = ours.setBufferMode;

exports.isValidAudioFile = routed('isValidAudioFile');
exports.readCoverArt = routed('readCoverArt');
exports.readFormat = routed('readFormat');
exports.readMetadata = routed('readMetadata');
exports.readPictureMetadata = routed('readPictureMetadata');
exports.readPictures = routed('readPictures');
exports.readProperties = routed('readProperties');
exports.readTags = routed('readTags');

exports.addPicture = routed('addPicture');
exports.applyCoverArt = routed('applyCoverArt');
exports.applyPictures = routed('applyPictures');
exports.applyTags = routed('applyTags');
exports.applyTagsToFile = routed('applyTagsToFile');
exports.clearPictures = routed('clearPictures');
exports.clearTags = routed('clearTags');
exports.replacePictureByType = routed('replacePictureByType');

exports.readMetadataBatch = routedBatch('readMetadataBatch', ours.readMetadataBatch, 'metadata');
exports.readPropertiesBatch = routedBatch(
  'readPropertiesBatch',
  ours.readPropertiesBatch,
  'properties',
);
exports.readTagsBatch = routedBatch('readTagsBatch', ours.readTagsBatch, 'tags');

exports.findPictureByType = ours.findPictureByType;
exports.PICTURE_TYPE_NAMES = ours.PICTURE_TYPE_NAMES;
exports.PICTURE_TYPE_VALUES = ours.PICTURE_TYPE_VALUES;
