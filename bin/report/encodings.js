'use strict';

/**
 * Finds texts whose encoding looks wrong.
 *
 * - `legacy`: stored as Latin-1, and in another encoding as far as `legacyEncoding: 'auto'`
 *   can tell. `taglib-wasi fix-encoding` shows the same, and can write them as Unicode.
 * - `utf8`: UTF-8 that was taken for Latin-1 or Windows-1252 and stored as such, as in `BjÃ¶rk`.
 * - `misread`: what text in another encoding looks like when it is taken for Latin-1: `ÆßÀïÏã`,
 *   from GBK, is a run of different letters that are not ASCII, and Shift-JIS has C1 controls, or
 *   in Windows-1252 many `ƒ` and `‚`.
 * - `replaced`: with U+FFFD, which stands for characters that are lost.
 *
 * All but `legacy` are guesses about texts that are stored as Unicode.
 *
 * @import { ScanOptions } from '../../index.js'
 *
 * @typedef {object} WrongText One of the texts of a file that look wrong.
 * @property {'legacy' | 'utf8' | 'misread' | 'replaced'} kind
 * @property {string} field
 * @property {string} text
 * @property {string} [decoded] What it probably is.
 */

const { isDeepStrictEqual } = require('node:util');
const { readTags, TagLibError } = require('../../index.js');
const { cut } = require('./texts.js');

/** The fields that are looked at, in the order in which one is reported. */
const FIELDS = ['title', 'artist', 'album', 'albumArtist', 'composer', 'genre', 'comment'];

/** The characters of the bytes 0x80 to 0x9F in Windows-1252, and of those that it leaves out. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** At least so many characters, of which so many differ: in `Ääääh` only two do. */
const RUN = /[\u00a1-\u00ff]{4,}/g;
const DIFFERENT_IN_RUN = 4;

/** No proper text has them. */
const C1_CONTROL = /[\u0080-\u009f]/;

/** The first bytes of most characters in Shift-JIS, in Windows-1252; and more than a quotation has. */
const SHIFT_JIS = /[ƒ‚]/g;
const MANY = 3;

/** Notes which files have texts that are stored as Latin-1 and are not ASCII, during a scan. */
class Encodings {
  /** @type {Set<string>} */
  #files = new Set();

  /** For the scan: leaves the texts as they are. @type {ScanOptions['legacyEncoding']} */
  legacyEncoding = (bytes, { file = '' }) => {
    this.#files.add(file);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  };

  /**
   * Returns the first text of a file that looks wrong.
   *
   * @param {string} file As it was scanned.
   * @param {object} tags
   * @param {AbortSignal} signal
   * @returns {Promise<WrongText | undefined>}
   */
  async wrongTextIn(file, tags, signal) {
    const stored = /** @type {Record<string, unknown>} */ (tags);
    const isCandidate = this.#files.delete(file);
    return (isCandidate && (await legacyText(file, stored, signal))) || guessedText(stored);
  }
}

/**
 * @param {string} file
 * @param {Record<string, unknown>} stored
 * @param {AbortSignal} signal
 * @returns {Promise<WrongText | undefined>}
 */
async function legacyText(file, stored, signal) {
  const decoded = await decodedTags(file, signal);
  const differs = (/** @type {string} */ name) => !isDeepStrictEqual(decoded[name], stored[name]);
  const others = Object.keys(decoded).filter((name) => !FIELDS.includes(name));
  const field = [...FIELDS, ...others].find((name) => name in decoded && differs(name));
  if (field === undefined) return undefined;
  const [text, meant] = [stored[field], decoded[field]].map((value) => cut(asText(value)));
  return { kind: 'legacy', field, text, decoded: meant };
}

/**
 * Returns no tags if the file can't be read any more.
 *
 * @param {string} file
 * @param {AbortSignal} signal
 * @returns {Promise<Record<string, unknown>>}
 */
async function decodedTags(file, signal) {
  try {
    const options = { signal, pictures: false, legacyEncoding: 'auto' };
    return /** @type {any} */ (await readTags(file, options));
  } catch (error) {
    if (error instanceof TagLibError) return {};
    throw error;
  }
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function asText(value) {
  if (Array.isArray(value)) return value.map(asText).join('; ');
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/**
 * @param {Record<string, unknown>} tags
 * @returns {WrongText | undefined}
 */
function guessedText(tags) {
  for (const field of FIELDS) {
    for (const text of /** @type {string[]} */ (tags[field] ?? [])) {
      const guess = guessOf(text);
      if (guess !== undefined) return { field, text: cut(text), ...guess };
    }
  }
  return undefined;
}

/**
 * Returns what is wrong with a text, as far as the text shows it.
 *
 * @param {string} text
 * @returns {Pick<WrongText, 'kind' | 'decoded'> | undefined}
 */
function guessOf(text) {
  if (!/[^\0-\x7f]/.test(text)) return undefined;
  if (text.includes('\ufffd')) return { kind: 'replaced' };
  const decoded = fromUtf8(text);
  if (decoded !== undefined) return { kind: 'utf8', decoded: cut(decoded) };
  return isMisread(text) ? { kind: 'misread' } : undefined;
}

/** @param {string} text */
function isMisread(text) {
  if (C1_CONTROL.test(text) || (text.match(SHIFT_JIS)?.length ?? 0) >= MANY) return true;
  const runs = text.match(RUN) ?? [];
  return runs.some((run) => new Set(run).size >= DIFFERENT_IN_RUN);
}

/**
 * Returns the text of the UTF-8 that was taken for Windows-1252, or undefined if it was not.
 *
 * Some proper texts are also UTF-8. One character is not enough if it is not Latin, as in
 * `CAFÉ…`, or if it may be the ellipsis after a word in capitals, as in `AMANHÃ…`.
 *
 * @param {string} text
 */
function fromUtf8(text) {
  const bytes = Uint8Array.from(text, byteOf);
  // A character without a byte.
  if (bytes.includes(0)) return undefined;
  let decoded;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const found = decoded.match(/[^\0-\x7f]/gu) ?? [];
  const isLatin = found.every((character) => /[\u00a0-\u017f\u2010-\u2026]/.test(character));
  const isShouted = text.endsWith('…') && text === text.toUpperCase();
  return found.length > 1 || (isLatin && !isShouted) ? decoded : undefined;
}

/** @param {string} character */
function byteOf(character) {
  const code = character.charCodeAt(0);
  if (code <= 0xff) return code;
  const index = WINDOWS_1252.indexOf(character);
  return index < 0 ? 0 : 0x80 + index;
}

module.exports = { Encodings, guessOf };
