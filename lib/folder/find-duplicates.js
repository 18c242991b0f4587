'use strict';

/**
 * `findDuplicates`: groups the files beneath a directory by the values of fields.
 *
 * @import { DuplicateGroup, ExtendedTag, FolderScanOptions } from '../../index.js'
 */

const calls = require('../core/calls.js');
const { checkFolderScanOptions } = require('./options.js');
const { scannedFolder } = require('./scan-folder.js');

/**
 * @param {string} folderPath
 * @param {FolderScanOptions} [options]
 * @returns {Promise<DuplicateGroup[]>}
 */
function findDuplicates(folderPath, options) {
  return calls.fromCallSite(findDuplicates, async () => {
    const { criteria } = checkFolderScanOptions(options);
    const { items } = await scannedFolder(folderPath, options);
    /** @type {Map<string, DuplicateGroup>} */
    const groups = new Map();
    for (const item of items) {
      if (item.status === 'error') continue;
      const values = valuesOf(item.tags, criteria);
      if (Object.keys(values).length === 0) continue;
      const key = JSON.stringify(criteria.map((name) => values[name] ?? ''));
      const group = groups.get(key) ?? { criteria: values, files: [] };
      group.files.push(item);
      groups.set(key, group);
    }
    return [...groups.values()].filter(({ files }) => files.length > 1);
  });
}

/**
 * Returns the fields that have a value, each as one text.
 *
 * @param {ExtendedTag} tags
 * @param {readonly string[]} criteria
 * @returns {Record<string, string>}
 */
function valuesOf(tags, criteria) {
  const texts = criteria.map((name) => {
    const value = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (tags))[name];
    return [name, Array.isArray(value) ? value.join(', ') : String(value ?? '')];
  });
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

module.exports = { findDuplicates };
