'use strict';

/**
 * Replaces texts in tags by what they are in their legacy encoding.
 *
 * @import { Decode, Latin1Text } from './decoder.js'
 */

const { getPropertyMetadata, isValidProperty } = require('../tables/lookups.js');

/**
 * TagLib's property for each field of RIFF INFO that is a text, under the names of
 * `ExtendedTag` (TagLib, `infotag.cpp`). TagLib takes these fields for UTF-8 and
 * returns no text if they are not.
 *
 * @type {Record<string, string>}
 */
const INFO_FIELDS = {
  IPRD: 'album',
  IENG: 'ARRANGER',
  IART: 'artist',
  ICMT: 'comment',
  IMUS: 'composer',
  ICOP: 'copyright',
  ITCH: 'encodedBy',
  IGNR: 'genre',
  IPUB: 'label',
  IWRI: 'lyricist',
  ISTR: 'PERFORMER',
  IEDT: 'remixedBy',
  INAM: 'title',
};

/** What TagLib removes from both ends of a text. */
const BLANKS = /^[\t\n\f\r ]+|[\t\n\f\r ]+$/g;

/**
 * Takes the list of texts out of an answer of the addon.
 *
 * @param {any} answer `ExtendedTag`, `FileMetadata` or the model of an open file.
 * @returns {Latin1Text[]}
 */
function takeLatin1Texts(answer) {
  const tags = tagsOf(answer);
  const { latin1Texts = [] } = tags;
  delete tags.latin1Texts;
  return latin1Texts;
}

/**
 * Replaces each text that is one of `texts`, in the tags of an answer and in its property map.
 *
 * @param {any} answer As for `takeLatin1Texts`. It is changed.
 * @param {Latin1Text[]} texts
 * @param {Decode} decode
 */
function replaceTexts(answer, texts, decode) {
  const tags = tagsOf(answer);
  const { propertyMap = {} } = answer;
  /** @type {Map<string, string>} */
  const decoded = new Map();
  for (const text of texts) {
    const result = decode(text);
    decoded.set(text.text, result);
    decoded.set(text.text.replaceAll(BLANKS, ''), result.replaceAll(BLANKS, ''));
    const field = text.tag === 'INFO' ? INFO_FIELDS[text.id] : undefined;
    if (field === undefined || tags[field] !== undefined) continue;
    tags[field] = [result];
    propertyMap[isValidProperty(field) ? getPropertyMetadata(field).key : field] = [result];
  }
  replaceIn(tags, decoded);
  replaceIn(propertyMap, decoded);
}

/**
 * @param {any} value
 * @param {Map<string, string>} decoded
 */
function replaceIn(value, decoded) {
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (typeof inner === 'string') value[key] = decoded.get(inner) ?? inner;
    else if (isContainer(inner)) replaceIn(inner, decoded);
  }
}

/** @param {unknown} value */
function isContainer(value) {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

/** @param {any} answer */
function tagsOf(answer) {
  return answer.tags ?? answer;
}

module.exports = { replaceTexts, takeLatin1Texts };
