'use strict';

const path = require('node:path');
const process = require('node:process');
const { TagLibError } = require('../../index.js');
const { realPath } = require('../files.js');
const { Progress } = require('../output/progress.js');
const { createRecordWriter } = require('../output/records.js');
const { WholeFile } = require('../output/whole-file.js');
const { UserError } = require('../reporter.js');
const { scanned } = require('../scanned.js');

/**
 * @import { ScanRecord } from '../../index.js'
 * @import { RecordOptions, RecordWriter } from '../output/records.js'
 * @import { Kind } from '../output/whole-file.js'
 * @import { Reporter } from '../reporter.js'
 *
 * @typedef {RecordOptions & {
 *   output?: string, force?: boolean, properties?: boolean, audioHash?: boolean,
 *   extensions?: string[], concurrency?: number, follow?: boolean,
 * }} Options
 */

/** How the output of a scan begins. A Parquet file names its writer at its end. */
const BEGINNING = /^(?:\{"schemaVersion":|schemaVersion,|\[\n(?:\{"schemaVersion":|\]\n$)|$)/;

/** @type {Kind} */
const SCAN = {
  name: 'scan',
  isOurs: (start, end) =>
    BEGINNING.test(start) || (start.startsWith('PAR1') && end.includes('taglib-wasi ')),
};

/**
 * Reads every audio file beneath directories.
 *
 * @param {string[]} directories
 * @param {Options} options
 * @param {Reporter} reporter
 */
module.exports = async function scanDirectories(directories, options, reporter) {
  const { output = '-', force = false, format } = options;
  if (output !== '-') {
    const file = await WholeFile.create(output, SCAN, { force });
    try {
      await writeRecords(directories, options, reporter, (content) => file.write(content));
      await file.commit();
    } catch (error) {
      await file.discard();
      throw error;
    }
  } else if (format === 'parquet' && process.stdout.isTTY) {
    throw new UserError('Parquet is not text; name a file for it with -o');
  } else {
    await writeRecords(directories, options, reporter, (content) => reporter.output.write(content));
  }
};

/**
 * @param {string[]} directories
 * @param {Options} options
 * @param {Reporter} reporter
 * @param {import('../output/records.js').Write} write
 */
async function writeRecords(directories, options, reporter, write) {
  const writer = await createRecordWriter(options, write);
  const progress = new Progress();
  try {
    for (const directory of directories) {
      for await (const record of recordsOf(directory, options, reporter, progress)) {
        await writer.add(record);
      }
    }
  } finally {
    progress.stop();
    // Also after Ctrl-C, so that the output of an interrupted scan can be parsed.
    await writer.end();
  }
}

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
