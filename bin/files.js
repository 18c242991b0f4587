'use strict';

/**
 * Preopens the directories of the files on the command line: the directory of one file
 * at a time, while the command works on it. Symbolic links on the command line are
 * followed, so they are resolved first.
 */

const { realpath } = require('node:fs/promises');
const path = require('node:path');
const { FileOperationError, initialize } = require('../index.js');

/**
 * @typedef {{ path: string, real: string } | { path: string, error: Error }} LocatedFile
 *   `real` is its path without links.
 */

/**
 * Yields each file, with its directory preopened until the next one is asked for.
 *
 * @param {string[]} paths
 * @param {{ readOnly: boolean }} options
 * @returns {AsyncGenerator<LocatedFile, void, undefined>}
 */
async function* locate(paths, { readOnly }) {
  let preopened;
  for (const file of paths) {
    const located = await locateOne(file);
    if ('real' in located) {
      const directory = path.dirname(located.real);
      if (directory !== preopened) await initialize([{ path: directory, readOnly }]);
      preopened = directory;
    }
    yield located;
  }
}

/**
 * @param {string} file
 * @returns {Promise<LocatedFile>}
 */
async function locateOne(file) {
  try {
    return { path: file, real: await realPath(file, 'file') };
  } catch (error) {
    return { path: file, error: /** @type {Error} */ (error) };
  }
}

/**
 * Returns the path without links. Fails with the library's errors.
 *
 * @param {string} name
 * @param {string} kind What is expected there, for the message.
 */
async function realPath(name, kind) {
  try {
    return await realpath(name);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const reason = code === 'ENOENT' ? `ENOENT: no such ${kind}` : message;
    throw new FileOperationError('open', reason, name, { errno: code });
  }
}

/**
 * Returns the record of a located file: the result of `work`, or the error.
 *
 * @template {{ status: string }} R
 * @param {LocatedFile} file
 * @param {(real: string) => Promise<R>} work
 * @returns {Promise<{ path: string } & (R | { status: 'failed', error: Error })>}
 */
async function recordOf(file, work) {
  try {
    if ('error' in file) throw file.error;
    return { path: file.path, ...(await work(file.real)) };
  } catch (error) {
    const failure = /** @type {Error} */ (error);
    if (failure.name === 'AbortError') throw failure;
    return { path: file.path, status: 'failed', error: failure };
  }
}

module.exports = { locate, realPath, recordOf };
