'use strict';

const path = require('node:path');
const process = require('node:process');
const v8 = require('node:v8');
const { initialize, scan, TagLibError } = require('../../index.js');
const { currentSession } = require('../../lib/calls.js');
const { checkScanOptions } = require('../../lib/arguments.js');
const { walk } = require('../../lib/scan/walk.js');
const { realPath } = require('../files.js');
const csv = require('../output/csv.js');
const { plainRecord } = require('../output/json.js');
const { Progress } = require('../output/progress.js');

/**
 * A record is garbage as soon as it is written. V8 would let the space for
 * young objects grow with the number of files: 108 MB resident after 100,000
 * instead of 84, for no time gained. (Bun has no V8, and no such setting.)
 */
if (!process.versions.bun) v8.setFlagsFromString('--semi-space-growth-factor=1');

/** Reads every audio file beneath directories. */
module.exports = async function scanDirectories(directories, options, job) {
  const format = FORMATS[options.format](options);
  await job.output.write(format.begin);
  const progress = new Progress();
  try {
    for (const directory of directories) {
      for await (const record of recordsOf(directory, options, job, progress)) {
        await job.output.write(format.record(plainRecord(record)));
      }
    }
  } finally {
    progress.stop();
    // Also of a scan that is cut short the output can be parsed.
    await job.output.write(format.end);
  }
};

async function* recordsOf(directory, options, job, progress) {
  const { extensions, pictures, properties, concurrency, follow } = options;
  const before = { ...job.tally };
  const onProgress = ({ read, failed, skipped, passedOver }) => {
    job.tally.read = before.read + read;
    job.tally.failed = before.failed + failed;
    job.tally.skipped = before.skipped + skipped + passedOver;
    progress.done(job.tally.read + job.tally.failed);
  };
  try {
    // A link on the command line is meant: its target is what is opened.
    const top = await realPath(directory, 'directory');
    await initialize([{ path: top, readOnly: true }], { concurrency });
    const settings = { extensions, follow, signal: job.signal };
    if (progress.isShown) count(top, settings, job, progress);
    for await (const record of scan(top, {
      ...settings,
      pictures,
      properties,
      concurrency,
      onProgress,
    })) {
      yield { ...record, path: path.join(directory, path.relative(top, record.path)) };
    }
  } catch (error) {
    if (!(error instanceof TagLibError)) throw error;
    job.tally.failed += 1;
    yield { path: directory, status: 'failed', error };
  }
}

/** Finds out how many files there will be, beside the scan. */
async function count(top, settings, job, progress) {
  const options = { ...checkScanOptions(settings), session: currentSession() };
  let found = job.tally.read + job.tally.failed;
  try {
    for await (const _ of walk({ path: top, absolute: top }, options)) {
      found += 1;
      progress.found(found);
    }
  } catch {
    // The scan itself meets the same fault, and tells it.
  }
}

/** What goes before, for each record, and after. */
const FORMATS = {
  ndjson: () => ({ begin: '', record: (record) => `${JSON.stringify(record)}\n`, end: '' }),

  json: () => {
    let separator = '\n';
    return {
      begin: '[',
      record: (record) => {
        const line = `${separator}${JSON.stringify(record)}`;
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
