'use strict';

/**
 * The functions that apply a change and return the bytes of the changed file. A file
 * given by its path is only read.
 *
 * @import { ApplyOptions, AudioFileInput, Picture, TagChanges } from '../../index.js'
 * @import { EditRecord, LossPolicy } from '../../native/binding.js'
 */

const { checkFile } = require('../arguments/files.js');
const { checkApplyOptions } = require('../arguments/options.js');
const { checkPicture, checkPictures, pictureEdit } = require('../arguments/pictures.js');
const { checkTagChanges } = require('../arguments/tags.js');
const { throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { fileSource } = require('../core/large-content.js');
const { native } = require('../core/native.js');
const { currentSession } = require('../core/session.js');

/**
 * @param {AudioFileInput | URL} file
 * @param {EditRecord} edit
 * @param {{ signal?: AbortSignal, onLoss: LossPolicy }} options
 */
async function apply(file, edit, { signal, onLoss }) {
  const session = currentSession();
  throwIfAborted(signal);
  const input = checkFile(file);
  const { content, errorContext } = input instanceof Promise ? await input : input;
  const copying = fileSource(content);
  // Small content must be copied before this function returns.
  const source = copying instanceof Promise ? await copying : copying;
  return calls.submit(
    (cancellation) => native().apply(session, source, edit, cancellation, onLoss),
    { signal, errorContext },
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {TagChanges} tags
 * @param {ApplyOptions} [options]
 */
function applyTags(file, tags, options) {
  return calls.fromCallSite(applyTags, () =>
    apply(file, checkTagChanges(tags), checkApplyOptions(options)),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {ApplyOptions} [options]
 */
function clearTags(file, options) {
  return calls.fromCallSite(clearTags, () =>
    apply(file, { clear: true }, checkApplyOptions(options)),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {Picture[]} pictures
 * @param {ApplyOptions} [options]
 */
function applyPictures(file, pictures, options) {
  return calls.fromCallSite(applyPictures, () =>
    apply(
      file,
      { pictures: pictureEdit('replaceAll', checkPictures(pictures)) },
      checkApplyOptions(options),
    ),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {Picture} picture
 * @param {ApplyOptions} [options]
 */
function addPicture(file, picture, options) {
  return calls.fromCallSite(addPicture, () =>
    apply(
      file,
      { pictures: pictureEdit('add', [checkPicture('picture', picture)]) },
      checkApplyOptions(options),
    ),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {ApplyOptions} [options]
 */
function clearPictures(file, options) {
  return calls.fromCallSite(clearPictures, () =>
    apply(file, { pictures: pictureEdit('replaceAll', []) }, checkApplyOptions(options)),
  );
}

/**
 * The picture has the type and the description that taglib-wasm gives it.
 *
 * @param {AudioFileInput | URL} file
 * @param {Uint8Array} imageData
 * @param {string} mimeType
 * @param {ApplyOptions} [options]
 */
function applyCoverArt(file, imageData, mimeType, options) {
  return calls.fromCallSite(applyCoverArt, () => {
    const cover = checkPicture('cover', {
      mimeType,
      data: imageData,
      type: 'FrontCover',
      description: 'Front Cover',
    });
    return apply(
      file,
      { pictures: pictureEdit('replaceAll', [cover]) },
      checkApplyOptions(options),
    );
  });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {Picture} newPicture
 * @param {ApplyOptions} [options]
 */
function replacePictureByType(file, newPicture, options) {
  return calls.fromCallSite(replacePictureByType, () =>
    apply(
      file,
      { pictures: pictureEdit('replaceType', [checkPicture('newPicture', newPicture)]) },
      checkApplyOptions(options),
    ),
  );
}

module.exports = {
  addPicture,
  apply,
  applyCoverArt,
  applyPictures,
  applyTags,
  clearPictures,
  clearTags,
  replacePictureByType,
};
