'use strict';

/**
 * Reads what a report is about: a scan, and then the audio of files that may be duplicates.
 *
 * @import { Reporter } from '../reporter.js'
 * @import { Broken, Collected } from './facts.js'
 * @import { Row } from './rows.js'
 *
 * @typedef {{ audioHash?: boolean, concurrency?: number }} CollectOptions
 */

const path = require('node:path');
const { Progress } = require('../output/progress.js');
const { scanned } = require('../scanned.js');
const { hashCandidates } = require('./duplicates.js');
const { Encodings } = require('./encodings.js');
const { RowMaker } = require('./rows.js');

/**
 * @param {string} directory As it was given.
 * @param {string} top Its path without links. It is preopened.
 * @param {CollectOptions} options
 * @param {Reporter} reporter
 * @returns {Promise<Collected>}
 */
async function collect(directory, top, { audioHash = false, concurrency }, reporter) {
  const { rows, broken } = await scannedRows(top, { audioHash, concurrency }, reporter);
  rows.sort(byPath);
  broken.sort(byPath);
  if (!audioHash) await compareAudio(top, rows, reporter);
  return { directory, rows, broken, isAllHashed: audioHash };
}

/**
 * @param {string} top
 * @param {{ audioHash: boolean, concurrency: number | undefined }} options
 * @param {Reporter} reporter
 */
async function scannedRows(top, options, reporter) {
  const encodings = new Encodings();
  const { legacyEncoding } = encodings;
  const content = { ...options, pictures: /** @type {const} */ ('metadata'), properties: true };
  const maker = new RowMaker();
  /** @type {Row[]} */
  const rows = [];
  /** @type {Broken[]} */
  const broken = [];
  const progress = new Progress();
  try {
    for await (const record of scanned(top, { ...content, legacyEncoding }, reporter, progress)) {
      const name = path.relative(top, record.path).replaceAll(path.sep, '/');
      if (record.status === 'failed') {
        const { code, message } = record.error;
        broken.push({ path: name, code, message: message.replaceAll(record.path, name) });
      } else if (record.status === 'read') {
        const row = maker.rowOf(name, /** @type {any} */ (record));
        row.wrongText = await encodings.wrongTextIn(record.path, record.tags, reporter.signal);
        rows.push(row);
      }
    }
  } finally {
    progress.stop();
  }
  return { rows, broken };
}

/**
 * @param {string} top
 * @param {Row[]} rows
 * @param {Reporter} reporter
 */
async function compareAudio(top, rows, { signal }) {
  const progress = new Progress();
  try {
    await hashCandidates(
      rows,
      (row) => path.join(top, row.path),
      signal,
      (done, total) => {
        progress.found(total);
        progress.done(done);
      },
    );
  } finally {
    progress.stop();
  }
}

/**
 * @param {{ path: string }} a
 * @param {{ path: string }} b
 */
function byPath(a, b) {
  return a.path < b.path ? -1 : 1;
}

module.exports = { collect };
