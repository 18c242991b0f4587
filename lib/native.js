'use strict';

/**
 * The addon, or a clear word on why it can't be loaded.
 *
 * `native/binding.js` is napi-rs's generated loader: it knows the platforms
 * and their packages. A failure is kept until the first call, so that a
 * program can import this package and still handle its absence.
 */

const { TagLibInitializationError } = require('./errors.js');

let binding;
let loadError;
try {
  binding = require('../native/binding.js');
} catch (error) {
  loadError = error;
}

function native() {
  if (binding) return binding;
  throw new TagLibInitializationError(
    `the addon for ${process.platform} ${process.arch} can't be loaded. ` +
      'Install it again on this very platform (`npm install taglib-wasi`, and not with ' +
      '--omit=optional or a copied node_modules); in a clone of the repository run `npm start`. ' +
      `What was tried: ${attempts(loadError).join('; ')}`,
    { cause: loadError },
  );
}

/** The loader's own message blames npm; what each attempt came to is in its causes. */
function attempts(error) {
  const messages = [];
  for (let cause = error.cause ?? error; cause; cause = cause.cause) {
    const [line] = cause.message.split('\n');
    if (!messages.includes(line)) messages.push(line);
  }
  return messages;
}

/** Why the addon can't be loaded, or undefined where it is. */
function loadFailure() {
  return loadError;
}

module.exports = { loadFailure, native };
