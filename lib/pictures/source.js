'use strict';

/**
 * The files that the helpers for pictures are about, and the pictures in them.
 *
 * @import { Picture } from '../../index.js'
 */

const { checkPath } = require('../arguments/files.js');
const { MetadataError } = require('../core/errors.js');
const { read } = require('../simple/read.js');

/**
 * @param {string} file
 * @param {AbortSignal} [signal]
 * @returns {Promise<Picture[]>}
 */
function picturesOf(file, signal) {
  return read(file, 'pictures', { signal, pictures: true });
}

/**
 * @param {string} operation
 * @param {string} file
 * @returns {import('../full/operations.js').Target}
 */
function targetOf(operation, file) {
  return { content: checkPath(operation, file), errorContext: { path: file } };
}

/**
 * @param {string} file
 * @param {string} problem
 */
function missing(file, problem) {
  return new MetadataError('read', `${problem}: ${file}`, 'pictures');
}

module.exports = { missing, picturesOf, targetOf };
