'use strict';

/**
 * Decodes the texts in an answer of the addon that are stored as Latin-1.
 *
 * @import { ReadInput, LegacyEncoding } from '../../index.js'
 * @import { Query } from '../../native/binding.js'
 * @import { Latin1Text } from './decoder.js'
 */

const { decodeElements } = require('./decoded-elements.js');
const { replaceTexts, takeLatin1Texts } = require('./decoded-tags.js');
const { decoderFor } = require('./decoder.js');

/**
 * The queries whose answers are a part of tags, and come without the texts that are stored as
 * Latin-1, by the queries of these tags.
 *
 * @type {{ [query in Query]?: `${Query}` }}
 */
const QUERIES_OF_TAGS = { pictures: 'tags', pictureMetadata: 'tagsWithPictureMetadata' };

/**
 * Returns the query whose answer has what `decodedAnswer` needs.
 *
 * @param {`${Query}`} query
 * @returns {`${Query}`}
 */
function queryWithTexts(query) {
  return QUERIES_OF_TAGS[query] ?? query;
}

/**
 * Returns the answer to a query, whose texts are replaced.
 *
 * @param {any} answer The answer of a read with `latin1Texts`, to `queryWithTexts(query)`.
 * @param {`${Query}`} query
 * @param {LegacyEncoding} encoding
 * @param {ReadInput | undefined} file
 */
function decodedAnswer(answer, query, encoding, file) {
  const path = typeof file === 'string' ? file : undefined;
  if (query === 'properties') return answer;
  if (query === 'native') return decodeElements(answer, encoding, path);
  const decoded = withTexts(answer, takeLatin1Texts(answer), encoding, path);
  return query in QUERIES_OF_TAGS ? (decoded.pictures ?? []) : decoded;
}

/**
 * Returns the answer, whose texts are replaced.
 *
 * @param {any} answer
 * @param {Latin1Text[]} texts The texts of the answer that are stored as Latin-1.
 * @param {LegacyEncoding} encoding
 * @param {string | undefined} path
 * @param {Latin1Text[]} [judged] The texts that `auto` judges. Default: those of the answer.
 */
function withTexts(answer, texts, encoding, path, judged = texts) {
  if (texts.length > 0) replaceTexts(answer, texts, decoderFor(encoding, judged, path));
  return answer;
}

module.exports = { decodedAnswer, queryWithTexts, withTexts };
