'use strict';

/**
 * Decodes the texts of native elements.
 *
 * @import { LegacyEncoding, NativeElement } from '../../index.js'
 * @import { Latin1Text } from './decoder.js'
 */

const { decoderFor } = require('./decoder.js');

const LATIN_1 = 'ISO-8859-1';

/**
 * Replaces the texts of the elements that are stored as Latin-1. The elements are changed.
 *
 * @param {any[]} elements `NativeElement[]`
 * @param {LegacyEncoding} encoding
 * @param {string | undefined} file
 */
function decodeElements(elements, encoding, file) {
  const stored = elements.filter((element) => element.encoding === LATIN_1);
  const texts = stored.flatMap(textsOf);
  const decode = decoderFor(encoding, texts, file);
  for (const element of stored) {
    const { tag, id } = element;
    /** @param {string} text */
    const decoded = (text) => (isAscii(text) ? text : decode({ tag, id, text }));
    if (element.type === 'text') element.values = element.values.map(decoded);
    if (element.description !== undefined) element.description = decoded(element.description);
    for (const line of element.syncedTexts?.lines ?? []) line.text = decoded(line.text);
  }
  return elements;
}

/**
 * @param {any} element `NativeElement`
 * @returns {Latin1Text[]}
 */
function textsOf({ tag, id, type, values, description, syncedTexts = { lines: [] } }) {
  /** @type {string[]} */
  const texts = type === 'text' ? [...values] : [];
  if (description !== undefined) texts.push(description);
  for (const line of syncedTexts.lines) texts.push(line.text);
  return texts.filter((text) => !isAscii(text)).map((text) => ({ tag, id, text }));
}

/** @param {string} text */
function isAscii(text) {
  return !/[^\0-\x7f]/.test(text);
}

module.exports = { decodeElements };
