'use strict';

/** taglib-wasm's functions for web pages, on the addon. */

const { applyPictures } = require('../simple/apply.js');
const { readPictures } = require('../simple/read.js');
const { canvasToPicture, coverArtFromCanvas, imageFileToPicture } = require('./canvas.js');
const { dataURLToPicture, pictureToDataURL } = require('./data-url.js');
const { createPictureDownloadURL, displayPicture, pictureGallery } = require('./dom.js');

module.exports = {
  canvasToPicture,
  createPictureDownloadURL,
  createPictureGallery: pictureGallery(readPictures),
  dataURLToPicture,
  displayPicture,
  imageFileToPicture,
  pictureToDataURL,
  setCoverArtFromCanvas: coverArtFromCanvas(applyPictures),
};
