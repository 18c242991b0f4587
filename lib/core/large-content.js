'use strict';

/**
 * Passes the content of large files to the addon, which copies it. A copy of 28 MB takes about
 * 20 milliseconds, so it is made in pieces, over several turns of the event loop.
 *
 * @import { FileSource } from '../../native/binding.js'
 */

const { ResourceLimitError } = require('./errors.js');
const { native } = require('./native.js');
const { inOrder, Turns } = require('./turns.js');

/** The largest content that is copied at once, in bytes. That takes about 5 milliseconds. */
const AT_ONCE = 8 << 20;

/** The size of a piece, in bytes. Its copy takes about half a millisecond. */
const PIECE = 512 << 10;

/**
 * Returns what the addon takes for a file, or a promise of it.
 *
 * @param {string | Uint8Array} content The absolute path of a file, or its content, which does not
 *   change until the promise is settled.
 * @returns {string | Uint8Array | Promise<FileSource>}
 */
function fileSource(content) {
  if (typeof content === 'string' || content.byteLength <= AT_ONCE) return content;
  const size = content.byteLength;
  return inOrder(async () => {
    const copy = native().createContent(size);
    if (copy === null) {
      throw new ResourceLimitError('memory', `there is no memory for a copy of ${size} bytes`);
    }
    await eachPiece(content, size, (piece) => native().appendContent(copy, piece));
    return copy;
  });
}

/**
 * Returns a copy of bytes, or a promise of it.
 *
 * @param {Uint8Array} bytes
 * @returns {Uint8Array | Promise<Uint8Array>}
 */
function copyOf(bytes) {
  if (bytes.byteLength <= AT_ONCE) return new Uint8Array(bytes);
  const size = bytes.byteLength;
  return inOrder(async () => {
    const copy = new Uint8Array(size);
    await eachPiece(bytes, size, (piece, offset) => copy.set(piece, offset));
    return copy;
  });
}

/**
 * Returns the content of a blob.
 *
 * @param {Blob} blob
 * @returns {Promise<Uint8Array>}
 */
function contentOf(blob) {
  return inOrder(async () => {
    const content = new Uint8Array(blob.size);
    const turns = new Turns();
    for (let offset = 0; offset < blob.size; offset += PIECE) {
      const piece = await blob.slice(offset, offset + PIECE).arrayBuffer();
      content.set(new Uint8Array(piece), offset);
      await turns.share();
    }
    return content;
  });
}

/**
 * Calls `use` for each piece, over as many turns as it needs.
 *
 * @param {Uint8Array} bytes
 * @param {number} size Their length when the call was made.
 * @param {(piece: Uint8Array, offset: number) => void} use
 */
async function eachPiece(bytes, size, use) {
  const turns = new Turns();
  for (let offset = 0; offset < size; offset += PIECE) {
    if (bytes.byteLength !== size) {
      throw new TypeError('the bytes were transferred or resized before the promise has settled');
    }
    use(bytes.subarray(offset, offset + PIECE), offset);
    await turns.share();
  }
}

module.exports = { contentOf, copyOf, fileSource };
