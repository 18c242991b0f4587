'use strict';

/**
 * The functions that save a change to a file on disk. They take a path. After any fault
 * the file is the old one or the new one, whole.
 *
 * @import { Picture, SaveOptions, SaveReport, TagChanges } from '../../index.js'
 * @import { EditRecord } from '../../native/binding.js'
 */

const { checkPath } = require('../arguments/files.js');
const { checkSaveOptions } = require('../arguments/options.js');
const { checkPictures, pictureEdit } = require('../arguments/pictures.js');
const { checkTagChanges } = require('../arguments/tags.js');
const calls = require('../core/calls.js');
const { native } = require('../core/native.js');
const { currentSession } = require('../core/session.js');

/**
 * Resolves to what was lost, if the options ask for it.
 *
 * @param {string} file
 * @param {EditRecord} edit
 * @param {ReturnType<typeof checkSaveOptions>} options
 * @returns {Promise<SaveReport | undefined>}
 */
async function save(file, edit, { signal, save: options }) {
  const session = currentSession();
  const path = checkPath('save', file);
  const lost = await calls.submit(
    (cancellation) => native().save(session, path, edit, options, cancellation),
    { signal, errorContext: { path: file } },
  );
  return lost && { lost };
}

/**
 * @param {string} file
 * @param {TagChanges} tags
 * @param {SaveOptions} [options]
 */
function writeTags(file, tags, options) {
  return calls.fromCallSite(writeTags, () => saveTags(file, tags, options));
}

/**
 * taglib-wasm's name for `writeTags`.
 *
 * @param {string} file
 * @param {TagChanges} tags
 * @param {SaveOptions} [options]
 */
function applyTagsToFile(file, tags, options) {
  return calls.fromCallSite(applyTagsToFile, () => saveTags(file, tags, options));
}

/**
 * @param {string} file
 * @param {TagChanges} tags
 * @param {SaveOptions} [options]
 */
function saveTags(file, tags, options) {
  return save(file, checkTagChanges(tags), checkSaveOptions(options));
}

/**
 * @param {string} file
 * @param {Picture[]} pictures
 * @param {SaveOptions} [options]
 */
function applyPicturesToFile(file, pictures, options) {
  return calls.fromCallSite(applyPicturesToFile, () =>
    save(
      file,
      { pictures: pictureEdit('replaceAll', checkPictures(pictures)) },
      checkSaveOptions(options),
    ),
  );
}

/**
 * @param {string} file
 * @param {SaveOptions} [options]
 */
function clearTagsInFile(file, options) {
  return calls.fromCallSite(clearTagsInFile, () =>
    save(file, { clear: true }, checkSaveOptions(options)),
  );
}

module.exports = { applyPicturesToFile, applyTagsToFile, clearTagsInFile, saveTags, writeTags };
