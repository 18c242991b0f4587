'use strict';

/**
 * Writes the file that `-o` names, whole or not at all. Only a file of the same kind is replaced:
 * `-o song.mp3` must not destroy a song.
 */

const { randomBytes } = require('node:crypto');
const { open, realpath, rename, stat, unlink } = require('node:fs/promises');
const path = require('node:path');
const { UserError } = require('../reporter.js');

/** The mark of a kind is within so many bytes of the start or of the end. */
const EDGE = 1024;

/**
 * @typedef {object} Kind
 * @property {string} name Such as "report".
 * @property {(start: string, end: string) => boolean} isOurs Whether a file with these edges was
 *   written by this program.
 */

/**
 * Fails if the file exists and is of another kind.
 *
 * @param {string} file
 * @param {Kind} kind
 * @param {boolean} force Whether any file is replaced.
 */
async function checkReplaceable(file, kind, force) {
  const edges = await edgesOf(file, kind);
  if (edges === undefined || force || kind.isOurs(edges.start, edges.end)) return;
  throw new UserError(
    `${file} exists and is not a ${kind.name} of taglib-wasi; name another file, or add --force to replace it`,
  );
}

/**
 * Returns the start and the end of the file, or undefined if the file does not exist.
 *
 * @param {string} file
 * @param {Kind} kind
 */
async function edgesOf(file, kind) {
  let handle;
  try {
    // A pipe that is opened would wait for a writer.
    const stats = await stat(file);
    if (!stats.isFile()) throw new UserError(`${file} is not a regular file`);
    handle = await open(file, 'r');
    const start = await handle.read(Buffer.alloc(EDGE), 0, EDGE, 0);
    const end = await handle.read(Buffer.alloc(EDGE), 0, EDGE, Math.max(0, stats.size - EDGE));
    return { start: textOf(start), end: textOf(end) };
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw asUserError(error, kind);
  } finally {
    await handle?.close();
  }
}

/** @param {{ buffer: Buffer, bytesRead: number }} part */
function textOf({ buffer, bytesRead }) {
  return buffer.toString('utf8', 0, bytesRead);
}

/** A temporary file beside the file, which replaces it when everything is written. */
class WholeFile {
  #file;
  #target;
  #temporary;
  #handle;
  #kind;
  #force;

  /**
   * @param {string} file
   * @param {Kind} kind
   * @param {{ force: boolean }} options
   */
  static async create(file, kind, { force }) {
    await checkReplaceable(file, kind, force);
    // Where a link leads to, so that the link stays.
    const target = await realpath(file).catch(() => file);
    const suffix = randomBytes(6).toString('hex');
    const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${suffix}.tmp`);
    try {
      const handle = await open(temporary, 'wx');
      return new WholeFile({ file, target, temporary, handle, kind, force });
    } catch (error) {
      throw asUserError(error, kind);
    }
  }

  /**
   * @private
   * @param {{ file: string, target: string, temporary: string,
   *   handle: import('node:fs/promises').FileHandle, kind: Kind, force: boolean }} parts
   */
  constructor({ file, target, temporary, handle, kind, force }) {
    this.#file = file;
    this.#target = target;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#kind = kind;
    this.#force = force;
  }

  /** @param {string | Uint8Array} content */
  async write(content) {
    try {
      await this.#handle.writeFile(content);
    } catch (error) {
      throw asUserError(error, this.#kind);
    }
  }

  /** Replaces the file. */
  async commit() {
    try {
      // A crash after the rename must not leave an empty file.
      await this.#handle.sync();
      await this.#handle.close();
      await checkReplaceable(this.#file, this.#kind, this.#force);
      await rename(this.#temporary, this.#target);
    } catch (error) {
      throw asUserError(error, this.#kind);
    }
  }

  /** Removes what was written. */
  async discard() {
    await this.#handle.close().catch(() => {});
    await unlink(this.#temporary).catch(() => {});
  }
}

/**
 * @param {unknown} error
 * @param {Kind} kind
 */
function asUserError(error, { name }) {
  const { message, code } = /** @type {NodeJS.ErrnoException} */ (error);
  return code === undefined || typeof code !== 'string'
    ? /** @type {Error} */ (error)
    : new UserError(`can't write the ${name}: ${message}`);
}

module.exports = { WholeFile, checkReplaceable };
