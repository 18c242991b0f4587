'use strict';

/**
 * Scans a directory for a command: counts the files for the summary, and shows the progress.
 *
 * @import { ScanOptions } from '../index.js'
 * @import { Progress } from './output/progress.js'
 * @import { Reporter } from './reporter.js'
 */

const process = require('node:process');
const v8 = require('node:v8');
const { initialize, scan } = require('../index.js');

/**
 * A record is garbage as soon as it is written. V8 would let the space for young
 * objects grow with the number of files: 108 MB resident after 100,000 instead of
 * 84, for no time gained. (Bun has no V8, and no such setting.)
 */
if (!process.versions.bun) v8.setFlagsFromString('--semi-space-growth-factor=1');

/**
 * Preopens the directory and returns the records of a scan.
 *
 * @template {ScanOptions} O
 * @param {string} top Its path without links.
 * @param {O} options
 * @param {Reporter} reporter
 * @param {Progress} progress
 */
async function* scanned(top, options, { signal, tally }, progress) {
  const before = { ...tally };
  /** @type {ScanOptions['onProgress']} */
  const onProgress = ({ read, failed, skipped, passedOver }) => {
    tally.read = before.read + read;
    tally.failed = before.failed + failed;
    tally.skipped = before.skipped + skipped + passedOver;
    progress.done(tally.read + tally.failed);
  };
  const { extensions, follow, concurrency } = options;
  await initialize([{ path: top, readOnly: true }], { concurrency });
  if (progress.isShown) {
    countFiles(top, { extensions, follow, signal }, tally.read + tally.failed, progress);
  }
  yield* scan(top, { ...options, signal, onProgress });
}

/**
 * Counts the files during the scan. The scan itself may read none of them, if all are
 * known.
 *
 * @param {string} top
 * @param {ScanOptions} search
 * @param {number} before How many files the directories before have.
 * @param {Progress} progress
 */
async function countFiles(top, search, before, progress) {
  let found = before;
  try {
    for await (const _ of scan(top, { ...search, since: () => true })) {
      found += 1;
      progress.found(found);
    }
  } catch {
    // The scan fails with the same error, and reports it.
  }
}

module.exports = { scanned };
