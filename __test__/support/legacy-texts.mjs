/** Texts in many languages, and encoders for legacy encodings. Node has neither. */
import { Buffer } from 'node:buffer';

/** Encodings with characters of two bytes. */
const WIDE = new Set(['gbk', 'big5', 'shift_jis', 'euc-kr']);

/** @type {Map<string, Map<string, number[]>>} */
const tables = new Map();

/**
 * Returns a function that encodes a text, or returns undefined if the encoding lacks a
 * character. It is the inverse of TextDecoder.
 *
 * @param {string} encoding
 * @returns {(text: string) => Buffer | undefined}
 */
export function encoderFor(encoding) {
  if (encoding === 'utf-8') return (text) => Buffer.from(text);
  // TextDecoder takes it for windows-1252, as web pages do.
  if (encoding === 'iso-8859-1') {
    return (text) => (/[^\0-\xff]/.test(text) ? undefined : Buffer.from(text, 'latin1'));
  }
  const table = tables.get(encoding) ?? tableOf(encoding);
  tables.set(encoding, table);
  return (text) => {
    const bytes = [...text].map((character) => table.get(character));
    return bytes.includes(undefined) ? undefined : Buffer.from(bytes.flat());
  };
}

/** @param {string} encoding */
function tableOf(encoding) {
  const decoder = new TextDecoder(encoding, { fatal: true });
  /** @type {Map<string, number[]>} */
  const table = new Map();
  const add = (...bytes) => {
    let text;
    try {
      text = decoder.decode(Uint8Array.from(bytes));
    } catch {
      return;
    }
    if ([...text].length === 1 && !table.has(text)) table.set(text, bytes);
  };
  for (let byte = 0; byte < 256; byte += 1) add(byte);
  for (let first = 0x81; WIDE.has(encoding) && first < 0xff; first += 1) {
    for (let second = 0x40; second < 0xff; second += 1) add(first, second);
  }
  return table;
}

/**
 * Returns the names of countries and languages in a language (Unicode CLDR, which Node has).
 *
 * @param {string} language
 */
export function namesIn(language) {
  const names = new Set();
  for (const [type, first] of [
    ['region', 'A'],
    ['language', 'a'],
  ]) {
    const display = new Intl.DisplayNames([language], { type, fallback: 'none' });
    for (const code of codesFrom(first)) {
      const name = display.of(code);
      if (name !== undefined) names.add(name);
    }
  }
  return [...names];
}

/** @param {string} first The first of 26 letters. */
function codesFrom(first) {
  const letters = Array.from({ length: 26 }, (_, index) =>
    String.fromCharCode(first.charCodeAt(0) + index),
  );
  return letters.flatMap((one) => letters.map((other) => one + other));
}
