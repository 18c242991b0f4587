'use strict';

/**
 * Makes the row of a record.
 *
 * @import { Column, Row, RowRecord } from '../../rows.js'
 */

const { typeError } = require('../arguments/check.js');
const { COLUMNS, SCHEMA_VERSION, TYPES } = require('./columns.js');

/**
 * @param {RowRecord} record
 * @returns {Row}
 */
function rowOf(record) {
  if (typeof record?.path !== 'string' || typeof record.status !== 'string') {
    throw typeError('record', 'an object with a path and a status', record);
  }
  const { error, tags, properties, pictures } = record;
  const groups = {
    error: error && {
      ...error,
      errno: error.details?.errno ?? error.errno,
      message: error.message,
    },
    tags,
    properties,
  };
  const hasCoverArt = record.hasCoverArt ?? (pictures === undefined ? undefined : pictures > 0);
  const others = { ...record, schemaVersion: SCHEMA_VERSION, hasCoverArt };
  return /** @type {any} */ (
    Object.fromEntries(
      COLUMNS.map((column) => {
        const group = /** @type {any} */ (column.group ? groups[column.group] : others);
        return [column.name, columnValue(group?.[column.name], column)];
      }),
    )
  );
}

/**
 * Returns the value, or null if it is not of the column's type. Tags are untrusted: a number of a
 * track may be of any size.
 *
 * @param {any} value
 * @param {Column} column
 */
function columnValue(value, { type }) {
  if (value === undefined || value === null) return null;
  const [, isRight] = TYPES[type];
  const inColumn = type === 'LIST' ? [value].flat() : value;
  return isRight(inColumn) ? inColumn : null;
}

module.exports = { rowOf };
