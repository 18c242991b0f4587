'use strict';

const { readTags } = require('../../index.js');
const { locate, recordOf } = require('../files.js');

/** What can't be set: it would come back and mean nothing. */
const NOT_FIELDS = ['ratings', 'chapters', 'bext', 'bextData', 'ixml', 'pictures'];

/** Writes what `apply` takes: `[{ path, tags, pictures }]`. */
module.exports = async function dump(files, { pictures = false }, job) {
  const entries = [];
  for (const file of await locate(files, { readOnly: true })) {
    const record = await recordOf(file, async (real) => {
      const tags = await readTags(real, { pictures, signal: job.signal });
      return {
        tags: editable(tags),
        ...(pictures && { pictures: (tags.pictures ?? []).map(inBase64) }),
      };
    });
    if (record.status === 'failed') {
      job.failed(file.path, record.error);
    } else {
      entries.push(record);
      job.tally.read += 1;
    }
  }
  await job.output.write(`${JSON.stringify(entries, null, 2)}\n`);
};

function editable({ lyrics, ...tags }) {
  const fields = Object.entries(tags).filter(([name]) => !NOT_FIELDS.includes(name));
  return {
    ...Object.fromEntries(fields),
    ...(lyrics && { lyrics: lyrics.map(({ text }) => text) }),
  };
}

function inBase64({ data, ...picture }) {
  return { ...picture, data: Buffer.from(data).toString('base64') };
}
