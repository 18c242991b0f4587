'use strict';

/** Makes text from a file safe for a terminal. */

const { stripVTControlCharacters } = require('node:util');

/** C0 without line feeds, DEL, C1, and the marks that change the direction of text. */
const CONTROL_CHARACTERS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are to be replaced
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Removes escape sequences, and replaces control characters except line feeds.
 *
 * @param {string} text
 */
function printable(text) {
  return stripVTControlCharacters(text).replace(/\r\n?/g, '\n').replace(CONTROL_CHARACTERS, ' ');
}

/**
 * Returns printable text without line feeds.
 *
 * @param {string} text
 */
function printableLine(text) {
  return printable(text).replaceAll('\n', ' ');
}

module.exports = { printable, printableLine };
