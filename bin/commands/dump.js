'use strict';

/** @import { Chapter, ExtendedTag, Picture, UnsyncedLyrics } from '../../index.js' */

const { readTags } = require('../../index.js');
const { locate, recordOf } = require('../files.js');
const { toJson } = require('../output/json.js');

/**
 * Writes a dump for `apply`: `[{ path, tags, pictures }]`.
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

/**
 * Returns the tags without pictures, which have their own entry, and without `bext`,
 * which `bextData` contains as bytes.
 *
 * @param {ExtendedTag} tags
 */
function editable({ pictures: _, bext: __, bextData, lyrics, chapters, ...tags }) {
  return {
    ...tags,
    ...(chapters && { chapters: chapters.map(editableChapter) }),
    ...(lyrics && { lyrics: lyrics.map(plainLyrics) }),
    ...(bextData && { bextData: base64Of(bextData) }),
  };
}

/**
 * Returns lyrics as plain text, which is easier to edit, if they have nothing else.
 *
 * @param {UnsyncedLyrics} lyrics
 */
function plainLyrics(lyrics) {
  return Object.keys(lyrics).length === 1 ? lyrics.text : lyrics;
}

/** @param {Chapter} chapter */
function editableChapter({ picture, ...chapter }) {
  return { ...chapter, ...(picture && { picture: inBase64(picture) }) };
}

/** @param {Picture} picture */
function inBase64({ data, ...picture }) {
  return { ...picture, data: base64Of(data) };
}

/** @param {Uint8Array} bytes */
function base64Of(bytes) {
  return Buffer.from(bytes).toString('base64');
}
