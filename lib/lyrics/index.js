'use strict';

/**
 * Synced lyrics. The files of this folder are loaded at the first call: most apps have no use for
 * them.
 *
 * @import { AudioFileInput, Lrc, LrcOptions, NativeReadOptions, ReadInput, SyncedLyrics, SyncedLyricsApplyOptions, SyncedLyricsSaveOptions } from '../../index.js'
 */

const calls = require('../core/calls.js');

/**
 * @param {ReadInput} file
 * @param {NativeReadOptions} [options]
 */
function readSyncedLyrics(file, options) {
  return calls.fromCallSite(readSyncedLyrics, () =>
    require('./read.js').readSyncedLyrics(file, options),
  );
}

/**
 * @param {string} file
 * @param {readonly SyncedLyrics[]} lyrics
 * @param {SyncedLyricsSaveOptions} [options]
 */
function writeSyncedLyrics(file, lyrics, options) {
  return calls.fromCallSite(writeSyncedLyrics, () =>
    require('./write.js').writeSyncedLyrics(file, lyrics, options),
  );
}

/**
 * @param {AudioFileInput | URL} file
 * @param {readonly SyncedLyrics[]} lyrics
 * @param {SyncedLyricsApplyOptions} [options]
 */
function applySyncedLyrics(file, lyrics, options) {
  return calls.fromCallSite(applySyncedLyrics, () =>
    require('./write.js').applySyncedLyrics(file, lyrics, options),
  );
}

/**
 * @param {string | Uint8Array} lrc
 * @param {LrcOptions} [options]
 */
function parseLrc(lrc, options) {
  const { textOf } = require('./lrc-text.js');
  return require('./lrc.js').parseLrc(textOf(lrc, options));
}

/** @param {Pick<Lrc, 'lines'> & Partial<Lrc>} lrc */
function formatLrc(lrc) {
  return require('./lrc.js').formatLrc(lrc);
}

module.exports = { applySyncedLyrics, formatLrc, parseLrc, readSyncedLyrics, writeSyncedLyrics };
