'use strict';

const { readMetadata } = require('../../index.js');
const { locate, recordOf } = require('../files.js');
const { plainRecord, toJson } = require('../output/json.js');
const { table } = require('../output/table.js');

/**
 * Shows the tags and properties of files.
 *
 * @param {string[]} files
 * @param {{ json?: boolean, pictures: boolean }} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function read(files, { json, pictures }, reporter) {
  const records = [];
  for await (const file of locate(files, { readOnly: true })) {
    const record = await recordOf(file, async (real) => {
      const { tags, properties } = await readMetadata(real, { pictures, signal: reporter.signal });
      return { status: 'read', tags, properties };
    });
    if ('error' in record) reporter.fileFailed(file.path, record.error);
    else reporter.tally.read += 1;
    if (json) records.push(plainRecord(record));
    else if ('tags' in record) await reporter.output.write(table(record));
  }
  if (json) await reporter.output.write(`${toJson(records, 2)}\n`);
};
