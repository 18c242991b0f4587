'use strict';

const { applyTags, writeTags } = require('../../index.js');
const { changeFiles } = require('../change.js');
const { FIELDS } = require('../fields.js');
const { UsageError } = require('../run.js');

/** Sets fields. */
module.exports = async function set(files, options, job) {
  const tags = { ...options.field };
  for (const { option, name } of FIELDS) {
    const value = options[camelCase(option)];
    if (value !== undefined) tags[name] = value;
  }
  if (Object.keys(tags).length === 0) {
    throw new UsageError('nothing to set; name a field, such as --title "So What"');
  }
  const change = {
    save: (file, settings) => writeTags(file, tags, settings),
    preview: (file, settings) => applyTags(file, tags, settings),
  };
  await changeFiles(files, options, job, () => change);
};

/** As commander names an option. */
function camelCase(option) {
  return option.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
