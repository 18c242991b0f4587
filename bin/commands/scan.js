'use strict';

const path = require('node:path');
const { TagLibError } = require('../../index.js');
const { realPath } = require('../files.js');
const csv = require('../output/csv.js');
const { plainRecord, toJson } = require('../output/json.js');
const { Progress } = require('../output/progress.js');
const { scanned } = require('../scanned.js');

/**
 * @import { ScanRecord } from '../../index.js'
 * @import { PlainRecord } from '../output/json.js'
 * @import { Reporter } from '../reporter.js'
 *
 * @typedef {import('../output/csv.js').CsvOptions & {
 *   format: 'ndjson' | 'json' | 'csv', extensions?: string[], concurrency?: number, follow?: boolean,
 * }} Options
 *
 * @typedef {object} Format The text before the records, of each record, and after them.
 * @property {string} begin
 * @property {(record: PlainRecord) => string} record
 * @property {string} end
 */

/**
 * Reads every audio file beneath directories.
 *
 * @param {string[]} directories
 * @param {Options} options
 * @param {Reporter} reporter
 */
module.exports = async function scanDirectories(directories, options, reporter) {
  const { output } = reporter;
  const format = FORMATS[options.format](options);
  await output.write(format.begin);
  const progress = new Progress();
  try {
    for (const directory of directories) {
      for await (const record of recordsOf(directory, options, reporter, progress)) {
        await output.write(format.record(plainRecord(record)));
      }
    }
  } finally {
    progress.stop();
    // Ends the format, so that the output of an interrupted scan can be parsed.
    await output.write(format.end);
  }
};

/**
 * @param {string} directory
 * @param {Options} options
 * @param {Reporter} reporter
 * @param {Progress} progress
 * @returns {AsyncGenerator<ScanRecord, void, undefined>}
 */
async function* recordsOf(directory, options, reporter, progress) {
  const { extensions, pictures, properties, audioHash, concurrency, follow } = options;
  const scanOptions = { extensions, pictures, properties, audioHash, concurrency, follow };
  try {
    // Links on the command line are followed.
    const top = await realPath(directory, 'directory');
    for await (const record of scanned(top, scanOptions, reporter, progress)) {
      const shown = path.join(directory, path.relative(top, record.path));
      yield/** @type {ScanRecord} */ ({ ...record, path: shown });
    }
  } catch (error) {
    if (!(error instanceof TagLibError)) throw error;
    reporter.tally.failed += 1;
    yield { path: directory, status: 'failed', error };
  }
}

/** @type {Record<Options['format'], (options: Options) => Format>} */
const FORMATS = {
  ndjson: () => ({ begin: '', record: (record) => `${toJson(record)}\n`, end: '' }),

  json: () => {
    let separator = '\n';
    return {
      begin: '[',
      record: (record) => {
        const line = `${separator}${toJson(record)}`;
        separator = ',\n';
        return line;
      },
      end: '\n]\n',
    };
  },

  csv: (options) => ({
    begin: csv.header(options),
    record: (record) => csv.row(record, options),
    end: '',
  }),
};
