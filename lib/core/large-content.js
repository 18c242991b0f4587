'use strict';

/**
 * Passes the content of large files to the addon, which copies it. A copy of 28 MB takes about
 * 20 milliseconds, so it is made in pieces, over several turns of the event loop.
 *
 * @import { ExternalObject, FileSource, LargeContent } from '../../native/binding.js'
 */

const { ResourceLimitError } = require('./errors.js');
const { native } = require('./native.js');
const { inOrder, Turns } = require('./turns.js');

/** The largest content that is copied at once, in bytes. That takes about 5 milliseconds. */
const AT_ONCE = 8 << 20;

/** The size of a piece, in bytes. Its copy takes about half a millisecond. */
const PIECE = 512 << 10;

/** The largest content that the addon takes, in bytes. */
const MAX_SIZE = 2 ** 32 - 1;

/**
 * Returns what the addon takes for a file, or a promise of it.
 *
 * @param {string | Uint8Array} content The absolute path of a file, or its content, which does not
 *   change until the promise is settled.
 * @returns {string | Uint8Array | Promise<FileSource>}
 */
function fileSource(content) {
  return typeof content === 'string' ? content : contentSource(content);
}

/**
 * Returns what the addon takes for content, or a promise of it.
 *
 * @param {Uint8Array} content It does not change until the promise is settled.
 * @returns {Uint8Array | Promise<ExternalObject<LargeContent>>}
 */
function contentSource(content) {
  const size = content.byteLength;
  if (size <= AT_ONCE) return content;
  return inOrder(async () => {
    const copy = emptyContent(size);
    await eachPiece(content, size, (piece) => native().appendContent(copy, piece));
    return copy;
  });
}

/**
 * Returns what the addon takes for content: the UTF-8 encoding of a text.
 *
 * @param {Iterable<string>} parts The text. Each part takes a turn of the event loop, or less.
 * @returns {Promise<ExternalObject<LargeContent>>}
 */
function textSource(parts) {
  return inOrder(async () => {
    const turns = new Turns();
    const pieces = [];
    let size = 0;
    for (const part of parts) {
      const piece = Buffer.from(part);
      pieces.push(piece);
      size += piece.byteLength;
      await turns.share();
    }
    const content = emptyContent(size);
    for (const piece of pieces) {
      native().appendContent(content, piece);
      await turns.share();
    }
    return content;
  });
}

/**
 * Makes room for content of the addon.
 *
 * @param {number} size In bytes.
 */
function emptyContent(size) {
  const content = size <= MAX_SIZE ? native().createContent(size) : null;
  if (content !== null) return content;
  throw new ResourceLimitError('memory', `there is no memory for a copy of ${size} bytes`);
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

module.exports = { contentOf, contentSource, copyOf, fileSource, textSource };
