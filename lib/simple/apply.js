'use strict';

/**
 * The functions that apply a change and give the bytes of the changed file. A
 * file named by its path is read and not touched.
 *
 * @import { AudioFileInput, Picture, SignalOptions, TagInput } from '../../index.js'
 * @import { EditKind, EditRecord } from '../../native/binding.js'
 */

const { checkFile } = require('../arguments/files.js');
const { checkSignalOptions } = require('../arguments/options.js');
const { checkPicture, checkPictures, checkTagInput } = require('../arguments/tags.js');
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
  return calls.submit((cancellation) => native().edited(session, bytes, edit, cancellation), {
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
    apply(file, { kind: kind('fields'), fields: checkTagInput(tags) }, checkSignalOptions(options)),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {SignalOptions} [options]
 */
function clearTags(file, options) {
  return calls.fromCallSite(clearTags, () =>
    apply(file, { kind: kind('clear') }, checkSignalOptions(options)),
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
      { kind: kind('pictures'), pictures: checkPictures(pictures) },
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
      { kind: kind('addPicture'), pictures: [checkPicture('picture', picture)] },
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
    apply(file, { kind: kind('pictures'), pictures: [] }, checkSignalOptions(options)),
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
    return apply(file, { kind: kind('pictures'), pictures: [cover] }, checkSignalOptions(options));
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
      { kind: kind('replacePicture'), pictures: [checkPicture('newPicture', newPicture)] },
      checkSignalOptions(options),
    ),
  );
}

/**
 * @param {`${EditKind}`} name
 * @returns {EditKind}
 */
function kind(name) {
  return /** @type {EditKind} */ (name);
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
