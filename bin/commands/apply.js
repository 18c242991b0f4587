'use strict';

const { readFile } = require('node:fs/promises');
const { buffer } = require('node:stream/consumers');
const process = require('node:process');
const { applyPictures, applyPicturesToFile, applyTags, writeTags } = require('../../index.js');
const { changeFiles } = require('../change.js');
const { Complaint } = require('../run.js');

/** Changes files to what an edited dump says. */
module.exports = async function apply(source, options, job) {
  const entries = await entriesOf(source);
  const paths = entries.map(({ path }) => path);
  await changeFiles(paths, options, job, (index) => changeOf(entries[index]));
};

async function entriesOf(source) {
  const text = await (source === '-' ? buffer(process.stdin) : readFile(source)).catch((error) => {
    throw new Complaint(error.message);
  });
  let entries;
  try {
    entries = JSON.parse(text);
  } catch (error) {
    throw new Complaint(`${source} is no JSON: ${error.message}`);
  }
  const list = Array.isArray(entries) ? entries : [entries];
  for (const entry of list) {
    if (typeof entry?.path !== 'string' || typeof (entry.tags ?? {}) !== 'object') {
      throw new Complaint(`${source} is no dump: expected an array of { path, tags, pictures }`);
    }
  }
  return list;
}

/** A field is removed by `null` as by `[]`; both tags and pictures may be missing. */
function changeOf({ tags = {}, pictures }) {
  const fields = Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name, value ?? []]),
  );
  const images = pictures?.map(({ data, ...picture }) => ({
    ...picture,
    data: new Uint8Array(Buffer.from(data, 'base64')),
  }));
  return {
    async save(file, options) {
      await writeTags(file, fields, options);
      if (images) await applyPicturesToFile(file, images, options);
    },
    async preview(file, options) {
      const bytes = await applyTags(file, fields, options);
      return images ? applyPictures(bytes, images, options) : bytes;
    },
  };
}
