'use strict';

/**
 * Finds the synced lyrics that a change with `keepOthers` must write again, as they are stored:
 * those with other names than the given ones.
 *
 * @import { ReadInput, NativeElement } from '../../index.js'
 */

const { createHash } = require('node:crypto');
const { read } = require('../simple/read-file.js');
const { parseLrc } = require('./lrc.js');
const { keyOf } = require('./names.js');

/** The identifiers of the frame, in ID3v2.3 and in ID3v2.2. */
const SYNCED_LYRICS = new Set(['SYLT', 'SLT']);

/**
 * Returns the bodies of the `SYLT` frames with other names. TagLib gives the bodies, and the
 * native view has their names.
 *
 * @param {ReadInput} file
 * @param {ReadonlySet<string>} keys The keys of the given names.
 * @param {{ signal?: AbortSignal }} options
 * @returns {Promise<Uint8Array[]>}
 */
async function otherFrames(file, keys, options) {
  /** @type {NativeElement[]} */
  const elements = await read(file, 'native', options);
  const given = new Set(
    elements
      .filter((element) => SYNCED_LYRICS.has(element.id) && keys.has(keyOf(element)))
      .map((element) => element.type === 'bytes' && element.sha256),
  );
  /** @type {{ id: string, data: Uint8Array }[]} */
  const frames = (await read(file, 'frames', options)) ?? [];
  return frames
    .filter(({ id, data }) => SYNCED_LYRICS.has(id) && !given.has(sha256(data)))
    .map(({ data }) => data);
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Returns the values of the field for LRC that have other names, or no times.
 *
 * @param {ReadInput} file
 * @param {string} field
 * @param {ReadonlySet<string>} keys The keys of the given names.
 * @param {{ signal?: AbortSignal }} options
 * @returns {Promise<string[]>}
 */
async function otherTexts(file, field, keys, options) {
  const { [field]: texts = [] } = await read(file, 'tags', options);
  return texts.filter((/** @type {string} */ text) => {
    const { headers, lines } = parseLrc(text);
    const names = { language: headers.la, description: headers.description };
    return lines.length === 0 || !keys.has(keyOf(names));
  });
}

module.exports = { otherFrames, otherTexts };
