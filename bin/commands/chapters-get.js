'use strict';

const path = require('node:path');
const { readMetadata } = require('../../index.js');
const cue = require('../chapters/cue.js');
const { withEnds } = require('../chapters/ends.js');
const ffmetadata = require('../chapters/ffmetadata.js');
const { locate } = require('../files.js');
const { writeOutput } = require('../output/file.js');
const { toJson } = require('../output/json.js');
const { UserError } = require('../reporter.js');

/**
 * @import { Chapter } from '../../index.js'
 *
 * @typedef {{ output?: string, format?: 'ffmetadata' | 'cue' | 'json' }} Options
 */

/**
 * Writes the chapters of a file to another file or to stdout.
 *
 * @param {string} file
 * @param {Options} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function chaptersGet(file, { output, format }, reporter) {
  for await (const located of locate([file], { readOnly: true })) {
    if ('error' in located) throw located.error;
    const options = { pictures: false, signal: reporter.signal };
    const { tags, properties } = await readMetadata(located.real, options);
    const { chapters = [] } = tags;
    if (chapters.length === 0) throw new UserError(`${file} has no chapters`);
    const withAllEnds = withEnds(chapters, properties?.durationMs);
    const text = textOf(withAllEnds, format ?? formatOf(output), path.basename(file));
    if (output === undefined) await reporter.output.write(text);
    else await writeOutput(output, text);
    reporter.tally.read += 1;
  }
};

/**
 * Returns the format that an extension stands for.
 *
 * @param {string | undefined} output
 */
function formatOf(output = '') {
  const extension = path.extname(output).toLowerCase();
  return extension === '.cue' ? 'cue' : extension === '.json' ? 'json' : 'ffmetadata';
}

/**
 * @param {readonly Chapter[]} chapters
 * @param {string} format
 * @param {string} fileName
 */
function textOf(chapters, format, fileName) {
  switch (format) {
    case 'cue':
      return cue.format(chapters, fileName);
    case 'json':
      return `${toJson(chapters, 2)}\n`;
    default:
      return ffmetadata.format(chapters);
  }
}
