'use strict';

/**
 * Changes files for the commands that do so: one file after the other, each reported
 * when it is done.
 *
 * @import { ApplyOptions, Loss, SaveOptions, SaveReport } from '../index.js'
 * @import { Reporter } from './reporter.js'
 *
 * @typedef {object} Change
 * @property {(file: string, options: SaveOptions) => Promise<SaveReport | void>} save Changes the
 *   file.
 * @property {(file: string, options: ApplyOptions) => Promise<Uint8Array>} apply Returns the
 *   bytes of the changed file.
 * @property {(file: string | Uint8Array, options: { signal: AbortSignal }) => Promise<object>} [read]
 *   Reads what the change is about, to show what it would change. Default: the tags.
 *
 * @typedef {{ dryRun?: boolean, json?: boolean, onLoss?: SaveOptions['onLoss'] }} ChangeOptions
 *
 * @typedef {Record<string, { from: unknown, to: unknown }>} Differences
 * @typedef {object} ChangeRecord
 * @property {string} path
 * @property {string} status
 * @property {Differences} [changes]
 * @property {readonly Loss[]} [lost]
 * @property {Error} [error]
 */

const { isDeepStrictEqual } = require('node:util');
const { FileOperationError, readTags } = require('../index.js');
const { locate, recordOf } = require('./files.js');
const { plainError, plainRecord, toJson } = require('./output/json.js');
const { shortened } = require('./output/table.js');
const { printableLine } = require('./output/text.js');

/**
 * @param {string[]} files
 * @param {ChangeOptions} options
 * @param {Reporter} reporter
 * @param {(index: number, real: string) => Change | Promise<Change>} changeOf Returns the
 *   change of a file, by its index in the list.
 */
async function changeFiles(files, options, reporter, changeOf) {
  const { dryRun = false, json = false, onLoss = 'refuse' } = options;
  const { signal, output, tally } = reporter;
  reporter.isDryRun = dryRun;
  let index = 0;
  for await (const file of locate(files, { readOnly: dryRun })) {
    /** @type {ChangeRecord} */
    const record = await recordOf(file, async (real) => {
      // An abort between two files leaves nothing half done.
      signal.throwIfAborted();
      const change = await changeOf(index, real);
      if (dryRun) return differencesMade(real, change, { signal, onLoss });
      const report = await change.save(real, { signal, onLoss });
      return { status: 'changed', ...report };
    });
    index += 1;
    if (record.error) reporter.fileFailed(file.path, record.error);
    else tally[record.status === 'unchanged' ? 'skipped' : 'changed'] += 1;
    reporter.lost(file.path, record.lost ?? lossesOf(record.error));
    await output.write(json ? asJson(record) : asText(record, dryRun));
  }
}

/**
 * @param {string} real
 * @param {Change} change
 * @param {{ signal: AbortSignal, onLoss: SaveOptions['onLoss'] }} options
 */
async function differencesMade(real, change, { signal, onLoss }) {
  const { read = readTags } = change;
  const before = await read(real, { signal });
  const { bytes, lost } = await applied(real, change, { signal, onLoss });
  const changes = differences(before, await read(bytes, { signal }));
  return {
    status: Object.keys(changes).length > 0 ? 'changed' : 'unchanged',
    changes,
    ...(onLoss === 'report' && { lost }),
  };
}

/**
 * Returns the changed bytes, and what they lose. A change in memory can't report losses,
 * but the error of a refused change lists them.
 *
 * @param {string} real
 * @param {Change} change
 * @param {{ signal: AbortSignal, onLoss: SaveOptions['onLoss'] }} options
 */
async function applied(real, { apply }, { signal, onLoss }) {
  if (onLoss === 'ignore') return { bytes: await apply(real, { signal, onLoss }), lost: [] };
  try {
    return { bytes: await apply(real, { signal, onLoss: 'refuse' }), lost: [] };
  } catch (error) {
    const lost = lossesOf(/** @type {Error} */ (error));
    if (onLoss === 'refuse' || lost.length === 0) throw error;
    return { bytes: await apply(real, { signal, onLoss: 'ignore' }), lost };
  }
}

/**
 * @param {Error | undefined} error
 * @returns {readonly Loss[]}
 */
function lossesOf(error) {
  return (error instanceof FileOperationError && error.details?.lost) || [];
}

/**
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 * @returns {Differences}
 */
function differences(before, after) {
  const from = plainRecord({ tags: before }).tags ?? {};
  const to = plainRecord({ tags: after }).tags ?? {};
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return Object.fromEntries(
    names
      .filter((name) => !isDeepStrictEqual(before[name], after[name]))
      .map((name) => [name, { from: from[name], to: to[name] }]),
  );
}

/** @param {ChangeRecord} record */
function asJson({ error, ...record }) {
  return `${toJson({ ...record, ...(error && { error: plainError(error) }) })}\n`;
}

/**
 * @param {ChangeRecord} record
 * @param {boolean} dryRun
 */
function asText({ path, status, changes = {} }, dryRun) {
  if (status === 'failed') return '';
  const lines = Object.entries(changes).map(
    ([name, { from, to }]) => `  ${printableLine(name)}: ${valueText(from)} → ${valueText(to)}\n`,
  );
  const [same, different] = dryRun
    ? ['would stay as it is', 'would change']
    : ['unchanged', 'changed'];
  const outcome = status === 'unchanged' ? same : different;
  return `${printableLine(path)}: ${outcome}\n${lines.join('')}`;
}

/** @param {unknown} value */
function valueText(value) {
  return value === undefined ? 'nothing' : shortened(JSON.stringify(value));
}

module.exports = { changeFiles };
