'use strict';

const { clearTags, clearTagsInFile } = require('../../index.js');
const { changeFiles } = require('../change.js');

/**
 * Removes all tags.
 *
 * @param {string[]} files
 * @param {import('../change.js').ChangeOptions} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function clear(files, options, reporter) {
  const change = { save: clearTagsInFile, apply: clearTags };
  await changeFiles(files, options, reporter, () => change);
};
