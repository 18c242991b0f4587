'use strict';

/**
 * `exportFolderMetadata`: the metadata of every file beneath a directory, as a JSON file.
 *
 * @import { ExportFolderOptions } from '../../index.js'
 */

const calls = require('../core/calls.js');
const operations = require('../full/operations.js');
const { checkExportOptions } = require('./options.js');
const { scannedFolder } = require('./scan-folder.js');

/**
 * @param {string} folderPath
 * @param {string} outputPath
 * @param {ExportFolderOptions} [options]
 * @returns {Promise<void>}
 */
function exportFolderMetadata(folderPath, outputPath, options) {
  return calls.fromCallSite(exportFolderMetadata, async () => {
    const target = operations.targetOf('write', outputPath);
    const { overwrite, scan } = checkExportOptions(options);
    const scanDate = new Date().toISOString();
    const { items, duration } = await scannedFolder(folderPath, scan);
    const files = items.filter(({ status }) => status === 'ok');
    const errors = items.filter(({ status }) => status === 'error');
    const summary = {
      totalFiles: items.length,
      processedFiles: files.length,
      errors: errors.length,
      duration,
    };
    const head = { folder: folderPath, scanDate, summary };
    await operations.writeContent(target, jsonOf(head, { files, errors }), {
      signal: scan.signal,
      overwrite,
    });
  });
}

/**
 * Returns the JSON text of an object in parts, each of which is short. The text of a large library
 * is longer than a string may be, and takes seconds to make.
 *
 * @param {object} head The first values.
 * @param {Record<string, object[]>} lists The values behind them.
 * @returns {Generator<string>}
 */
function* jsonOf(head, lists) {
  // Without the closing brace and the line break before it.
  yield JSON.stringify(head, plainValue, 2).slice(0, -2);
  for (const [key, items] of Object.entries(lists)) {
    yield `,\n  ${JSON.stringify(key)}: [`;
    for (const [index, item] of items.entries()) {
      const text = JSON.stringify(item, plainValue, 2).replaceAll('\n', '\n    ');
      yield `${index === 0 ? '' : ','}\n    ${text}`;
    }
    yield items.length === 0 ? ']' : '\n  ]';
  }
  yield '\n}';
}

/**
 * Converts values that JSON can't represent: an error becomes its name, code and message, bytes become
 * base64, and an integer beyond 2^53 becomes text.
 *
 * @param {string} _key
 * @param {any} value
 */
function plainValue(_key, value) {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Error) {
    const { name, code, message } = /** @type {Error & { code?: string }} */ (value);
    return { name, code, message };
  }
  return value;
}

module.exports = { exportFolderMetadata };
