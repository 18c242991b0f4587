'use strict';

const { writeFile } = require('node:fs/promises');
const process = require('node:process');
const { readCoverArt } = require('../../index.js');
const { locate } = require('../files.js');
const { Complaint } = require('../run.js');

/** Writes the front cover to a file or to stdout. */
module.exports = async function coverGet(file, { output }, job) {
  const [{ real, error }] = await locate([file], { readOnly: true });
  if (error) throw error;
  const image = await readCoverArt(real, { signal: job.signal });
  if (image === undefined) throw new Complaint(`${file} has no picture`);
  if (output !== undefined) await writeFile(output, image);
  else if (process.stdout.isTTY) throw new Complaint('an image is no text; name a file with -o');
  else await job.output.write(image);
  job.tally.read += 1;
};
