'use strict';

const path = require('node:path');
const process = require('node:process');
const { realPath } = require('../files.js');
const { checkReplaceable } = require('../output/whole-file.js');
const { collect } = require('../report/collect.js');
const { readCovers } = require('../report/covers.js');
const { factsOf } = require('../report/facts.js');
const { jsonOf } = require('../report/json.js');
const { pageOf } = require('../report/page.js');
const { REPORT, writeReport } = require('../report/report-file.js');
const { UserError } = require('../reporter.js');

/**
 * @import { Facts } from '../report/facts.js'
 * @import { Reporter } from '../reporter.js'
 *
 * @typedef {object} Options
 * @property {string} [output]
 * @property {boolean} [json]
 * @property {boolean} [audioHash]
 * @property {number} coverMegabytes
 * @property {number} [concurrency]
 * @property {boolean} [force]
 */

/**
 * Writes a report about the audio files beneath a directory.
 *
 * @param {string} directory
 * @param {Options} options
 * @param {Reporter} reporter
 */
module.exports = async function report(directory, options, reporter) {
  const { output, json = false, force = false } = options;
  if (output !== undefined) await checkReplaceable(output, REPORT, force);
  else if (!json && process.stdout.isTTY) throw new UserError('name a file for the page with -o');
  const top = await realPath(directory, 'directory');
  const facts = factsOf(await collect(directory, top, options, reporter));
  const parts = json ? jsonOf(facts) : await page(facts, top, options, reporter.signal);
  if (output !== undefined) await writeReport(output, parts, { force, signal: reporter.signal });
  else for (const part of parts) await reporter.output.write(part);
};

/**
 * @param {Facts} facts
 * @param {string} top
 * @param {Options} options
 * @param {AbortSignal} signal
 */
async function page(facts, top, { coverMegabytes }, signal) {
  const pathOf = (/** @type {{ path: string }} */ row) => path.join(top, row.path);
  const covers = await readCovers(facts.albums, coverMegabytes * 1e6, pathOf, signal);
  return pageOf(facts, covers);
}
