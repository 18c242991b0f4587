'use strict';

const { MetadataError } = require('../core/errors.js');

/**
 * Returns the error for a file that has no picture to export or copy.
 *
 * @param {string} file
 * @param {string} problem
 */
function noPicture(file, problem) {
  return new MetadataError('read', `${problem}: ${file}`, 'pictures');
}

module.exports = { noPicture };
