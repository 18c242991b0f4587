'use strict';

/**
 * Random-access sources: files that are read in ranges, wherever they are.
 *
 * @import { RandomAccessSource } from '../../index.js'
 */

const { isObject, rangeError, typeError } = require('../arguments/check.js');

/** A smaller blob is read whole: ranges would take as long, in bytes. */
const SMALL_BLOB = 1 << 20;

/**
 * Returns the source that an argument is, or undefined if it is something else. A `Blob` is one:
 * Node's `fs.openAsBlob` and browsers' files need not be loaded whole.
 *
 * @param {unknown} file
 * @returns {RandomAccessSource | undefined}
 */
function sourceOf(file) {
  if (typeof file === 'string' || ArrayBuffer.isView(file)) return undefined;
  if (typeof Blob !== 'undefined' && file instanceof Blob) {
    return file.size > SMALL_BLOB ? blobSource(file) : undefined;
  }
  if (isObject(file) && typeof file.read === 'function') return checkSource(file);
  return undefined;
}

/** @param {Blob & { name?: string }} blob */
function blobSource(blob) {
  return {
    name: blob.name ?? '',
    size: blob.size,
    /**
     * @param {number} offset
     * @param {number} length
     */
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/**
 * @param {Record<string, any>} source
 * @returns {RandomAccessSource}
 */
function checkSource(source) {
  const { name, size } = source;
  if (typeof name !== 'string') throw typeError('source.name', 'a string', name);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw rangeError('source.size', 'a whole number of bytes', size);
  }
  return /** @type {any} */ (source);
}

module.exports = { sourceOf };
