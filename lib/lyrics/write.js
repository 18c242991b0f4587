'use strict';

/**
 * Writes synced lyrics: `SYLT` frames in MP3, and LRC in a field elsewhere.
 *
 * @import { SaveOptions, SaveReport, SyncedLyrics } from '../../index.js'
 */

const { isDeepStrictEqual } = require('node:util');
const { checkPath } = require('../arguments/files.js');
const { checkSaveOptions } = require('../arguments/options.js');
const { MetadataError } = require('../core/errors.js');
const { read } = require('../simple/read-file.js');
const { saveTags } = require('../simple/save.js');
const { checkSyncedLyrics, NO_LANGUAGE } = require('./check.js');
const { formatLrc, parseLrc } = require('./lrc.js');
const { encodeSylt } = require('./sylt.js');

/** The field for LRC: `LYRICS` keeps the lyrics without times. */
const FIELD = 'SYNCEDLYRICS';

/**
 * @param {string} file
 * @param {readonly SyncedLyrics[]} lyrics
 * @param {SaveOptions} [options]
 * @returns {Promise<SaveReport | undefined>}
 */
async function writeSyncedLyrics(file, lyrics, options) {
  checkPath('save', file);
  const { signal } = checkSaveOptions(options);
  const checked = checkSyncedLyrics(lyrics);
  const format = await read(file, 'format', { signal });
  const changes =
    format === 'MP3'
      ? { id3v2Frames: { SYLT: checked.map(encodeSylt) } }
      : { [FIELD]: checked.map((one) => asLrc(one, format)) };
  return saveTags(file, changes, options);
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

module.exports = { writeSyncedLyrics };
