'use strict';

/**
 * What the setters of an open file have changed since it was saved. A save applies it
 * to what the file holds then, so that it changes nothing else.
 *
 * @import { ChapterRecord, ChapterStyle, EditRecord, LyricsRecord, PictureRecord, RatingRecord } from '../../native/binding.js'
 *
 * @typedef {object} Changes
 * @property {Map<string, string[]>} fields By TagLib's keys. No values remove a field.
 * @property {{ mode: 'replaceAll' | 'add', pictures: PictureRecord[] }} [pictures]
 * @property {RatingRecord[]} [ratings]
 * @property {LyricsRecord[]} [lyrics]
 * @property {ChapterRecord[]} [chapters]
 * @property {'quicktime' | 'nero' | 'both'} [mp4ChapterStyle]
 * @property {Uint8Array | null} [bextData] `null` removes the chunk.
 * @property {string | null} [ixml]
 * @property {Map<string, Uint8Array[]>} frames Bodies of ID3v2 frames by their IDs.
 * @property {{ v1: boolean, v2: boolean }} [stripId3]
 */

const { pictureEdit } = require('../arguments/pictures.js');

/** @returns {Changes} */
function noChanges() {
  return { fields: new Map(), frames: new Map() };
}

/** @param {Changes} changes */
function isEmpty({ fields, frames, ...parts }) {
  return fields.size === 0 && frames.size === 0 && Object.keys(parts).length === 0;
}

/**
 * Returns both changes as one. A later change replaces an earlier one of the same part.
 *
 * @param {Changes} earlier
 * @param {Changes} later
 * @returns {Changes}
 */
function combined(earlier, later) {
  /** @type {Changes} */
  const changes = {
    ...earlier,
    ...later,
    fields: new Map([...earlier.fields, ...later.fields]),
    frames: new Map([...earlier.frames, ...later.frames]),
  };
  if (earlier.pictures !== undefined && later.pictures?.mode === 'add') {
    const { mode, pictures } = earlier.pictures;
    changes.pictures = { mode, pictures: [...pictures, ...later.pictures.pictures] };
  }
  if (earlier.stripId3 !== undefined && later.stripId3 !== undefined) {
    changes.stripId3 = {
      v1: earlier.stripId3.v1 || later.stripId3.v1,
      v2: earlier.stripId3.v2 || later.stripId3.v2,
    };
  }
  return changes;
}

/**
 * @param {Changes} changes
 * @returns {EditRecord}
 */
function toEdit({ fields, frames, pictures, mp4ChapterStyle, ...parts }) {
  return {
    ...parts,
    // An enum of napi-rs is a string, but TypeScript wants the enum's own type.
    mp4ChapterStyle: /** @type {ChapterStyle | undefined} */ (mp4ChapterStyle),
    fields: Array.from(fields, ([name, values]) => ({ name, values })),
    ...(pictures && { pictures: pictureEdit(pictures.mode, pictures.pictures) }),
    // The addon's name for it: napi-rs ends a word at each digit.
    ...(frames.size > 0 && {
      id3V2Frames: Array.from(frames, ([id, bodies]) => ({ id, bodies })),
    }),
  };
}

module.exports = { combined, isEmpty, noChanges, toEdit };
