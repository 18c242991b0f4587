'use strict';

/**
 * MP4's items, such as `©nam` and `----:com.apple.iTunes:MOOD`, as properties.
 *
 * TagLib translates items into properties and back. An item that it does not translate
 * can be read if the addon gives it, but not written.
 */

const { PROPERTIES } = require('../tables/properties.js');
const { keyOf } = require('./keys.js');

/** What precedes the name of iTunes' own free-form items. */
const FREE_FORM = '----:com.apple.iTunes:';

/** Keys that TagLib has for items (`mp4itemfactory.cpp`) and taglib-wasm's table lacks. */
const TAGLIB_KEYS = Object.entries({
  '©enc': 'ENCODEDBY',
  '©grp': 'GROUPING',
  '©lyr': 'LYRICS',
  '©mvc': 'MOVEMENTCOUNT',
  '©mvi': 'MOVEMENTNUMBER',
  '©mvn': 'MOVEMENTNAME',
  '©wrk': 'WORK',
  catg: 'PODCASTCATEGORY',
  cprt: 'COPYRIGHT',
  desc: 'PODCASTDESC',
  gnre: 'GENRE',
  ownr: 'OWNER',
  pcst: 'PODCAST',
  pgap: 'GAPLESSPLAYBACK',
  shwm: 'SHOWWORKMOVEMENT',
  sosn: 'SHOWSORT',
  tven: 'TVEPISODEID',
  tves: 'TVEPISODE',
  tvnn: 'TVNETWORK',
  tvsh: 'TVSHOW',
  tvsn: 'TVSEASON',
  '----:com.apple.iTunes:MusicBrainz Album Release Country': 'RELEASECOUNTRY',
  '----:com.apple.iTunes:MusicBrainz Album Status': 'RELEASESTATUS',
  '----:com.apple.iTunes:MusicBrainz Album Type': 'RELEASETYPE',
});

/** Items that hold a number and a total, as in "3/12". @type {Map<string, [string, string]>} */
const PAIRS = new Map([
  ['trkn', ['TRACKNUMBER', 'TRACKTOTAL']],
  ['disk', ['DISCNUMBER', 'DISCTOTAL']],
]);

/** @type {Map<string, string>} */
const KEYS = new Map([
  ...Object.values(PROPERTIES).flatMap(({ key, mappings }) => {
    const item = 'mp4' in mappings ? mappings.mp4 : undefined;
    return item === undefined || PAIRS.has(item) ? [] : [/** @type {const} */ ([item, key])];
  }),
  ...TAGLIB_KEYS,
]);

/**
 * TagLib's key for an item, or undefined if it has none.
 *
 * @param {string} item
 */
function keyOfItem(item) {
  const key = KEYS.get(item);
  if (key !== undefined) return key;
  const name = item.startsWith(FREE_FORM) ? item.slice(FREE_FORM.length) : '';
  return name === '' ? undefined : keyOf(name);
}

/**
 * The keys of the number and the total that an item holds, or undefined.
 *
 * @param {string} item
 */
function keysOfPair(item) {
  return PAIRS.get(item);
}

module.exports = { keyOfItem, keysOfPair };
