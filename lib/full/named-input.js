'use strict';

/** Recognizes an input that consists of bytes and a name. */

/**
 * @param {import('../../index.js').AudioFileInput} input
 * @returns {input is import('../../index.js').NamedAudioInput}
 */
function isNamedAudioInput(input) {
  return (
    typeof input === 'object' &&
    input !== null &&
    'name' in input &&
    'data' in input &&
    !(typeof File !== 'undefined' && input instanceof File) &&
    !(input instanceof Uint8Array) &&
    !(input instanceof ArrayBuffer)
  );
}

module.exports = { isNamedAudioInput };
