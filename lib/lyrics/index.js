'use strict';

/**
 * Synced lyrics. The files of this folder are loaded at the first call: most apps have no use for
 * them.
 *
 * @import { ReadInput, Lrc, NativeReadOptions, SaveOptions, SyncedLyrics } from '../../index.js'
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
 * @param {SaveOptions} [options]
 */
function writeSyncedLyrics(file, lyrics, options) {
  return calls.fromCallSite(writeSyncedLyrics, () =>
    require('./write.js').writeSyncedLyrics(file, lyrics, options),
  );
}

/** @param {string} text */
function parseLrc(text) {
  return require('./lrc.js').parseLrc(text);
}

/** @param {Pick<Lrc, 'lines'> & Partial<Lrc>} lrc */
function formatLrc(lrc) {
  return require('./lrc.js').formatLrc(lrc);
}

module.exports = { formatLrc, parseLrc, readSyncedLyrics, writeSyncedLyrics };
