'use strict';

/**
 * Converts pictures to and from data URLs (RFC 2397).
 *
 * @import { Picture, PictureType } from '../../index.js'
 */

const { InvalidFormatError } = require('../core/errors.js');

/** A call can take some ten thousand arguments; this many are safe in every engine. */
const CHUNK_BYTES = 0x8000;

/** Media type, parameters, and content. */
const DATA_URL = /^data:([^;,]+)(?:;[^;,]*)*?;base64,(.+)$/s;

/** @param {Picture} picture */
function pictureToDataURL({ mimeType, data }) {
  let binary = '';
  for (let offset = 0; offset < data.length; offset += CHUNK_BYTES) {
    binary += String.fromCharCode(...data.subarray(offset, offset + CHUNK_BYTES));
  }
  return `data:${mimeType};base64,${btoa(binary)}`;
}

/**
 * @param {string} dataURL
 * @param {PictureType} [type]
 * @param {string} [description]
 * @returns {Picture}
 */
function dataURLToPicture(dataURL, type = 'FrontCover', description) {
  const [, mimeType, base64] = DATA_URL.exec(dataURL) ?? [];
  if (mimeType === undefined) {
    throw new InvalidFormatError(
      `a data URL must look like "data:image/png;base64,…", not ${shortened(String(dataURL))}`,
    );
  }
  return { mimeType, data: decoded(base64), type, description };
}

/** @param {string} base64 */
function decoded(base64) {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch (error) {
    throw new InvalidFormatError('the content of the data URL is not valid base64', undefined, {
      cause: error,
    });
  }
}

/** @param {string} text */
function shortened(text) {
  const LENGTH = 40;
  return JSON.stringify(text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text);
}

module.exports = { dataURLToPicture, pictureToDataURL };
