'use strict';

/**
 * Converts the `bext` chunk of broadcast audio (EBU Tech 3285) between bytes and an object.
 *
 * @import { BroadcastAudioExtension } from '../../index.js'
 */

const { Buffer } = require('node:buffer');

/**
 * The text fields with their offsets and lengths in bytes. All are ASCII, padded with
 * NUL.
 *
 * @type {readonly ['description' | 'originator' | 'originatorReference' | 'originationDate' | 'originationTime', number, number][]}
 */
const TEXTS = [
  ['description', 0, 256],
  ['originator', 256, 32],
  ['originatorReference', 288, 32],
  ['originationDate', 320, 10],
  ['originationTime', 330, 8],
];
const TIME_REFERENCE = 338;
const VERSION = 346;
const UMID = 348;
const UMID_SIZE = 64;
/** The loudness fields of version 2, each a signed 16-bit number of hundredths. */
const LOUDNESS = 412;
/** @type {readonly ['loudnessValueDb', 'loudnessRangeDb', 'maxTruePeakLevelDbtp', 'maxMomentaryLoudnessDb', 'maxShortTermLoudnessDb']} */
const LOUDNESS_FIELDS = [
  'loudnessValueDb',
  'loudnessRangeDb',
  'maxTruePeakLevelDbtp',
  'maxMomentaryLoudnessDb',
  'maxShortTermLoudnessDb',
];
/** The value of a loudness field that is not set. */
const NOT_SET = 0x7fff;
/** The size of the fields before the coding history, which is the rest of the chunk. */
const FIXED_SIZE = 602;

/**
 * @param {Uint8Array} bytes
 * @returns {BroadcastAudioExtension | undefined}
 */
function decodeBext(bytes) {
  if (bytes.length < VERSION + 2) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(VERSION, true);
  const texts = TEXTS.map(([name, start, size]) => [name, textAt(bytes, start, size)]);
  /** @type {BroadcastAudioExtension} */
  const bext = {
    .../** @type {any} */ (Object.fromEntries(texts)),
    timeReferenceSamples: view.getBigUint64(TIME_REFERENCE, true),
    version,
    codingHistory: textAt(bytes, FIXED_SIZE, bytes.length),
  };
  if (version >= 1 && bytes.length >= UMID + UMID_SIZE) {
    bext.umid = Buffer.from(bytes.subarray(UMID, UMID + UMID_SIZE)).toString('hex');
  }
  if (version >= 2 && bytes.length >= LOUDNESS + 2 * LOUDNESS_FIELDS.length) {
    for (const [index, name] of LOUDNESS_FIELDS.entries()) {
      const hundredths = view.getInt16(LOUDNESS + 2 * index, true);
      if (hundredths !== NOT_SET) bext[name] = hundredths / 100;
    }
  }
  return bext;
}

/**
 * @param {BroadcastAudioExtension} bext
 * @returns {Uint8Array}
 */
function encodeBext(bext) {
  const { codingHistory = '', timeReferenceSamples = 0n, umid } = bext;
  const version = Number.isInteger(bext.version) ? bext.version : neededVersion(bext);
  const bytes = new Uint8Array(FIXED_SIZE + codingHistory.length);
  const view = new DataView(bytes.buffer);
  for (const [name, start, size] of TEXTS) writeText(bytes, start, size, bext[name] ?? '');
  view.setBigUint64(TIME_REFERENCE, BigInt(timeReferenceSamples), true);
  view.setUint16(VERSION, version, true);
  if (version >= 1 && umid) {
    const digits = umid.replaceAll(/[^0-9a-f]/gi, '').slice(0, 2 * UMID_SIZE);
    bytes.set(Buffer.from(digits, 'hex'), UMID);
  }
  if (version >= 2) {
    for (const [index, name] of LOUDNESS_FIELDS.entries()) {
      view.setInt16(LOUDNESS + 2 * index, hundredthsOf(bext[name]), true);
    }
  }
  writeText(bytes, FIXED_SIZE, codingHistory.length, codingHistory);
  return bytes;
}

/**
 * Returns the first version that has the given fields.
 *
 * @param {BroadcastAudioExtension} bext
 */
function neededVersion(bext) {
  if (LOUDNESS_FIELDS.some((name) => bext[name] !== undefined)) return 2;
  return bext.umid ? 1 : 0;
}

/** @param {number | undefined} loudness */
function hundredthsOf(loudness) {
  if (loudness === undefined) return NOT_SET;
  return Math.max(-0x8000, Math.min(0x7fff, Math.round(loudness * 100)));
}

/**
 * Returns the text before the first NUL.
 *
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} size
 */
function textAt(bytes, start, size) {
  const field = bytes.subarray(start, start + size);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('latin1');
}

/**
 * Writes as much of the text as the field has room for.
 *
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} size
 * @param {string} text
 */
function writeText(bytes, start, size, text) {
  bytes.set(Buffer.from(text.slice(0, size), 'latin1'), start);
}

module.exports = { decodeBext, encodeBext };
