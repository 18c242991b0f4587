'use strict';

/** @import { ExtendedTag, Picture } from '../../index.js' */

const { FIELD_TYPES, readTags } = require('../../index.js');
const { locate, recordOf } = require('../files.js');
const { toJson } = require('../output/json.js');

/**
 * Writes what `apply` takes: `[{ path, tags, pictures }]`.
 *
 * @param {string[]} files
 * @param {{ pictures?: boolean }} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function dump(files, { pictures = false }, reporter) {
  const entries = [];
  for await (const file of locate(files, { readOnly: true })) {
    const record = await recordOf(file, async (real) => ({
      status: 'read',
      tags: await readTags(real, { pictures, signal: reporter.signal }),
    }));
    if ('tags' in record) {
      entries.push(entryOf(record, pictures));
      reporter.tally.read += 1;
    } else {
      reporter.fileFailed(file.path, record.error);
    }
  }
  await reporter.output.write(`${toJson(entries, 2)}\n`);
};

/**
 * @param {{ path: string, tags: ExtendedTag }} record
 * @param {boolean} withPictures
 */
function entryOf({ path, tags }, withPictures) {
  return {
    path,
    tags: editable(tags),
    ...(withPictures && { pictures: (tags.pictures ?? []).map(inBase64) }),
  };
}

/** @param {ExtendedTag} tags */
function editable({ lyrics, ...tags }) {
  const fields = Object.entries(tags).filter(([name]) => FIELD_TYPES[name] !== 'not a field');
  return {
    ...Object.fromEntries(fields),
    ...(lyrics && { lyrics: lyrics.map(({ text }) => text) }),
  };
}

/** @param {Picture} picture */
function inBase64({ data, ...picture }) {
  return { ...picture, data: Buffer.from(data).toString('base64') };
}
