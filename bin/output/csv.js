'use strict';

/**
 * Writes records as CSV (RFC 4180), with the fields that are useful in a spreadsheet.
 * NDJSON has all fields.
 *
 * Tags are untrusted. A spreadsheet runs text that begins with `=`, `+`, `-`
 * or `@` as a formula, so such text gets an apostrophe in front, which
 * spreadsheets take as "this is text" (OWASP, "CSV Injection"). Control characters
 * other than tabs and line ends become U+FFFD. `escapeFormulas: false` leaves out
 * the apostrophe, for programs that read the file.
 *
 * @import { PlainRecord } from './json.js'
 *
 * @typedef {object} CsvOptions
 * @property {boolean} pictures
 * @property {boolean} [properties]
 * @property {boolean} [audioHash]
 * @property {boolean} escapeFormulas
 */

const TAGS = [
  'title',
  'artist',
  'album',
  'albumArtist',
  'composer',
  'genre',
  'date',
  'year',
  'track',
  'totalTracks',
  'discNumber',
  'totalDiscs',
  'bpm',
  'compilation',
  'comment',
  'copyright',
  'isrc',
  'label',
];

const PROPERTIES = [
  'duration',
  'bitrate',
  'sampleRate',
  'channels',
  'bitsPerSample',
  'codec',
  'containerFormat',
  'isLossless',
];

const COLUMNS = ['path', 'status', 'code', 'message', 'size', 'mtimeMs'];

/** @param {CsvOptions} options */
function header(options) {
  const { pictures, properties, audioHash } = options;
  const columns = [...COLUMNS, ...TAGS];
  if (pictures) columns.push('pictures');
  if (properties) columns.push(...PROPERTIES);
  if (audioHash) columns.push('audioHash');
  return line(columns, options);
}

/**
 * @param {PlainRecord} record
 * @param {CsvOptions} options
 */
function row(record, options) {
  const { pictures, properties, audioHash } = options;
  const { tags = {}, error } = record;
  const audio = /** @type {Record<string, unknown>} */ (record.properties ?? {});
  const values = [
    ...[record.path, record.status, error?.code, error?.message, record.size, record.mtimeMs],
    ...TAGS.map((name) => tags[name]),
  ];
  if (pictures) values.push(tags.pictures?.length ?? 0);
  if (properties) values.push(...PROPERTIES.map((name) => audio[name]));
  if (audioHash) values.push(record.audioHash);
  return line(values, options);
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
  if (value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const joined = Array.isArray(value) ? value.join('; ') : String(value);
  const text = joined.replace(CONTROL_CHARACTERS, '\ufffd');
  const safe = escapeFormulas && FORMULA.test(text) ? `'${text}` : text;
  // In some languages a semicolon separates cells.
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

module.exports = { header, row };
