'use strict';

const { applyTags, writeTags } = require('../../index.js');
const { changeFiles } = require('../change.js');
const { FIELDS } = require('../fields.js');
const { UsageError } = require('../reporter.js');

/**
 * Sets fields.
 *
 * @param {string[]} files
 * @param {Record<string, any>} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function set(files, options, reporter) {
  const tags = { ...options.field };
  for (const { option, name } of FIELDS) {
    const value = options[camelCase(option)];
    if (value !== undefined) tags[name] = value;
  }
  if (Object.keys(tags).length === 0) {
    throw new UsageError('nothing to set; name a field, such as --title "So What"');
  }
  /** @type {import('../change.js').Change} */
  const change = {
    save: (file, settings) => writeTags(file, tags, settings),
    apply: (file, settings) => applyTags(file, tags, settings),
  };
  await changeFiles(files, options, reporter, () => change);
};

/**
 * Returns Commander's name for the value of an option.
 *
 * @param {string} option
 */
function camelCase(option) {
  return option.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
