'use strict';

const { readFile } = require('node:fs/promises');
const process = require('node:process');
const { text } = require('node:stream/consumers');
const { applyTags, readProperties, writeTags } = require('../../index.js');
const { changeFiles } = require('../change.js');
const cue = require('../chapters/cue.js');
const { withEnds } = require('../chapters/ends.js');
const ffmetadata = require('../chapters/ffmetadata.js');
const { UserError } = require('../reporter.js');

/**
 * @import { Chapter } from '../../index.js'
 * @import { ChangeOptions } from '../change.js'
 */

/**
 * Replaces the chapters of a file by those of a cue sheet, of a metadata file of FFmpeg, or of
 * JSON.
 *
 * @param {string} file
 * @param {ChangeOptions & { from: string }} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function chaptersSet(file, options, reporter) {
  const given = await readChapters(options.from);
  await changeFiles([file], options, reporter, async (_, real) => {
    const { durationMs } = await readProperties(real);
    const chapters = withEnds(given, durationMs);
    return {
      save: (path, settings) => writeTags(path, { chapters }, settings),
      apply: (path, settings) => applyTags(path, { chapters }, settings),
    };
  });
};

/**
 * @param {string} source A path, or `-` for stdin.
 * @returns {Promise<Chapter[]>}
 */
async function readChapters(source) {
  const content = await (source === '-' ? text(process.stdin) : readFile(source, 'utf8')).catch(
    (error) => {
      throw new UserError(error.message);
    },
  );
  // Editors on Windows write a byte order mark.
  const plain = content.replace(/^\ufeff/, '');
  if (ffmetadata.isFfmetadata(plain)) return ffmetadata.parse(plain);
  return /^\s*\[/.test(plain) ? parseJson(plain, source) : cue.parse(plain);
}

/**
 * @param {string} json
 * @param {string} source
 */
function parseJson(json, source) {
  /** @type {any[]} */
  let chapters;
  try {
    chapters = JSON.parse(json);
  } catch (error) {
    throw new UserError(`${source} is not valid JSON: ${/** @type {Error} */ (error).message}`);
  }
  if (chapters.every((chapter) => typeof chapter?.startTimeMs === 'number')) return chapters;
  throw new UserError(`${source} must be an array of { startTimeMs, endTimeMs, title }`);
}
