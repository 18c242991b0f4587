'use strict';

const { isDeepStrictEqual } = require('node:util');
const { applyTags, readTags, writeTags } = require('../../index.js');
const { changeFiles } = require('../change.js');

/** @import { ExtendedTag } from '../../index.js' */

/**
 * Writes texts that are stored in a legacy encoding again, as Unicode.
 *
 * @param {string[]} files
 * @param {{ encoding: string, write?: boolean } & Record<string, any>} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function fixEncoding(files, options, reporter) {
  const { encoding, write = false, ...changeOptions } = options;
  await changeFiles(files, { ...changeOptions, dryRun: !write }, reporter, async (_, file) => {
    const tags = await wrongTexts(file, encoding, reporter.signal);
    const isRight = Object.keys(tags).length === 0;
    return {
      save: (path, settings) =>
        isRight ? Promise.resolve(UNCHANGED) : writeTags(path, tags, settings),
      apply: (path, settings) => applyTags(path, tags, settings),
    };
  });
};

const UNCHANGED = /** @type {any} */ ({ status: 'unchanged' });

/**
 * Returns the fields whose texts are in the encoding, as they are to be.
 *
 * @param {string} file
 * @param {string} legacyEncoding
 * @param {AbortSignal} signal
 */
async function wrongTexts(file, legacyEncoding, signal) {
  const options = { signal, pictures: false };
  const stored = asRecord(await readTags(file, options));
  const decoded = asRecord(await readTags(file, { ...options, legacyEncoding }));
  const changed = Object.entries(decoded).filter(
    ([name, value]) => !isDeepStrictEqual(value, stored[name]),
  );
  return Object.fromEntries(changed);
}

/**
 * @param {ExtendedTag} tags
 * @returns {Record<string, unknown>}
 */
function asRecord(tags) {
  return /** @type {any} */ (tags);
}
