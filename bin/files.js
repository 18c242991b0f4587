'use strict';

/**
 * From the paths on the command line to preopened directories: a file's own
 * directory, and no other, while the command works on it. Symbolic links on the
 * command line are meant to be followed, so they are resolved first.
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
 * The path without links; fails as the library does.
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
 * The record of a located file: what `work` makes of it, or why that failed.
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
