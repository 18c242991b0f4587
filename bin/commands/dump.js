'use strict';

const { readTags } = require('../../index.js');
const { locate } = require('../files.js');

/** What can't be set: it would come back and mean nothing. */
const NOT_FIELDS = ['ratings', 'chapters', 'bext', 'bextData', 'ixml', 'pictures'];

/** Writes what `apply` takes: `[{ path, tags, pictures }]`. */
module.exports = async function dump(files, { pictures = false }, job) {
  const entries = [];
  for (const { path, real, error } of await locate(files, { readOnly: true })) {
    try {
      if (error) throw error;
      const tags = await readTags(real, { pictures, signal: job.signal });
      entries.push({
        path,
        tags: editable(tags),
        ...(pictures && { pictures: (tags.pictures ?? []).map(inBase64) }),
      });
      job.tally.read += 1;
    } catch (failure) {
      if (failure.name === 'AbortError') throw failure;
      job.failed(path, failure);
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
