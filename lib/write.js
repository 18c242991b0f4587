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

async function apply(file, edit, { signal }) {
  const session = calls.currentSession();
  calls.throwIfAborted(signal);
  return withInput(file, (input, subject) =>
    calls.submit(
      (cancellation) => native().apply(session, input, edit, cancellation),
      signal,
      subject,
    ),
  );
}

function applyTags(file, tags, options) {
  return calls.fromCallSite(applyTags, () =>
    apply(file, { fields: checkTagInput(tags) }, checkSignalOptions(options)),
  );
}

function clearTags(file, options) {
  return calls.fromCallSite(clearTags, () =>
    apply(file, { clear: true }, checkSignalOptions(options)),
  );
}

function applyPictures(file, pictures, options) {
  return calls.fromCallSite(applyPictures, () =>
    apply(
      file,
      { pictures: { mode: 'replaceAll', pictures: checkPictures(pictures) } },
      checkSignalOptions(options),
    ),
  );
}

function addPicture(file, picture, options) {
  return calls.fromCallSite(addPicture, () =>
    apply(
      file,
      { pictures: { mode: 'add', pictures: [checkPicture('picture', picture)] } },
      checkSignalOptions(options),
    ),
  );
}

function clearPictures(file, options) {
  return calls.fromCallSite(clearPictures, () =>
    apply(file, { pictures: { mode: 'replaceAll', pictures: [] } }, checkSignalOptions(options)),
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
    return apply(
      file,
      { pictures: { mode: 'replaceAll', pictures: [checkPicture('cover', cover)] } },
      checkSignalOptions(options),
    );
  });
}

function replacePictureByType(file, newPicture, options) {
  return calls.fromCallSite(replacePictureByType, () =>
    apply(
      file,
      { pictures: { mode: 'replaceType', pictures: [checkPicture('newPicture', newPicture)] } },
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
