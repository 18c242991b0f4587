'use strict';

/**
 * Converts records to plain data, and data to JSON.
 *
 * @import { Chapter, ExtendedTag, Picture } from '../../index.js'
 *
 * @typedef {{ code?: string, errno?: unknown, limit?: string, lost?: unknown, message: string }} PlainError
 * @typedef {{ tags?: ExtendedTag, error?: any, [name: string]: any }} AnyRecord
 * @typedef {Omit<AnyRecord, 'tags' | 'error'> & { tags?: Record<string, any>, error?: PlainError }} PlainRecord
 */

/**
 * Returns the record with its error as a plain object and pictures without their bytes.
 *
 * @param {AnyRecord} record
 * @returns {PlainRecord}
 */
function plainRecord({ error, tags, ...record }) {
  return {
    ...record,
    ...(tags && { tags: plainTags(tags) }),
    ...(error && { error: plainError(error) }),
  };
}

/** @param {ExtendedTag} tags */
function plainTags({ pictures, chapters, ...tags }) {
  return {
    ...plain(tags),
    ...(pictures && { pictures: pictures.map(plainPicture) }),
    ...(chapters && { chapters: chapters.map(plainChapter) }),
  };
}

/** @param {Chapter} chapter */
function plainChapter({ picture, ...chapter }) {
  return { ...chapter, ...(picture && { picture: plainPicture(picture) }) };
}

/**
 * Converts values that JSON can't represent: bytes to base64, integers beyond 2^53 to
 * strings.
 *
 * @param {any} value
 * @returns {any}
 */
function plain(value) {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** @param {Picture} picture */
function plainPicture({ data, ...picture }) {
  return { ...picture, size: data.length };
}

/**
 * @param {any} error
 * @returns {PlainError}
 */
function plainError({ code, message, details, limit }) {
  return { code, errno: details?.errno, limit, lost: details?.lost, message };
}

/** Characters that JSON.stringify does not escape and that control a terminal. */
const UNESCAPED = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Returns JSON in which every control character is escaped.
 *
 * @param {unknown} value
 * @param {number} [indentation]
 */
function toJson(value, indentation) {
  return JSON.stringify(value, null, indentation).replace(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

module.exports = { plain, plainError, plainRecord, toJson };
