'use strict';

/**
 * Shows pictures in a page.
 *
 * @import { AudioFileInput, Picture } from '../../index.js'
 * @import { GalleryOptions } from '../../web.js'
 */

/**
 * @param {Picture} picture
 * @param {HTMLImageElement} imgElement
 */
function displayPicture(picture, imgElement) {
  if (imgElement.src.startsWith('blob:')) URL.revokeObjectURL(imgElement.src);
  const url = createPictureDownloadURL(picture);
  const revoke = () => URL.revokeObjectURL(url);
  imgElement.addEventListener('load', revoke, { once: true });
  imgElement.addEventListener('error', revoke, { once: true });
  imgElement.src = url;
}

/**
 * The file's name is for the `download` attribute of the caller's link.
 *
 * @param {Picture} picture
 * @param {string} [_filename]
 */
function createPictureDownloadURL({ data, mimeType }, _filename) {
  // A Blob takes no view of a SharedArrayBuffer.
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (
    data.buffer instanceof ArrayBuffer ? data : new Uint8Array(data)
  );
  return URL.createObjectURL(new Blob([bytes], { type: mimeType }));
}

/**
 * Makes `createPictureGallery` of a function that reads the pictures of a file.
 *
 * @param {(file: AudioFileInput) => Promise<Picture[]>} readPictures
 */
function pictureGallery(readPictures) {
  /**
   * @param {AudioFileInput} file
   * @param {HTMLElement} container
   * @param {GalleryOptions} [options]
   */
  return async (file, container, options = {}) => {
    const pictures = await readPictures(file);
    container.innerHTML = '';
    for (const [index, picture] of pictures.entries()) {
      container.appendChild(galleryItem(picture, index, options));
    }
  };
}

/**
 * @param {Picture} picture
 * @param {number} index
 * @param {GalleryOptions} options
 */
function galleryItem(picture, index, { className = 'picture-item', includeDescription, onClick }) {
  const item = document.createElement('div');
  item.className = className;
  const image = document.createElement('img');
  image.alt = picture.description ?? `Picture ${index + 1}`;
  displayPicture(picture, image);
  if (onClick !== undefined) {
    image.style.cursor = 'pointer';
    image.addEventListener('click', () => onClick(picture, index));
  }
  item.appendChild(image);
  if (includeDescription && picture.description) {
    const caption = document.createElement('p');
    caption.textContent = picture.description;
    item.appendChild(caption);
  }
  return item;
}

module.exports = { createPictureDownloadURL, displayPicture, pictureGallery };
