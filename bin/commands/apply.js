'use strict';

const { readFile } = require('node:fs/promises');
const process = require('node:process');
const { text } = require('node:stream/consumers');
const { applyPictures, applyPicturesToFile, applyTags, writeTags } = require('../../index.js');
const { changeFiles } = require('../change.js');
const { UserError } = require('../reporter.js');

/**
 * @import { Change } from '../change.js'
 * @import { Reporter } from '../reporter.js'
 *
 * @typedef {{ path: string, tags?: Record<string, any>, pictures?: any[] }} DumpEntry
 */

/**
 * Changes files to what an edited dump says.
 *
 * @param {string} source
 * @param {import('../change.js').ChangeOptions} options
 * @param {Reporter} reporter
 */
module.exports = async function apply(source, options, reporter) {
  const entries = await readDump(source);
  const paths = entries.map(({ path }) => path);
  await changeFiles(paths, options, reporter, (index) => changeOf(entries[index]));
};

/**
 * @param {string} source A path, or `-` for stdin.
 * @returns {Promise<DumpEntry[]>}
 */
async function readDump(source) {
  const json = await (source === '-' ? text(process.stdin) : readFile(source, 'utf8')).catch(
    (error) => {
      throw new UserError(error.message);
    },
  );
  const dump = parse(json, source);
  const entries = Array.isArray(dump) ? dump : [dump];
  for (const entry of entries) {
    if (typeof entry?.path !== 'string' || typeof (entry.tags ?? {}) !== 'object') {
      throw new UserError(`${source} must be an array of { path, tags, pictures }`);
    }
  }
  return entries;
}

/**
 * @param {string} json
 * @param {string} source
 */
function parse(json, source) {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(`${source} is not valid JSON: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * `null` removes a field, as `[]` does. Tags and pictures may both be missing.
 *
 * @param {DumpEntry} entry
 * @returns {Change}
 */
function changeOf({ tags = {}, pictures }) {
  const fields = Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name, value ?? []]),
  );
  const images = pictures?.map(({ data, ...picture }) => ({
    ...picture,
    data: new Uint8Array(Buffer.from(data, 'base64')),
  }));
  return {
    async save(file, options) {
      await writeTags(file, fields, options);
      if (images) await applyPicturesToFile(file, images, options);
    },
    async apply(file, options) {
      const bytes = await applyTags(file, fields, options);
      return images ? applyPictures(bytes, images, options) : bytes;
    },
  };
}
