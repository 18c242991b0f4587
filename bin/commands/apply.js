'use strict';

const { readFile } = require('node:fs/promises');
const process = require('node:process');
const { text } = require('node:stream/consumers');
const { applyTags, writeTags } = require('../../index.js');
const { changeFiles } = require('../change.js');
const { UserError } = require('../reporter.js');

/**
 * @import { TagChanges } from '../../index.js'
 * @import { Change } from '../change.js'
 * @import { Reporter } from '../reporter.js'
 *
 * @typedef {{ path: string, tags?: Record<string, any>, pictures?: any[] }} DumpEntry
 */

/**
 * Changes files as an edited dump says.
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
 * Makes one change of tags and pictures, either of which may be missing.
 *
 * @param {DumpEntry} entry
 * @returns {Change}
 */
function changeOf({ tags = {}, pictures }) {
  const changes = { ...tagChanges(tags), ...(pictures && { pictures: fromBase64(pictures) }) };
  return {
    save: (file, options) => writeTags(file, changes, options),
    apply: (file, options) => applyTags(file, changes, options),
  };
}

/** The entries that are removed by `null` only, and not by `[]`. */
const REMOVED_BY_NULL = ['bextData', 'ixml'];

/**
 * `null` removes an entry, as `[]` does a field.
 *
 * @param {Record<string, any>} tags
 * @returns {TagChanges}
 */
function tagChanges(tags) {
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name, changeTo(name, value)]),
  );
}

/**
 * @param {string} name
 * @param {any} value
 */
function changeTo(name, value) {
  if (name === 'bextData' && typeof value === 'string') return bytesOf(value);
  if (name === 'chapters' && Array.isArray(value)) return value.map(chapterFromBase64);
  return value === null && !REMOVED_BY_NULL.includes(name) ? [] : value;
}

/**
 * A chapter without a picture keeps the one that it has.
 *
 * @param {any} chapter
 */
function chapterFromBase64(chapter) {
  return chapter?.picture ? { ...chapter, picture: pictureFromBase64(chapter.picture) } : chapter;
}

/** @param {any[]} pictures */
function fromBase64(pictures) {
  return pictures.map(pictureFromBase64);
}

/** @param {any} picture */
function pictureFromBase64({ data, ...picture }) {
  return { ...picture, data: bytesOf(data) };
}

/** @param {string} base64 */
function bytesOf(base64) {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
