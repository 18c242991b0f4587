'use strict';

/**
 * Writes rows as Parquet. A group of rows is written at a time, so that the memory does not grow
 * with their number.
 *
 * @import { SchemaElement } from 'hyparquet'
 * @import { Column, ParquetWriter, Row } from '../../rows.js'
 */

const { isObject, typeError } = require('../arguments/check.js');
const { COLUMNS, SCHEMA_VERSION, TYPES } = require('./columns.js');

/** The rows of a group. Readers skip whole groups, and few groups make a small footer. */
const GROUP_ROWS = 10_000;
/** The characters of a group's texts: a comment may have a million. */
const GROUP_CHARACTERS = 2 ** 23;

/**
 * @param {(bytes: Uint8Array) => Promise<void> | void} write
 * @returns {Promise<ParquetWriter>}
 */
async function createParquetWriter(write) {
  if (typeof write !== 'function') throw typeError('write', 'a function', write);
  // Loaded only when Parquet is written.
  const hyparquet = await import('hyparquet-writer');
  const bytes = new hyparquet.ByteWriter();
  const file = new hyparquet.ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: COLUMNS.length }, ...COLUMNS.flatMap(elementsOf)],
    createdBy: `taglib-wasi ${require('../../package.json').version}`,
  });
  /** @type {Row[]} */
  let rows = [];
  let characters = 0;

  const flush = async () => {
    // Copied, since the buffer is used again.
    const part = bytes.getBytes().slice();
    bytes.index = 0;
    await write(part);
  };
  const endGroup = async () => {
    const group = rows;
    rows = [];
    characters = 0;
    // Into the buffer, so there is nothing to wait for.
    if (group.length > 0) file.write({ columnData: columnsOf(group), rowGroupSize: group.length });
    await flush();
  };

  return {
    async add(row) {
      checkRow(row);
      rows.push(row);
      characters += charactersIn(row);
      if (rows.length >= GROUP_ROWS || characters >= GROUP_CHARACTERS) await endGroup();
    },

    async end(metadata = {}) {
      await endGroup();
      const all = { schemaVersion: `${SCHEMA_VERSION}`, ...metadata };
      file.kvMetadata = Object.entries(all).map(([key, value]) => ({ key, value }));
      file.finish();
      await flush();
    },
  };
}

/**
 * Returns the elements of Parquet's schema for a column.
 *
 * @param {Column} column
 * @returns {SchemaElement[]}
 */
function elementsOf({ name, type, isRequired }) {
  const repetition_type = isRequired ? 'REQUIRED' : 'OPTIONAL';
  const string = /** @type {const} */ ({ type: 'BYTE_ARRAY', converted_type: 'UTF8' });
  if (type === 'STRING') return [{ name, repetition_type, ...string }];
  if (type !== 'LIST') return [{ name, repetition_type, type }];
  return [
    { name, repetition_type, converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...string },
  ];
}

/** @param {Row[]} rows */
function columnsOf(rows) {
  return COLUMNS.map(({ name, type }) => ({
    name,
    data: rows.map((row) => {
      const value = row[name] ?? null;
      return type === 'INT64' && value !== null ? BigInt(/** @type {number} */ (value)) : value;
    }),
  }));
}

/** @param {Row} row */
function checkRow(row) {
  if (!isObject(row)) throw typeError('row', 'an object', row);
  for (const { name, type, isRequired } of COLUMNS) {
    const value = row[name] ?? null;
    const [expected, isRight] = TYPES[type];
    if (value === null ? isRequired : !isRight(value)) {
      throw typeError(`row.${name}`, isRequired ? expected : `${expected} or null`, value);
    }
  }
}

/** @param {Row} row */
function charactersIn(row) {
  let sum = 0;
  for (const { name, type } of COLUMNS) {
    const value = /** @type {any} */ (row[name]);
    if (type === 'STRING') sum += value?.length ?? 0;
    else if (type === 'LIST') for (const text of value ?? []) sum += text.length;
  }
  return sum;
}

module.exports = { createParquetWriter };
