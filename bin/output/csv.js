'use strict';

/**
 * Writes rows as CSV (RFC 4180).
 *
 * Tags are untrusted. A spreadsheet runs text that begins with `=`, `+`, `-`
 * or `@` as a formula, so such text gets an apostrophe in front, which
 * spreadsheets take as "this is text" (OWASP, "CSV Injection"). Control characters
 * other than tabs and line ends become U+FFFD. `escapeFormulas: false` leaves out
 * the apostrophe, for programs that read the file.
 *
 * @import { Row } from '../../rows.js'
 *
 * @typedef {{ escapeFormulas: boolean }} CsvOptions
 */

const { COLUMNS } = require('../../rows.js');

/** @param {CsvOptions} options */
function header(options) {
  return line(
    COLUMNS.map(({ name }) => name),
    options,
  );
}

/**
 * @param {Row} row
 * @param {CsvOptions} options
 */
function csvLine(row, options) {
  return line(
    COLUMNS.map(({ name }) => row[name]),
    options,
  );
}

/**
 * @param {unknown[]} values
 * @param {CsvOptions} options
 */
function line(values, options) {
  return `${values.map((value) => cell(value, options)).join(',')}\r\n`;
}

/** Excludes tab, line feed and carriage return, which quotes make safe. */
const CONTROL_CHARACTERS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are to be replaced
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Some spreadsheets skip white space before a formula, and accept full-width signs. */
const FORMULA = /^[\s\ufffd]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/**
 * @param {unknown} value
 * @param {CsvOptions} options
 */
function cell(value, { escapeFormulas }) {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const joined = Array.isArray(value) ? value.join('; ') : String(value);
  const text = joined.replace(CONTROL_CHARACTERS, '\ufffd');
  const safe = escapeFormulas && FORMULA.test(text) ? `'${text}` : text;
  // In some languages a semicolon separates cells.
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

module.exports = { csvLine, header };
