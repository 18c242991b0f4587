'use strict';

/**
 * Records as CSV (RFC 4180): the fields that a spreadsheet has use for.
 * NDJSON has them all.
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

function header({ pictures, properties }) {
  const columns = [...COLUMNS, ...TAGS];
  if (pictures) columns.push('pictures');
  if (properties) columns.push(...PROPERTIES);
  return line(columns);
}

/** A record as `plainRecord` gives it. */
function row(record, { pictures, properties }) {
  const { tags = {}, error = {} } = record;
  const values = [
    ...[record.path, record.status, error.code, error.message, record.size, record.mtimeMs],
    ...TAGS.map((name) => tags[name]),
  ];
  if (pictures) values.push(tags.pictures?.length ?? 0);
  if (properties) values.push(...PROPERTIES.map((name) => record.properties?.[name]));
  return line(values);
}

function line(values) {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value) {
  if (value === undefined) return '';
  const text = Array.isArray(value) ? value.join('; ') : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

module.exports = { header, row };
