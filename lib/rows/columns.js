'use strict';

/**
 * The columns of a row: the one definition for CSV and Parquet, and for the names in NDJSON.
 * docs/scale.md describes them.
 *
 * @import { Column, ColumnType } from '../../rows.js'
 */

/** Raised by a change of a name, a type or a meaning. A new column does not raise it. */
const SCHEMA_VERSION = 1;

/**
 * What a value of each type is, for messages, and the test for it.
 *
 * @type {Readonly<Record<ColumnType, [expected: string, isRight: (value: any) => boolean]>>}
 */
const TYPES = {
  STRING: ['a string', isText],
  LIST: ['an array of strings', (value) => Array.isArray(value) && value.every(isText)],
  INT32: ['a 32-bit integer', (value) => value === (value | 0)],
  INT64: ['a whole number', Number.isSafeInteger],
  DOUBLE: ['a number', (value) => typeof value === 'number'],
  BOOLEAN: ['a boolean', (value) => typeof value === 'boolean'],
};

/** @param {unknown} value */
function isText(value) {
  return typeof value === 'string';
}

/**
 * @param {ColumnType} type
 * @param {string[]} names
 * @param {Column['group']} [group]
 * @returns {Column[]}
 */
function columns(type, names, group) {
  return names.map((name) => ({ name, type, group, isRequired: REQUIRED.includes(name) }));
}

const REQUIRED = ['schemaVersion', 'path', 'status'];

/** @type {readonly Column[]} */
const COLUMNS = [
  ...columns('INT32', ['schemaVersion']),
  ...columns('STRING', ['path', 'status']),
  ...columns('STRING', ['code', 'errno', 'limit', 'message'], 'error'),
  ...columns('INT32', ['attempts']),
  ...columns('INT64', ['size']),
  ...columns('DOUBLE', ['mtimeMs']),

  ...columns('LIST', ['title', 'artist', 'album', 'albumArtist', 'composer'], 'tags'),
  ...columns('LIST', ['genre', 'date'], 'tags'),
  ...columns('INT32', ['year', 'track', 'totalTracks', 'discNumber', 'totalDiscs'], 'tags'),
  ...columns('DOUBLE', ['bpm'], 'tags'),
  ...columns('BOOLEAN', ['compilation'], 'tags'),
  ...columns('LIST', ['comment', 'copyright', 'isrc', 'label'], 'tags'),
  ...columns('LIST', ['musicbrainzTrackId', 'musicbrainzReleaseId'], 'tags'),
  ...columns('LIST', ['replayGainTrackGain', 'replayGainTrackPeak'], 'tags'),
  ...columns('LIST', ['replayGainAlbumGain', 'replayGainAlbumPeak'], 'tags'),

  ...columns('INT32', ['pictures']),
  ...columns('BOOLEAN', ['hasCoverArt']),

  ...columns('INT32', ['duration', 'durationMs', 'bitrate', 'sampleRate'], 'properties'),
  ...columns('INT32', ['channels', 'bitsPerSample'], 'properties'),
  ...columns('STRING', ['codec', 'containerFormat'], 'properties'),
  ...columns('BOOLEAN', ['isLossless'], 'properties'),

  ...columns('STRING', ['audioHash']),
];
for (const column of COLUMNS) Object.freeze(column);
Object.freeze(COLUMNS);

module.exports = { COLUMNS, SCHEMA_VERSION, TYPES };
