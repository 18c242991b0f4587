'use strict';

/**
 * Judges the encoding of texts by all files of a folder, for a scan with
 * `legacyEncoding: 'auto'`: one title may be too short to tell.
 *
 * @import { Query } from '../../native/binding.js'
 * @import { Latin1Text } from '../legacy-encoding/decoder.js'
 * @import { CheckedOptions } from '../simple/read-file.js'
 * @import { WalkOptions } from './walk.js'
 */

const path = require('node:path');
const { withTexts } = require('../legacy-encoding/decoded-answer.js');
const { takeLatin1Texts } = require('../legacy-encoding/decoded-tags.js');
const { read } = require('../simple/read-file.js');
const { walk } = require('./walk.js');

/** How many characters of a folder are judged: as many as the detector takes. */
const ENOUGH = 4096;

/** The texts of how many folders are kept. A scan reads few folders at once. */
const MAX_FOLDERS = 16;

class FolderTexts {
  #options;
  /** The latest folders. @type {Map<string, Promise<Latin1Text[]>>} */
  #folders = new Map();

  /** @param {WalkOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Reads a file. Its texts are decoded as those of its folder.
   *
   * @param {string} file An absolute path.
   * @param {`${Query}`} query
   * @param {CheckedOptions} options
   */
  async read(file, query, options) {
    const { session } = this.#options;
    const raw = { ...options, legacyEncoding: undefined, latin1Texts: true };
    const answer = await read(file, query, raw, { session });
    const texts = takeLatin1Texts(answer);
    if (texts.length === 0) return answer;
    const judged = [...texts, ...(await this.#textsOf(path.dirname(file)))];
    return withTexts(answer, texts, 'auto', file, judged);
  }

  /** @param {string} folder */
  #textsOf(folder) {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const texts = this.#readFolder(folder);
    this.#folders.set(folder, texts);
    const [oldest] = this.#folders.keys();
    if (this.#folders.size > MAX_FOLDERS) this.#folders.delete(oldest);
    return texts;
  }

  /** @param {string} folder */
  async #readFolder(folder) {
    const { session, signal } = this.#options;
    const walkOptions = { ...this.#options, recursive: false, onPassedOver: undefined };
    const options = { signal, pictures: false, latin1Texts: true };
    const texts = [];
    let length = 0;
    const directory = { path: folder, absolute: folder };
    for await (const found of walk(directory, walkOptions)) {
      if ('error' in found) continue;
      const added = await read(found.absolute, 'tags', options, { session }).then(
        takeLatin1Texts,
        passUnreadable,
      );
      for (const text of added) length += text.text.length;
      texts.push(...added);
      if (length >= ENOUGH) break;
    }
    return texts;
  }
}

/**
 * A file that can't be read has its own record in the scan.
 *
 * @param {Error} error
 * @returns {Latin1Text[]}
 */
function passUnreadable(error) {
  if (error.name === 'AbortError') throw error;
  return [];
}

module.exports = { FolderTexts };
