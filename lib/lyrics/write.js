'use strict';

/**
 * Writes synced lyrics: `SYLT` frames in MP3, and LRC in a field elsewhere.
 *
 * @import { AudioFileInput, SaveReport, SyncedLyrics, SyncedLyricsApplyOptions, SyncedLyricsSaveOptions } from '../../index.js'
 */

const { isDeepStrictEqual } = require('node:util');
const { checkBoolean, isObject, typeError } = require('../arguments/check.js');
const { checkFile, checkPath } = require('../arguments/files.js');
const { checkApplyOptions, checkSaveOptions } = require('../arguments/options.js');
const { checkTagChanges } = require('../arguments/tags.js');
const { MetadataError } = require('../core/errors.js');
const { copyOf } = require('../core/large-content.js');
const { apply } = require('../simple/apply.js');
const { read } = require('../simple/read-file.js');
const { saveTags } = require('../simple/save.js');
const { checkSyncedLyrics } = require('./check.js');
const { formatLrc, parseLrc } = require('./lrc.js');
const { keyOf, NO_LANGUAGE } = require('./names.js');
const { otherFrames, otherTexts } = require('./others.js');
const { encodeSylt } = require('./sylt.js');

/** The field for LRC: `LYRICS` keeps the lyrics without times. */
const FIELD = 'SYNCEDLYRICS';

/**
 * @param {string} file
 * @param {readonly SyncedLyrics[]} lyrics
 * @param {SyncedLyricsSaveOptions} [options]
 * @returns {Promise<SaveReport | undefined>}
 */
async function writeSyncedLyrics(file, lyrics, options) {
  checkPath('save', file);
  const { keepOthers, others } = apart(options);
  const { signal } = checkSaveOptions(others);
  const checked = checkSyncedLyrics(lyrics);
  return saveTags(file, await changesTo(file, checked, keepOthers, { signal }), others);
}

/**
 * @param {AudioFileInput | URL} file
 * @param {readonly SyncedLyrics[]} lyrics
 * @param {SyncedLyricsApplyOptions} [options]
 */
async function applySyncedLyrics(file, lyrics, options) {
  const { keepOthers, others } = apart(options);
  const applyOptions = checkApplyOptions(others);
  const checked = checkSyncedLyrics(lyrics);
  const unchanging = await unchangingFile(file);
  const changes = await changesTo(unchanging, checked, keepOthers, applyOptions);
  return apply(unchanging, checkTagChanges(changes), applyOptions);
}

/**
 * Returns the path, or a copy of the bytes, which the app may change between two reads.
 *
 * @param {AudioFileInput | URL} file
 */
async function unchangingFile(file) {
  const checked = checkFile(file);
  const { content } = checked instanceof Promise ? await checked : checked;
  return typeof content === 'string' ? /** @type {string | URL} */ (file) : copyOf(content);
}

/**
 * Takes the option of synced lyrics out of those of a change.
 *
 * @template {{ keepOthers?: boolean }} O
 * @param {O} [options]
 */
function apart(options = /** @type {O} */ ({})) {
  if (!isObject(options)) throw typeError('options', 'an object', options);
  const { keepOthers = false, ...others } = options;
  checkBoolean('keepOthers', keepOthers);
  return { keepOthers, others };
}

/**
 * Returns the change of tags that writes the lyrics.
 *
 * @param {AudioFileInput | URL} file
 * @param {ReturnType<typeof checkSyncedLyrics>} lyrics
 * @param {boolean} keepOthers
 * @param {{ signal?: AbortSignal }} options
 */
async function changesTo(file, lyrics, keepOthers, { signal }) {
  const keys = new Set(lyrics.map(keyOf));
  const format = await read(file, 'format', { signal });
  if (format === 'MP3') {
    const kept = keepOthers ? await otherFrames(file, keys, { signal }) : [];
    return { id3v2Frames: { SYLT: [...kept, ...lyrics.map(encodeSylt)] } };
  }
  const kept = keepOthers ? await otherTexts(file, FIELD, keys, { signal }) : [];
  return { [FIELD]: [...kept, ...lyrics.map((one) => asLrc(one, format))] };
}

/**
 * Returns the lyrics as LRC. Throws if the text would be read as other lyrics.
 *
 * @param {ReturnType<typeof checkSyncedLyrics>[number]} lyrics
 * @param {string} format
 */
function asLrc({ language, description, type, lines }, format) {
  const headers = {
    ...(language !== NO_LANGUAGE && { la: language }),
    ...(description !== '' && { description }),
  };
  const text = formatLrc({ headers, lines });
  const { headers: readHeaders, lines: readLines } = parseLrc(text);
  const plain = lines.map(({ timeMs, text }) => ({ timeMs, text }));
  if (
    type !== 'lyrics' ||
    !isDeepStrictEqual(readLines, plain) ||
    !isDeepStrictEqual(readHeaders, headers)
  ) {
    const what = type === 'lyrics' ? 'line breaks, or times within a text' : `the type ${type}`;
    const message = `${format} holds synced lyrics as LRC, which can't express ${what}`;
    throw new MetadataError('write', message, FIELD);
  }
  return text;
}

module.exports = { applySyncedLyrics, writeSyncedLyrics };
