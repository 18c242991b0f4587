'use strict';

/** The files, decoded from columns, and their search. */

const { FLAGS } = require('../flags.js');

/**
 * @typedef {{ texts: string[], indexes: number[] }} Dictionary
 *
 * @typedef {object} FileData
 * @property {string[]} names
 * @property {string[]} titles
 * @property {Dictionary} folders
 * @property {Dictionary} artists
 * @property {Dictionary} albums
 * @property {Dictionary} formats
 * @property {number[]} years
 * @property {number[]} seconds
 * @property {number[]} sizes
 * @property {number[]} flags
 *
 * @typedef {'title' | 'artist' | 'album' | 'year' | 'format' | 'seconds' | 'size'} Column
 */

class Files {
  #data;
  /** Of each file, what is searched. @type {string[] | undefined} */
  #texts;

  /** @param {FileData} data */
  constructor(data) {
    this.#data = data;
  }

  get length() {
    return this.#data.names.length;
  }

  /** @param {number} index */
  file(index) {
    const { names, titles, folders, artists, albums, formats, years } = this.#data;
    return {
      path: joined(textOf(folders, index), names[index]),
      title: titles[index],
      artist: textOf(artists, index),
      album: textOf(albums, index),
      format: textOf(formats, index),
      year: years[index],
      seconds: this.#data.seconds[index],
      size: this.#data.sizes[index],
    };
  }

  /**
   * Returns the indexes of the files that have all words of the query and the flag, in the
   * order of their paths.
   *
   * @param {string} query
   * @param {string} filter A name of `FLAGS`, or an empty text for all files.
   */
  find(query, filter) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    const flag = filter === '' ? 0 : FLAGS[/** @type {keyof typeof FLAGS} */ (filter)];
    const { flags } = this.#data;
    const texts = words.length === 0 ? [] : this.#searchTexts();
    const found = [];
    for (let index = 0; index < flags.length; index += 1) {
      if (flag !== 0 && (flags[index] & flag) === 0) continue;
      if (words.every((word) => texts[index].includes(word))) found.push(index);
    }
    return found;
  }

  /** Made at the first search: most of the time goes into texts that are not ASCII. */
  #searchTexts() {
    if (this.#texts !== undefined) return this.#texts;
    const { names, titles, years } = this.#data;
    const [folders, artists, albums, formats] = ['folders', 'artists', 'albums', 'formats'].map(
      (name) => folded(/** @type {any} */ (this.#data)[name]),
    );
    this.#texts = names.map((name, index) => {
      const shared = `${artists(index)}\n${albums(index)}\n${formats(index)}`;
      return `${fold(titles[index])}\n${years[index] || ''}\n${shared}\n${folders(index)}/${fold(name)}`;
    });
    return this.#texts;
  }

  /**
   * Sorts indexes by a column. Files without a value come last.
   *
   * @param {number[]} indexes
   * @param {Column} column
   * @param {boolean} isDescending
   */
  sort(indexes, column, isDescending) {
    const keys = this.#keysOf(column);
    const sign = isDescending ? -1 : 1;
    return indexes.toSorted((a, b) => {
      if (keys[a] === keys[b]) return a - b;
      if (!keys[a] || !keys[b]) return keys[a] ? -1 : 1;
      return keys[a] < keys[b] ? -sign : sign;
    });
  }

  /**
   * @param {Column} column
   * @returns {(string | number)[]}
   */
  #keysOf(column) {
    const { titles, artists, albums, formats, years, seconds, sizes } = this.#data;
    const dictionaries = { artist: artists, album: albums, format: formats };
    if (column in dictionaries) {
      const dictionary = dictionaries[/** @type {keyof typeof dictionaries} */ (column)];
      const textAt = folded(dictionary);
      return dictionary.indexes.map((_, index) => textAt(index));
    }
    if (column === 'title') return titles.map(fold);
    return { year: years, seconds, size: sizes }[
      /** @type {'year' | 'seconds' | 'size'} */ (column)
    ];
  }
}

/**
 * @param {string} folder
 * @param {string} name
 */
function joined(folder, name) {
  return folder === '.' ? name : `${folder}/${name}`;
}

/**
 * @param {Dictionary} dictionary
 * @param {number} index
 */
function textOf({ texts, indexes }, index) {
  return texts[indexes[index]];
}

/** @param {Dictionary} dictionary */
function folded({ texts, indexes }) {
  const foldedTexts = texts.map(fold);
  return (/** @type {number} */ index) => foldedTexts[indexes[index]];
}

/**
 * Returns the text in lower case and without accents.
 *
 * @param {string} text
 */
function fold(text) {
  const lower = text.toLowerCase();
  if (!/[^\0-\x7f]/.test(lower)) return lower;
  return lower.normalize('NFKD').replace(/\p{Mn}/gu, '');
}

exports.Files = Files;
