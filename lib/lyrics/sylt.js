'use strict';

/**
 * The body of a `SYLT` frame (id3.org: id3v2.4.0-frames, section 4.9).
 *
 * @import { checkSyncedLyrics } from './check.js'
 */

const { Buffer } = require('node:buffer');
const { TYPES } = require('./check.js');

const LATIN_1 = 0;
const UTF_16 = 1;
const BYTE_ORDER_MARK = '\uFEFF';

/** The number for times in milliseconds. */
const MILLISECONDS = 2;

/**
 * Encodes a body. UTF-16 is the only Unicode that ID3v2.3 and ID3v2.4 both have.
 *
 * @param {ReturnType<typeof checkSyncedLyrics>[number]} lyrics
 */
function encodeSylt({ language, description, type, lines }) {
  const texts = [description, ...lines.map(({ text }) => text)];
  const isAscii = texts.every((text) => !/[^\0-\x7f]/.test(text));
  /** @param {string} text */
  const encode = (text) =>
    isAscii
      ? Buffer.from(`${text}\0`, 'latin1')
      : Buffer.from(`${BYTE_ORDER_MARK}${text}\0`, 'utf16le');
  const head = Buffer.from([
    isAscii ? LATIN_1 : UTF_16,
    0,
    0,
    0,
    MILLISECONDS,
    TYPES.indexOf(type),
  ]);
  head.write(language, 1, 'latin1');
  const parts = [head, encode(description)];
  for (const { timeMs, text } of lines) {
    const time = Buffer.alloc(4);
    time.writeUInt32BE(timeMs);
    parts.push(encode(text), time);
  }
  return new Uint8Array(Buffer.concat(parts));
}

module.exports = { encodeSylt, MILLISECONDS };
