'use strict';

const { writeFile } = require('node:fs/promises');
const { UserError } = require('../reporter.js');

/**
 * Writes the file that an option names.
 *
 * @param {string} file
 * @param {string | Uint8Array} content
 */
async function writeOutput(file, content) {
  try {
    await writeFile(file, content);
  } catch (error) {
    throw new UserError(/** @type {Error} */ (error).message);
  }
}

module.exports = { writeOutput };
