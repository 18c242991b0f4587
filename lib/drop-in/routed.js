'use strict';

/**
 * taglib-wasm's simple API. Each call goes to the addon or to taglib-wasm.
 *
 * Assigned to `exports` one by one, so that ES modules see the names.
 */

const apply = require('../simple/apply.js');
const read = require('../simple/read.js');
const { applyTagsToFile } = require('../simple/save.js');
const { coverArtFromCanvas } = require('../web/canvas.js');
const { pictureGallery } = require('../web/dom.js');
const { routedBatch } = require('./batch.js');
const { withTaglibWasmErrors } = require('./errors.js');
const { fieldsAlone } = require('./fields.js');
const { initialize } = require('./initialize.js');
const { toleratingLosses } = require('./losses.js');
const { routeCall } = require('./route.js');
const { loadTaglibWasm } = require('../core/taglib-wasm.js');

/**
 * Makes a function that chooses the route of its file. `name` is its name in both
 * packages, since a minifier may change the function's own name.
 *
 * @template {any[]} Rest
 * @param {string} name
 * @param {(file: any, ...rest: Rest) => Promise<any>} nativeFunction
 */
function routed(name, nativeFunction) {
  /**
   * @param {unknown} file
   * @param {Rest} rest
   */
  return (file, ...rest) => {
    const { via, reason } = routeCall(name, file);
    if (via === 'native') return withTaglibWasmErrors(nativeFunction(file, ...rest));
    return loadTaglibWasm(`${name} (${reason})`).then((taglibWasm) =>
      /** @type {any} */ (taglibWasm)[name](file, ...rest),
    );
  };
}

/**
 * Makes a function that changes a file and chooses its route.
 *
 * @param {string} name
 * @param {(...args: any[]) => Promise<any>} nativeFunction
 */
function routedChange(name, nativeFunction) {
  return routed(name, toleratingLosses(nativeFunction));
}

exports.initialize = initialize;

exports.isValidAudioFile = routed('isValidAudioFile', read.isValidAudioFile);
exports.readCoverArt = routed('readCoverArt', read.readCoverArt);
exports.readFormat = routed('readFormat', read.readFormat);
exports.readMetadata = routed('readMetadata', read.readMetadata);
exports.readPictureMetadata = routed('readPictureMetadata', read.readPictureMetadata);
exports.readPictures = routed('readPictures', read.readPictures);
exports.readProperties = routed('readProperties', read.readProperties);
exports.readTags = routed('readTags', read.readTags);

exports.addPicture = routedChange('addPicture', apply.addPicture);
exports.applyCoverArt = routedChange('applyCoverArt', apply.applyCoverArt);
exports.applyPictures = routedChange('applyPictures', apply.applyPictures);
exports.applyTags = routedChange('applyTags', fieldsAlone(apply.applyTags));
exports.applyTagsToFile = routedChange('applyTagsToFile', fieldsAlone(applyTagsToFile));
exports.clearPictures = routedChange('clearPictures', apply.clearPictures);
exports.clearTags = routedChange('clearTags', apply.clearTags);
exports.replacePictureByType = routedChange('replacePictureByType', apply.replacePictureByType);

exports.readMetadataBatch = routedBatch('readMetadataBatch', 'metadata');
exports.readPropertiesBatch = routedBatch('readPropertiesBatch', 'properties');
exports.readTagsBatch = routedBatch('readTagsBatch', 'tags');

exports.createPictureGallery = pictureGallery(exports.readPictures);
exports.setCoverArtFromCanvas = coverArtFromCanvas(exports.applyPictures);
