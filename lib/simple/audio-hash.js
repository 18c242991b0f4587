'use strict';

/**
 * Hashes the audio of a file.
 *
 * @import { AudioHashOptions, ReadInput } from '../../index.js'
 * @import { FileSource } from '../../native/binding.js'
 */

const { checkFile } = require('../arguments/files.js');
const { checkAudioHashOptions } = require('../arguments/options.js');
const { throwIfAborted } = require('../core/aborts.js');
const calls = require('../core/calls.js');
const { fileSource } = require('../core/large-content.js');
const { native } = require('../core/native.js');
const { currentSession } = require('../core/session.js');
const { sourceOf } = require('../sources/random-access.js');

/**
 * @param {ReadInput} file
 * @param {AudioHashOptions} [options]
 * @returns {Promise<string | undefined>}
 */
function readAudioHash(file, options) {
  return calls.fromCallSite(readAudioHash, async () => {
    const { signal, transfer } = checkAudioHashOptions(options);
    throwIfAborted(signal);
    const session = currentSession();
    const remote = sourceOf(file);
    if (remote !== undefined) {
      // Loaded when it is used: most apps hash files by their paths.
      const { hashSource } = require('../sources/read-source.js');
      return hashSource({ session, source: remote, signal, transfer });
    }
    const { content, errorContext } = await checkFile(file);
    const source = await fileSource(content);
    return hashOf(source, { session, signal, errorContext });
  });
}

/**
 * @param {FileSource} source
 * @param {calls.SubmitOptions & { session: ReturnType<typeof currentSession> }} options
 * @returns {Promise<string | undefined>}
 */
function hashOf(source, { session, ...options }) {
  return calls.submit(
    (cancellation) => native().readAudioHash(session, source, cancellation),
    options,
  );
}

module.exports = { hashOf, readAudioHash };
