'use strict';

/**
 * Writes the records of a scan in one of its formats.
 *
 * @import { ScanRecord } from '../../index.js'
 * @import { CsvOptions } from './csv.js'
 *
 * @typedef {'ndjson' | 'json' | 'csv' | 'parquet'} Format
 * @typedef {CsvOptions & { format: Format, pictures: boolean }} RecordOptions
 * @typedef {(content: string | Uint8Array) => Promise<void>} Write
 *
 * @typedef {object} RecordWriter
 * @property {(record: ScanRecord) => Promise<void>} add
 * @property {() => Promise<void>} end Ends the format. What was added so far can be parsed.
 */

const { createParquetWriter, rowOf, SCHEMA_VERSION } = require('../../rows.js');
const csv = require('./csv.js');
const { plainRecord, toJson } = require('./json.js');

/**
 * @param {RecordOptions} options
 * @param {Write} write
 * @returns {Promise<RecordWriter>}
 */
async function createRecordWriter(options, write) {
  return FORMATS[options.format](options, write);
}

/** @type {Record<Format, (options: RecordOptions, write: Write) => Promise<RecordWriter>>} */
const FORMATS = {
  ndjson: async (_options, write) => ({
    add: (record) => write(`${jsonOf(record)}\n`),
    end: async () => {},
  }),

  json: async (_options, write) => {
    let separator = '\n';
    await write('[');
    return {
      add: async (record) => {
        await write(`${separator}${jsonOf(record)}`);
        separator = ',\n';
      },
      end: () => write('\n]\n'),
    };
  },

  csv: async (options, write) => {
    await write(csv.header(options));
    return {
      add: (record) => write(csv.csvLine(tableRow(record, options), options)),
      end: async () => {},
    };
  },

  parquet: async (options, write) => {
    const writer = await createParquetWriter(write);
    return { add: (record) => writer.add(tableRow(record, options)), end: () => writer.end() };
  },
};

/** @param {ScanRecord} record */
function jsonOf(record) {
  return toJson({ schemaVersion: SCHEMA_VERSION, ...plainRecord(record) });
}

/**
 * @param {ScanRecord} record
 * @param {RecordOptions} options
 */
function tableRow(record, { pictures }) {
  const count =
    pictures && record.status === 'read' ? (record.tags.pictures?.length ?? 0) : undefined;
  return rowOf({ ...record, pictures: count });
}

module.exports = { createRecordWriter };
