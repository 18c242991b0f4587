'use strict';

/**
 * The named fields of tags that are not text, and what `writeTags` takes for each.
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
  // What `readTags` gives besides fields.
  pictures: 'not a field',
  ratings: 'not a field',
  chapters: 'not a field',
  bext: 'not a field',
  bextData: 'not a field',
  ixml: 'not a field',
});

module.exports = { FIELD_TYPES };
