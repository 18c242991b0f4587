'use strict';

/**
 * The functions that change tags and give back the bytes of the changed file.
 * A file named by its path is read and not touched.
 */

const {
  checkPicture,
  checkPictures,
  checkSignalOptions,
  checkTagInput,
} = require('./arguments.js');
const calls = require('./calls.js');
const { native } = require('./native.js');
const { withInput } = require('./read.js');

async function edited(file, edit, { signal }) {
  const session = calls.currentSession();
  calls.throwIfAborted(signal);
  return withInput(file, (input, subject) =>
    calls.submit(
      (cancellation) => native().edited(session, input, edit, cancellation),
      signal,
      subject,
    ),
  );
}

function applyTags(file, tags, options) {
  return calls.fromCallSite(applyTags, () =>
    edited(file, { kind: 'fields', fields: checkTagInput(tags) }, checkSignalOptions(options)),
  );
}

function clearTags(file, options) {
  return calls.fromCallSite(clearTags, () =>
    edited(file, { kind: 'clear' }, checkSignalOptions(options)),
  );
}

function applyPictures(file, pictures, options) {
  return calls.fromCallSite(applyPictures, () =>
    edited(
      file,
      { kind: 'pictures', pictures: checkPictures(pictures) },
      checkSignalOptions(options),
    ),
  );
}

function addPicture(file, picture, options) {
  return calls.fromCallSite(addPicture, () =>
    edited(
      file,
      { kind: 'addPicture', pictures: [checkPicture('picture', picture)] },
      checkSignalOptions(options),
    ),
  );
}

function clearPictures(file, options) {
  return calls.fromCallSite(clearPictures, () =>
    edited(file, { kind: 'pictures', pictures: [] }, checkSignalOptions(options)),
  );
}

/** Type and description are taglib-wasm's. */
function applyCoverArt(file, imageData, mimeType, options) {
  return calls.fromCallSite(applyCoverArt, () => {
    const cover = {
      mimeType,
      data: imageData,
      type: 'FrontCover',
      description: 'Front Cover',
    };
    return edited(
      file,
      { kind: 'pictures', pictures: [checkPicture('cover', cover)] },
      checkSignalOptions(options),
    );
  });
}

function replacePictureByType(file, newPicture, options) {
  return calls.fromCallSite(replacePictureByType, () =>
    edited(
      file,
      { kind: 'replacePicture', pictures: [checkPicture('newPicture', newPicture)] },
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
