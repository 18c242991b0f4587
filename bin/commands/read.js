'use strict';

const { readMetadata } = require('../../index.js');
const { locate, recordOf } = require('../files.js');
const { plainRecord } = require('../output/json.js');
const { table } = require('../output/table.js');

/** Shows the tags and properties of files. */
module.exports = async function read(files, { json, pictures }, job) {
  const records = [];
  for (const file of await locate(files, { readOnly: true })) {
    const record = await recordOf(file, async (real) => {
      const { tags, properties } = await readMetadata(real, { pictures, signal: job.signal });
      return { status: 'read', tags, properties };
    });
    if (record.status === 'failed') job.failed(file.path, record.error);
    else job.tally.read += 1;
    if (json) records.push(plainRecord(record));
    else if (record.status === 'read') await job.output.write(table(record));
  }
  if (json) await job.output.write(`${JSON.stringify(records, null, 2)}\n`);
};
