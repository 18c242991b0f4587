'use strict';

/**
 * Writes a report to a file, whole or not at all. Only an earlier report is replaced: `-o
 * song.mp3` must not destroy a song.
 */

const { randomBytes } = require('node:crypto');
const { open, realpath, rename, stat, unlink } = require('node:fs/promises');
const path = require('node:path');
const { UserError } = require('../reporter.js');

/** How reports begin, in HTML and in JSON. A song may have the mark in its title. */
const BEGINNINGS = [
  /^<!doctype html>[^\0]*<meta name="generator" content="taglib-wasi report">/,
  /^\{"generator":"taglib-wasi report"/,
];
/** The mark is within so many bytes. */
const HEAD = 1024;

/**
 * Fails if the file exists and is not a report.
 *
 * @param {string} file
 * @param {boolean} force Whether any file is replaced.
 */
async function checkReplaceable(file, force) {
  const head = await headOf(file);
  if (head === undefined || force || BEGINNINGS.some((beginning) => beginning.test(head))) return;
  throw new UserError(
    `${file} exists and is not a report of taglib-wasi; name another file, or add --force to replace it`,
  );
}

/**
 * Returns the start of the file, or undefined if the file does not exist.
 *
 * @param {string} file
 */
async function headOf(file) {
  let handle;
  try {
    // A pipe that is opened would wait for a writer.
    if (!(await stat(file)).isFile()) throw new UserError(`${file} is not a regular file`);
    handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw asUserError(error);
  } finally {
    await handle?.close();
  }
}

/**
 * Writes the parts to a temporary file beside the file, and renames it.
 *
 * @param {string} file
 * @param {Iterable<string>} parts
 * @param {{ force: boolean, signal: AbortSignal }} options
 */
async function writeReport(file, parts, { force, signal }) {
  const target = await targetOf(file);
  const suffix = randomBytes(6).toString('hex');
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${suffix}.tmp`);
  try {
    await writeNew(temporary, parts, signal);
    await checkReplaceable(file, force);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw asUserError(error);
  }
}

/**
 * Returns the file that is replaced: where a link leads to, so that the link stays.
 *
 * @param {string} file
 */
async function targetOf(file) {
  return realpath(file).catch(() => file);
}

/**
 * @param {string} file
 * @param {Iterable<string>} parts
 * @param {AbortSignal} signal
 */
async function writeNew(file, parts, signal) {
  const handle = await open(file, 'wx');
  try {
    for (const part of parts) {
      signal.throwIfAborted();
      await handle.writeFile(part);
    }
    // A crash after the rename must not leave an empty report.
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @param {unknown} error */
function asUserError(error) {
  const { message, code } = /** @type {NodeJS.ErrnoException} */ (error);
  return code === undefined || typeof code !== 'string'
    ? /** @type {Error} */ (error)
    : new UserError(`can't write the report: ${message}`);
}

module.exports = { checkReplaceable, writeReport };
