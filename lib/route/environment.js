'use strict';

/** Preopens from an environment variable, where a program is not to be changed. */

const path = require('node:path');
const { TagLibInitializationError } = require('../errors.js');

/**
 * JSON, in either form that `initialize` takes, or directories separated as in
 * PATH. Undefined where it is not set.
 */
function preopensFrom(value) {
  if (value === undefined || value === '') return undefined;
  if (!/^\s*[[{]/.test(value)) return value.split(path.delimiter).filter((name) => name !== '');
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new TagLibInitializationError(
      `TAGLIB_WASI_PREOPENS must be directories separated by "${path.delimiter}", or JSON such ` +
        `as {"/music":"/home/me/Music"}, not ${value}: ${error.message}`,
      { cause: error },
    );
  }
}

module.exports = { preopensFrom };
