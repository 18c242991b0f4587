'use strict';

const process = require('node:process');
const { readCoverArt } = require('../../index.js');
const { locate } = require('../files.js');
const { writeOutput } = require('../output/file.js');
const { UserError } = require('../reporter.js');

/**
 * Writes the front cover to a file or to stdout.
 *
 * @param {string} file
 * @param {{ output?: string }} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function coverGet(file, { output }, reporter) {
  for await (const located of locate([file], { readOnly: true })) {
    if ('error' in located) throw located.error;
    const image = await readCoverArt(located.real, { signal: reporter.signal });
    if (image === undefined) throw new UserError(`${file} has no picture`);
    if (output !== undefined) await writeOutput(output, image);
    else if (process.stdout.isTTY) throw new UserError('name a file for the image with -o');
    else await reporter.output.write(image);
    reporter.tally.read += 1;
  }
};
