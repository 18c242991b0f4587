'use strict';

/**
 * The names of properties: taglib-wasm's, such as `albumArtist`, and TagLib's keys, such
 * as `ALBUMARTIST`. A file has keys; a name or a key of any case finds them.
 */

const { MetadataError } = require('../core/errors.js');
const { PROPERTIES } = require('../tables/properties.js');

/** @type {Map<string, string>} */
const KEYS = new Map(Object.entries(PROPERTIES).map(([name, { key }]) => [name, key]));
KEYS.set('year', 'DATE');
KEYS.set('track', 'TRACKNUMBER');
KEYS.set('disc', 'DISCNUMBER');

/** @type {Map<string, string>} */
const NAMES = new Map(Object.entries(PROPERTIES).map(([name, { key }]) => [key, name]));

/**
 * The names that taglib-wasm stores beside the properties, and that are no properties.
 */
const NOT_PROPERTIES = new Set([
  'bextData',
  'bitrate',
  'bitrateMode',
  'bitsPerSample',
  'channels',
  'chapters',
  'codec',
  'containerFormat',
  'duration',
  'formatVersion',
  'id3Tags',
  'id3v2Frames',
  'isEncrypted',
  'isLossless',
  'ixml',
  'length',
  'lengthMs',
  'mpegLayer',
  'mpegVersion',
  'outputGainDb',
  'pictures',
  'ratings',
  'sampleRate',
]);

/** The key of the lyrics, which are not among the other fields. */
const LYRICS = 'LYRICS';

/**
 * Returns TagLib's key for a name or a key.
 *
 * @param {string} name
 */
function keyOf(name) {
  // Only ASCII: no format has other letters in keys that ignore case.
  return KEYS.get(name) ?? name.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

/**
 * Returns taglib-wasm's name for a key, or the key.
 *
 * @param {string} key
 */
function nameOf(key) {
  return NAMES.get(key) ?? key;
}

/** @param {string} name */
function isProperty(name) {
  return !NOT_PROPERTIES.has(name);
}

/** @param {string} name */
function refuseOther(name) {
  if (isProperty(name)) return;
  throw new MetadataError('write', 'it is not a property of the tags', name);
}

module.exports = { isProperty, keyOf, LYRICS, nameOf, refuseOther };
