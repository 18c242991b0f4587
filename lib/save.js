'use strict';

/**
 * The functions that change a file on disk. They take a path and nothing else,
 * and the file is the old one or the new one, whole, whatever happens.
 */

const { checkPath, checkPictures, checkSaveOptions, checkTagInput } = require('./arguments.js');
const calls = require('./calls.js');
const { native } = require('./native.js');

async function save(file, edit, { signal, ...options }) {
  const session = calls.currentSession();
  const path = checkPath('save', file);
  return calls.submit(
    (cancellation) => native().save(session, path, edit, options, cancellation),
    signal,
    { path: file },
  );
}

function writeTags(file, tags, options) {
  return calls.fromCallSite(writeTags, () => saveFields(file, tags, options));
}

/** The name that taglib-wasm has for it. */
function applyTagsToFile(file, tags, options) {
  return calls.fromCallSite(applyTagsToFile, () => saveFields(file, tags, options));
}

function saveFields(file, tags, options) {
  return save(file, { fields: checkTagInput(tags) }, checkSaveOptions(options));
}

function applyPicturesToFile(file, pictures, options) {
  return calls.fromCallSite(applyPicturesToFile, () =>
    save(
      file,
      { pictures: { mode: 'replaceAll', pictures: checkPictures(pictures) } },
      checkSaveOptions(options),
    ),
  );
}

function clearTagsInFile(file, options) {
  return calls.fromCallSite(clearTagsInFile, () =>
    save(file, { clear: true }, checkSaveOptions(options)),
  );
}

module.exports = { applyPicturesToFile, applyTagsToFile, clearTagsInFile, writeTags };
