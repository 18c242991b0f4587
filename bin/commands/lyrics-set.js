'use strict';

const { readFile } = require('node:fs/promises');
const process = require('node:process');
const { buffer } = require('node:stream/consumers');
const {
  applySyncedLyrics,
  parseLrc,
  readSyncedLyrics,
  writeSyncedLyrics,
} = require('../../index.js');
const { changeFiles } = require('../change.js');
const { hasNames, namesIn, optionsFor } = require('../lyrics.js');
const { UserError } = require('../reporter.js');

/**
 * @import { Lrc, SyncedLyrics } from '../../index.js'
 * @import { ChangeOptions } from '../change.js'
 *
 * @typedef {object} LyricsOptions
 * @property {string} from
 * @property {string} [encoding]
 * @property {string} [language]
 * @property {string} [description]
 */

/**
 * Replaces the synced lyrics of a language and description by those of an LRC file.
 *
 * @param {string} file
 * @param {ChangeOptions & LyricsOptions} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function lyricsSet(file, options, reporter) {
  const { headers, lines } = await readLrc(options.from, options.encoding);
  const inFile = namesIn(headers);
  const { language = inFile.language, description = inFile.description } = options;
  const lyrics = { language, description, lines };
  const { signal } = reporter;
  /** @param {string} real */
  const withSameNames = async (real) => {
    const found = await readSyncedLyrics(real, { signal });
    return found.filter((one) => hasNames(one, lyrics));
  };
  await changeFiles([file], options, reporter, async (_, real) => {
    refuseOtherTypes(await withSameNames(real));
    return {
      read: async (content, settings) => ({
        syncedLyrics: await readSyncedLyrics(content, settings),
      }),
      apply: (path, settings) =>
        applySyncedLyrics(path, [lyrics], { ...settings, keepOthers: true }),
      save: async (path, settings) => {
        const report = await writeSyncedLyrics(path, [lyrics], { ...settings, keepOthers: true });
        if ((await withSameNames(path)).length > 1) {
          reporter.note(file, 'lyrics with the same names stay in another field');
        }
        return report;
      },
    };
  });
};

/**
 * Refuses to replace chords or comments. ID3v2 has one frame for each language and description,
 * whatever its type (id3v2.4.0-frames, section 4.9).
 *
 * @param {SyncedLyrics[]} found
 */
function refuseOtherTypes(found) {
  const other = found.find(({ type }) => type !== 'lyrics');
  if (other === undefined) return;
  const names = optionsFor(other);
  throw new UserError(`${names} has the type ${other.type}; choose another --description`);
}

/**
 * @param {string} source A path, or `-` for stdin.
 * @param {string} [encoding]
 */
async function readLrc(source, encoding) {
  const bytes = await (source === '-' ? buffer(process.stdin) : readFile(source)).catch((error) => {
    throw new UserError(error.message);
  });
  const lrc = parsed(bytes, source, encoding);
  if (lrc.lines.length > 0) return lrc;
  throw new UserError(`${source} must be LRC, but no line begins with a time such as [01:02.34]`);
}

/**
 * @param {Uint8Array} bytes
 * @param {string} source
 * @param {string} [encoding]
 * @returns {Lrc}
 */
function parsed(bytes, source, encoding) {
  try {
    return parseLrc(bytes, { encoding });
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new UserError(message);
    const name = encoding ?? 'UTF-8';
    throw new UserError(`${source} is not valid ${name}; name its encoding: --encoding gbk`);
  }
}
