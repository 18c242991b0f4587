'use strict';

/** Gets preopens from an environment variable, for apps whose code is not changed. */

const path = require('node:path');
const { TagLibInitializationError } = require('../core/errors.js');

/**
 * Parses JSON in either form that `initialize` takes, or directories separated as
 * in PATH. Returns undefined if the variable is not set.
 *
 * @param {string | undefined} value
 * @returns {import('../../index.js').Preopens | undefined}
 */
function parsePreopens(value) {
  if (value === undefined || value === '') return undefined;
  if (!/^\s*[[{]/.test(value)) return value.split(path.delimiter).filter((name) => name !== '');
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new TagLibInitializationError(
      `TAGLIB_WASI_PREOPENS must be directories separated by "${path.delimiter}", or JSON such ` +
        `as {"/music":"/home/me/Music"}, not ${value}: ${/** @type {Error} */ (error).message}`,
      { cause: error },
    );
  }
}

module.exports = { parsePreopens };
