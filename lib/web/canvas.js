'use strict';

/**
 * Makes pictures from a canvas or from a file that the user has picked.
 *
 * @import { AudioFileInput, Picture, PictureType } from '../../index.js'
 * @import { CanvasPictureOptions } from '../../web.js'
 *
 * @typedef {(file: AudioFileInput, pictures: Picture[]) => Promise<Uint8Array>} ApplyPictures
 */

const DEFAULT_QUALITY = 0.92;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasPictureOptions} [options]
 * @returns {Promise<Picture>}
 */
async function canvasToPicture(canvas, options = {}) {
  const { format = 'image/jpeg', quality = DEFAULT_QUALITY, type = 'FrontCover' } = options;
  const blob = await encoded(canvas, format, quality);
  // A browser that can't encode the format gives PNG.
  const mimeType = blob.type || format;
  const data = new Uint8Array(await blob.arrayBuffer());
  return { mimeType, data, type, description: options.description };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} format
 * @param {number} quality
 * @returns {Promise<Blob>}
 */
function encoded(canvas, format, quality) {
  return new Promise((resolve, reject) => {
    const settle = (/** @type {Blob | null} */ blob) =>
      blob === null
        ? reject(new Error(`the canvas can't be encoded as ${format}: it may be empty`))
        : resolve(blob);
    canvas.toBlob(settle, format, quality);
  });
}

/**
 * @param {File} file
 * @param {PictureType} [type]
 * @param {string} [description]
 * @returns {Promise<Picture>}
 */
async function imageFileToPicture(file, type = 'FrontCover', description = file.name) {
  const data = new Uint8Array(await file.arrayBuffer());
  return { mimeType: file.type, data, type, description };
}

/**
 * Makes `setCoverArtFromCanvas` of a function that replaces the pictures of a file.
 *
 * @param {ApplyPictures} applyPictures
 */
function coverArtFromCanvas(applyPictures) {
  /**
   * @param {AudioFileInput} file
   * @param {HTMLCanvasElement} canvas
   * @param {CanvasPictureOptions} [options]
   */
  return async (file, canvas, options = {}) => {
    const description = options.description ?? 'Front Cover';
    return applyPictures(file, [await canvasToPicture(canvas, { ...options, description })]);
  };
}

module.exports = { canvasToPicture, coverArtFromCanvas, imageFileToPicture };
