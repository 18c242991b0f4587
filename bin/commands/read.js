'use strict';

const { readMetadata } = require('../../index.js');
const { locate } = require('../files.js');
const { plainRecord } = require('../output/json.js');
const { table } = require('../output/table.js');

/** Shows the tags and properties of files. */
module.exports = async function read(files, { json, pictures }, job) {
  const records = [];
  for (const { path, real, error } of await locate(files, { readOnly: true })) {
    const record = await readOne(path, real, error, { pictures, signal: job.signal });
    if (record.status === 'failed') job.failed(path, record.error);
    else job.tally.read += 1;
    if (json) records.push(plainRecord(record));
    else if (record.status === 'read') await job.output.write(table(record));
  }
  if (json) await job.output.write(`${JSON.stringify(records, null, 2)}\n`);
};

async function readOne(path, real, missing, options) {
  try {
    if (missing) throw missing;
    const { tags, properties } = await readMetadata(real, options);
    return { path, status: 'read', tags, properties };
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    return { path, status: 'failed', error };
  }
}
