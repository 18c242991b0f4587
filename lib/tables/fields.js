'use strict';

/**
 * The named entries of tags that are not text fields, and what `writeTags` takes for
 * each.
 *
 * @type {typeof import('../../index.js').FIELD_TYPES}
 */
const FIELD_TYPES = Object.freeze({
  year: 'number',
  track: 'number',
  totalTracks: 'number',
  discNumber: 'number',
  totalDiscs: 'number',
  bpm: 'number',
  compilation: 'boolean',
  lyrics: 'lyrics',
  pictures: 'pictures',
  ratings: 'ratings',
  chapters: 'chapters',
  bext: 'read-only',
  bextData: 'bytes',
  ixml: 'xml',
  id3v2Frames: 'frames',
});

module.exports = { FIELD_TYPES };
