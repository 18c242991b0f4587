'use strict';

/**
 * The file that a call is about: a path, or bytes.
 *
 * @import { ReadInput } from '../../index.js'
 * @import { ErrorContext } from '../core/errors.js'
 *
 * @typedef {object} FileInput
 * @property {string | Uint8Array} content An absolute path, or bytes.
 * @property {ErrorContext} errorContext Names the path as the caller wrote it.
 */

const path = require('node:path');
const process = require('node:process');
const { fileURLToPath } = require('node:url');
const { FileOperationError } = require('../core/errors.js');
const { contentOf } = require('../core/large-content.js');
const { describe, isObject, typeError } = require('./check.js');

/**
 * Returns the input of a call, or a promise of it for a `Blob` or `File`, whose bytes are read
 * asynchronously.
 *
 * @param {ReadInput} file
 * @returns {FileInput | Promise<FileInput>}
 */
function checkFile(file) {
  if (typeof file === 'string') return pathInput(absolutePath(file), file);
  if (isBytes(file)) return bytesInput(toBytes(file));
  if (typeof Blob !== 'undefined' && file instanceof Blob) {
    return contentOf(file).then(bytesInput);
  }
  if (file instanceof URL) {
    const path = fileUrlPath(file);
    return pathInput(path, path);
  }
  if (isObject(file) && 'data' in file && isBytes(file.data) && typeof file.name === 'string') {
    return bytesInput(toBytes(file.data));
  }
  throw new FileOperationError(
    'read',
    'the file must be a path, a file: URL, a Uint8Array, an ArrayBuffer, a File or ' +
      `{ name, data }, not ${describe(file)}`,
    undefined,
    { errno: 'EINVAL' },
  );
}

/**
 * @param {string} absolute
 * @param {string} asGiven
 * @returns {FileInput}
 */
function pathInput(absolute, asGiven) {
  return { content: absolute, errorContext: { path: asGiven } };
}

/**
 * @param {Uint8Array} bytes
 * @returns {FileInput}
 */
function bytesInput(bytes) {
  return { content: bytes, errorContext: { bufferSize: bytes.byteLength } };
}

/**
 * Returns the absolute form of an operation's path.
 *
 * @param {string} operation
 * @param {unknown} file
 */
function checkPath(operation, file) {
  if (typeof file === 'string') return absolutePath(file);
  throw new FileOperationError(
    operation,
    `EINVAL: the path must be a string, not ${describe(file)}`,
    undefined,
    { errno: 'EINVAL' },
  );
}

/** @param {unknown} files */
function checkFiles(files) {
  if (!Array.isArray(files)) throw typeError('files', 'an array of files', files);
}

/** @param {string} file */
function absolutePath(file) {
  if (file === '') {
    throw new FileOperationError('open', 'ENOENT: the path is empty', file, { errno: 'ENOENT' });
  }
  if (file.includes('\0')) {
    throw new FileOperationError('open', 'EINVAL: the path contains a NUL', file, {
      errno: 'EINVAL',
    });
  }
  // Joined, not normalized: the sandbox resolves `..`, which may follow a link.
  return path.isAbsolute(file) ? file : `${process.cwd()}${path.sep}${file}`;
}

/** @param {URL} url */
function fileUrlPath(url) {
  try {
    return absolutePath(fileURLToPath(url));
  } catch (error) {
    if (error instanceof FileOperationError) throw error;
    const { message } = /** @type {Error} */ (error);
    throw new FileOperationError('open', `EINVAL: ${message}`, url.href, { errno: 'EINVAL' });
  }
}

/**
 * @param {unknown} value
 * @returns {value is Uint8Array | ArrayBuffer | SharedArrayBuffer}
 */
function isBytes(value) {
  return value instanceof Uint8Array || isBuffer(value);
}

/**
 * @param {unknown} value
 * @returns {value is ArrayBuffer | SharedArrayBuffer}
 */
function isBuffer(value) {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/**
 * Returns bytes that the addon may copy. Shared memory could change during that copy,
 * so the JavaScript engine copies it here. (`slice` would not do: in Node's Buffer it
 * copies nothing.)
 *
 * @param {Uint8Array | ArrayBuffer | SharedArrayBuffer} value
 */
function toBytes(value) {
  const bytes = isBuffer(value) ? new Uint8Array(value) : value;
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}

/**
 * Returns the name of a file of a batch, for progress and results.
 *
 * @param {ReadInput} file
 * @param {number} index
 */
function nameOf(file, index) {
  if (typeof file === 'string') return file;
  const { name } = /** @type {{ name?: unknown }} */ (file ?? {});
  if (typeof name === 'string') return name;
  return file instanceof URL ? file.href : `buffer-${index}`;
}

module.exports = { absolutePath, checkFile, checkFiles, checkPath, isBytes, nameOf, toBytes };
