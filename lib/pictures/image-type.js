'use strict';

/** Determines the MIME type of an image, and the name of an image file. @import { Picture } from '../../index.js' */

/** @type {Record<string, string>} */
const TYPE_BY_EXTENSION = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
};

/**
 * The first bytes of files of each type; `undefined` is any byte.
 *
 * @type {[string, (number | undefined)[]][]}
 */
const SIGNATURES = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, ...ascii('PNG'), 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/gif', ascii('GIF8')],
  ['image/webp', [...ascii('RIFF'), ...Array(4).fill(undefined), ...ascii('WEBP')]],
  ['image/bmp', [...ascii('BM'), ...Array(4).fill(undefined), 0, 0, 0, 0]],
];

/** @param {string} text */
function ascii(text) {
  return [...text].map((character) => character.charCodeAt(0));
}

/**
 * Returns the type that the content shows, or else that of the extension, or JPEG.
 *
 * @param {string} path
 * @param {Uint8Array} data
 */
function imageTypeOf(path, data) {
  const [type] =
    SIGNATURES.find(([, signature]) =>
      signature.every((byte, index) => byte === undefined || byte === data[index]),
    ) ?? [];
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return type ?? TYPE_BY_EXTENSION[extension] ?? 'image/jpeg';
}

/**
 * Returns taglib-wasm's name of an exported picture, such as `front-cover-1.jpeg`.
 *
 * @param {Picture} picture
 * @param {number} index
 */
function pictureFileName({ type, mimeType }, index) {
  const name = SHORT_NAMES[type] ?? type.replace(/(?<=.)(?=[A-Z])/g, '-').toLowerCase();
  const [, subtype] = /^[^/]*\/([\w+-]+)$/.exec(mimeType) ?? [];
  return `${name}-${index + 1}.${subtype ?? 'jpg'}`;
}

/** @type {Record<string, string>} */
const SHORT_NAMES = {
  LeafletPage: 'leaflet',
  MovieScreenCapture: 'screen-capture',
  ColouredFish: 'fish',
};

module.exports = { imageTypeOf, pictureFileName };
