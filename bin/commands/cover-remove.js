'use strict';

const { changeFiles } = require('../change.js');
const { pictureChange } = require('../pictures.js');

/** Removes pictures, all or those of a type. */
module.exports = async function coverRemove(files, options, job) {
  const { type } = options;
  const stays = (picture) => type !== undefined && picture.type !== type;
  await changeFiles(files, options, job, (_, file) =>
    pictureChange(file, (before) => before.filter(stays)),
  );
};
