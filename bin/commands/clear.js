'use strict';

const { clearTags, clearTagsInFile } = require('../../index.js');
const { changeFiles } = require('../change.js');

/** Removes all tags. */
module.exports = async function clear(files, options, job) {
  await changeFiles(files, options, job, () => ({ save: clearTagsInFile, preview: clearTags }));
};
