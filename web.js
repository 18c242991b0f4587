'use strict';

/**
 * taglib-wasi/web: stands in for `taglib-wasm/web`. The types and their
 * documentation are in web.d.ts.
 */

const web = require('./lib/web/index.js');
const routed = require('./lib/drop-in/routed.js');

exports.canvasToPicture = web.canvasToPicture;
exports.createPictureDownloadURL = web.createPictureDownloadURL;
exports.createPictureGallery = routed.createPictureGallery;
exports.dataURLToPicture = web.dataURLToPicture;
exports.displayPicture = web.displayPicture;
exports.imageFileToPicture = web.imageFileToPicture;
exports.pictureToDataURL = web.pictureToDataURL;
exports.setCoverArtFromCanvas = routed.setCoverArtFromCanvas;
