'use strict';

/**
 * What the commands that change files share: one file after the other, each
 * reported when it is done.
 *
 * @import { SignalOptions } from '../index.js'
 * @import { Reporter } from './reporter.js'
 *
 * @typedef {object} Change
 * @property {(file: string, options: SignalOptions) => Promise<void>} save Changes the file.
 * @property {(file: string, options: SignalOptions) => Promise<Uint8Array>} apply Gives the
 *   bytes that the file would have.
 *
 * @typedef {{ dryRun?: boolean, json?: boolean }} ChangeOptions
 *
 * @typedef {Record<string, { from: unknown, to: unknown }>} Differences
 * @typedef {{ path: string, status: string, changes?: Differences, error?: Error }} ChangeRecord
 */

const { isDeepStrictEqual } = require('node:util');
const { readTags } = require('../index.js');
const { locate, recordOf } = require('./files.js');
const { plainError, plainRecord, toJson } = require('./output/json.js');
const { shortened } = require('./output/table.js');
const { printableLine } = require('./output/text.js');

/**
 * @param {string[]} files
 * @param {ChangeOptions} options
 * @param {Reporter} reporter
 * @param {(index: number, real: string) => Change | Promise<Change>} changeOf Gives the
 *   change of a file, by its index in the list.
 */
async function changeFiles(files, { dryRun = false, json = false }, reporter, changeOf) {
  const { signal, output, tally } = reporter;
  reporter.isDryRun = dryRun;
  let index = 0;
  for await (const file of locate(files, { readOnly: dryRun })) {
    /** @type {ChangeRecord} */
    const record = await recordOf(file, async (real) => {
      // Between two files there is nothing to undo.
      signal.throwIfAborted();
      const change = await changeOf(index, real);
      if (dryRun) return differencesMade(real, change, signal);
      await change.save(real, { signal });
      return { status: 'changed' };
    });
    index += 1;
    if (record.error) reporter.fileFailed(file.path, record.error);
    else tally[record.status === 'unchanged' ? 'skipped' : 'changed'] += 1;
    await output.write(json ? asJson(record) : asText(record, dryRun));
  }
}

/**
 * @param {string} real
 * @param {Change} change
 * @param {AbortSignal} signal
 */
async function differencesMade(real, { apply }, signal) {
  const before = await readTags(real, { signal });
  const after = await readTags(await apply(real, { signal }), { signal });
  const changes = differences(before, after);
  return { status: Object.keys(changes).length > 0 ? 'changed' : 'unchanged', changes };
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
  const verb = status === 'unchanged' ? 'would stay as it is' : dryRun ? 'would change' : 'changed';
  return `${printableLine(path)}: ${verb}\n${lines.join('')}`;
}

/** @param {unknown} value */
function valueText(value) {
  return value === undefined ? 'nothing' : shortened(JSON.stringify(value));
}

module.exports = { changeFiles };
