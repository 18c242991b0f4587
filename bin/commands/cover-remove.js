'use strict';

const { changeFiles } = require('../change.js');
const { pictureChange } = require('../pictures.js');

/**
 * Removes all pictures, or those of a type.
 *
 * @param {string[]} files
 * @param {import('../change.js').ChangeOptions & { type?: string }} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function coverRemove(files, options, reporter) {
  const { type } = options;
  await changeFiles(files, options, reporter, (_, file) =>
    pictureChange(file, (pictures) =>
      type === undefined ? [] : pictures.filter((picture) => picture.type !== type),
    ),
  );
};
