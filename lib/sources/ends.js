'use strict';

/**
 * How much of a file is fetched first, by its extension. Most files then need nothing else, unless
 * they have a large picture.
 *
 * @typedef {object} Ends In bytes.
 * @property {number} head
 * @property {number} tail
 * @property {number} tags How much is fetched of tags that are elsewhere.
 */

/** The tags at the start, and those that many formats have at the end. @type {Ends} */
const USUAL = { head: 64 << 10, tail: 16 << 10, tags: 48 << 10 };

/**
 * The last page of an Ogg stream tells its length. It has at most 64 KiB, and rarely more than
 * 48: a second of audio at 384 kbit/s. The page on which a picture ends may be as long, and all of
 * it is fetched.
 *
 * @type {Ends}
 */
const OGG = { head: 36 << 10, tail: 48 << 10, tags: 48 << 10 };

/**
 * The start tells where the tags are, which are often at the end. A table of all frames, four bytes
 * for each, comes before them.
 *
 * @type {Ends}
 */
const MP4 = { head: 16 << 10, tail: 0, tags: 128 << 10 };

/** The start tells where the tags are. @type {Ends} */
const CHUNKS = { head: 64 << 10, tail: 0, tags: 48 << 10 };

/** @type {Readonly<Record<string, Ends>>} */
const BY_EXTENSION = {
  ogg: OGG,
  oga: OGG,
  opus: OGG,
  spx: OGG,
  m4a: MP4,
  m4b: MP4,
  mp4: MP4,
  wav: CHUNKS,
  aif: CHUNKS,
  aiff: CHUNKS,
};

/**
 * @param {string} name
 * @returns {Ends}
 */
function endsOf(name) {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : USUAL;
}

module.exports = { endsOf };
