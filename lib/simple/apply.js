'use strict';

/**
 * The functions that apply a change and give the bytes of the changed file. A
 * file named by its path is read and not touched.
 *
 * @import { AudioFileInput, Picture, SignalOptions, TagInput } from '../../index.js'
 * @import { EditRecord } from '../../native/binding.js'
 */

const { checkFile } = require('../arguments/files.js');
const { checkSignalOptions } = require('../arguments/options.js');
const { checkPicture, checkPictures, checkTagInput, pictureEdit } = require('../arguments/tags.js');
const { throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { native } = require('../core/native.js');
const { currentSession } = require('../core/session.js');

/**
 * @param {AudioFileInput | URL} file
 * @param {EditRecord} edit
 * @param {{ signal?: AbortSignal }} options
 */
async function apply(file, edit, { signal }) {
  const session = currentSession();
  throwIfAborted(signal);
  const input = checkFile(file);
  const { content, errorContext } = input instanceof Promise ? await input : input;
  const bytes = calls.snapshot(content);
  return calls.submit((cancellation) => native().apply(session, bytes, edit, cancellation), {
    signal,
    errorContext,
  });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {TagInput} tags
 * @param {SignalOptions} [options]
 */
function applyTags(file, tags, options) {
  return calls.fromCallSite(applyTags, () =>
    apply(file, { fields: checkTagInput(tags) }, checkSignalOptions(options)),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function clearTags(file, options) {
  return calls.fromCallSite(clearTags, () =>
    apply(file, { clear: true }, checkSignalOptions(options)),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {Picture[]} pictures
 * @param {SignalOptions} [options]
 */
function applyPictures(file, pictures, options) {
  return calls.fromCallSite(applyPictures, () =>
    apply(
      file,
      { pictures: pictureEdit('replaceAll', checkPictures(pictures)) },
      checkSignalOptions(options),
    ),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {Picture} picture
 * @param {SignalOptions} [options]
 */
function addPicture(file, picture, options) {
  return calls.fromCallSite(addPicture, () =>
    apply(
      file,
      { pictures: pictureEdit('add', [checkPicture('picture', picture)]) },
      checkSignalOptions(options),
    ),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function clearPictures(file, options) {
  return calls.fromCallSite(clearPictures, () =>
    apply(file, { pictures: pictureEdit('replaceAll', []) }, checkSignalOptions(options)),
  );
}

/**
 * The picture has the type and the description that taglib-wasm gives it.
 *
 * @param {AudioFileInput | URL} file
 * @param {Uint8Array} imageData
 * @param {string} mimeType
 * @param {SignalOptions} [options]
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
      checkSignalOptions(options),
    );
  });
}

/**
 * @param {AudioFileInput | URL} file
 * @param {Picture} newPicture
 * @param {SignalOptions} [options]
 */
function replacePictureByType(file, newPicture, options) {
  return calls.fromCallSite(replacePictureByType, () =>
    apply(
      file,
      { pictures: pictureEdit('replaceType', [checkPicture('newPicture', newPicture)]) },
      checkSignalOptions(options),
    ),
  );
}

module.exports = {
  addPicture,
  applyCoverArt,
  applyPictures,
  applyTags,
  clearPictures,
  clearTags,
  replacePictureByType,
};
