'use strict';

/**
 * Decodes texts that were read as Latin-1 and have another encoding.
 *
 * @import { LegacyEncoding, LegacyTextContext } from '../../index.js'
 *
 * @typedef {object} Latin1Text A text that a file stores as Latin-1 (`Latin1Text` in Rust).
 * @property {string} tag
 * @property {string} id
 * @property {string} text
 *
 * @typedef {(text: Latin1Text) => string} Decode Returns the text as it is if it can't be decoded.
 */

const { typeError } = require('../arguments/check.js');
const { native } = require('../core/native.js');

/** The maximum number of bytes of a character, in UTF-8 and GB 18030. */
const LONGEST_CHARACTER = 4;

/** Keeps texts apart for the detector. */
const NEWLINE = 0x0a;

/**
 * Returns a decoder for the texts of one file.
 *
 * @param {LegacyEncoding} encoding
 * @param {Latin1Text[]} texts All texts of the file, or of its folder, which `auto` judges.
 * @param {string | undefined} file The path, for a function.
 * @returns {Decode}
 */
function decoderFor(encoding, texts, file) {
  if (typeof encoding === 'function') return (text) => decodeByFunction(encoding, text, file);
  const label = encoding === 'auto' ? detect(texts) : encoding;
  if (label === undefined) return ({ text }) => text;
  return (text) => decodeAs(label, text) ?? text.text;
}

/**
 * Returns the encoding of texts, or undefined if they may be Latin-1. Texts in ID3v1 are judged
 * as they are and without their last byte, since half a character misleads the detector.
 *
 * @param {Latin1Text[]} texts
 */
function detect(texts) {
  for (const cut of [0, 1]) {
    const bytes = texts.flatMap((text) => [...judgedBytes(text, cut), NEWLINE]);
    const label = native().detectEncoding(Uint8Array.from(bytes));
    if (label === null) continue;
    // A folder may have a file in another encoding.
    const decoded = texts.filter((text) => decodeAs(label, text) !== undefined);
    if (decoded.length * 2 >= texts.length) return label;
  }
  return undefined;
}

/**
 * @param {Latin1Text} text
 * @param {number} cut How many bytes a text in ID3v1 is cut by.
 */
function judgedBytes({ text, tag }, cut) {
  return tag === 'ID3v1' ? bytesOf(text.slice(0, text.length - cut)) : bytesOf(text);
}

/**
 * @param {(bytes: Uint8Array, context: LegacyTextContext) => string} decode
 * @param {Latin1Text} text
 * @param {string | undefined} file
 */
function decodeByFunction(decode, { text, tag, id }, file) {
  const decoded = decode(bytesOf(text), { file, tag, id });
  if (typeof decoded === 'string') return decoded;
  throw typeError('legacyEncoding', 'a function that returns a string', decoded);
}

/**
 * Decodes a text. Returns undefined if the encoding does not have its bytes, which shows that the
 * text is not in it.
 *
 * @param {string} label
 * @param {Latin1Text} text
 */
function decodeAs(label, { text, tag }) {
  const bytes = bytesOf(text);
  // ID3v1 cuts a text after 30 bytes, which may be within its last character.
  const mostCut = tag === 'ID3v1' ? Math.min(LONGEST_CHARACTER, bytes.length) - 1 : 0;
  for (let cut = 0; cut <= mostCut; cut += 1) {
    const decoded = native().decodeText(label, bytes.subarray(0, bytes.length - cut));
    if (decoded !== null) return decoded;
  }
  return undefined;
}

/** @param {string} text Has no character above U+00FF. */
function bytesOf(text) {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

module.exports = { decoderFor };
