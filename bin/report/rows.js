'use strict';

/**
 * What a report keeps of each file. A library has hundreds of thousands of files, so that
 * equal texts are kept once.
 *
 * @import { ScanRecord, TagWithPictureMetadata } from '../../index.js'
 * @import { WrongText } from './encodings.js'
 *
 * @typedef {object} Cover The picture that players show.
 * @property {string} sha256
 * @property {number} size In bytes.
 *
 * @typedef {object} Row A file that was read.
 * @property {string} path Beneath the directory, with forward slashes.
 * @property {number} size In bytes.
 * @property {string} title The values, joined and cut if they are long. Empty if the file has no title.
 * @property {string} artist
 * @property {string} album
 * @property {string} albumArtist
 * @property {string[]} genres
 * @property {number} year 0 if the file has no year. The same holds for all numbers.
 * @property {number} track
 * @property {number} totalTracks
 * @property {number} disc
 * @property {number} totalDiscs
 * @property {boolean} isCompilation
 * @property {string} format The codec, or the extension if there is no audio stream.
 * @property {boolean} isLossless
 * @property {number} bitrate In kbit/s.
 * @property {number} sampleRate In hertz.
 * @property {number} channels
 * @property {number} milliseconds
 * @property {Cover | undefined} cover
 * @property {WrongText | undefined} wrongText
 * @property {string | undefined} audioHash
 */

const path = require('node:path');
const { cut } = require('./texts.js');

/** Makes rows of records, with equal texts kept once. */
class RowMaker {
  /** @type {Map<string, string>} */
  #texts = new Map();
  /** @type {Map<string, Cover>} */
  #covers = new Map();

  /**
   * @param {string} name The path beneath the directory.
   * @param {ScanRecord<TagWithPictureMetadata> & { status: 'read' }} record
   * @returns {Row}
   */
  rowOf(name, { size, tags, properties, audioHash }) {
    const { year = 0, track = 0, totalTracks = 0, discNumber = 0, totalDiscs = 0 } = tags;
    return {
      path: name,
      size,
      title: cut(tags.title?.join('; ') ?? ''),
      artist: this.#joined(tags.artist),
      album: this.#joined(tags.album),
      albumArtist: this.#joined(tags.albumArtist),
      genres: (tags.genre ?? []).map((genre) => this.#once(genre)),
      year,
      track,
      totalTracks,
      disc: discNumber,
      totalDiscs,
      isCompilation: tags.compilation === true,
      format: this.#once(properties?.codec ?? path.posix.extname(name).slice(1).toUpperCase()),
      isLossless: properties?.isLossless ?? false,
      bitrate: properties?.bitrate ?? 0,
      sampleRate: properties?.sampleRate ?? 0,
      channels: properties?.channels ?? 0,
      milliseconds: properties?.durationMs ?? (properties?.duration ?? 0) * 1000,
      cover: this.#coverOf(tags),
      wrongText: undefined,
      audioHash,
    };
  }

  /** @param {string[]} [values] */
  #joined(values = []) {
    return this.#once(values.join('; '));
  }

  /** @param {string} text */
  #once(text) {
    const short = cut(text);
    const known = this.#texts.get(short);
    if (known !== undefined) return known;
    this.#texts.set(short, short);
    return short;
  }

  /**
   * Returns the front cover, or the first picture if there is no front cover.
   *
   * @param {TagWithPictureMetadata} tags
   */
  #coverOf({ pictures = [] }) {
    const picture = pictures.find(({ type }) => type === 'FrontCover') ?? pictures[0];
    if (picture === undefined) return undefined;
    const { sha256, size } = picture;
    const known = this.#covers.get(sha256);
    if (known !== undefined) return known;
    const cover = { sha256, size };
    this.#covers.set(sha256, cover);
    return cover;
  }
}

exports.RowMaker = RowMaker;
