'use strict';

/**
 * The getters and setters of an open file. Everything that they take and give is a copy.
 *
 * @import { Model } from './model.js'
 * @import { BroadcastAudioExtension, Chapter, ChapterInput, FileType, MutableTag, Picture, PropertyMap, Rating, SetChaptersOptions, SetPropertiesOptions, UnsyncedLyrics } from '../../index.js'
 */

const {
  checkBoolean,
  checkKeys,
  isObject,
  rangeError,
  typeError,
} = require('../arguments/check.js');
const { checkPicture, checkPictures } = require('../arguments/pictures.js');
const {
  checkChapters,
  checkLyrics,
  checkRatings,
  checkString,
  copyOfBytes,
} = require('../arguments/tag-parts.js');
const { MetadataError, UnsupportedFormatError } = require('../core/errors.js');
const { decodeBext, encodeBext } = require('./bwf.js');
const { copyOf, inOrder } = require('./chapters.js');
const { isProperty, keyOf, nameOf, refuseOther } = require('./keys.js');
const { keyOfItem, keysOfPair, numbersOf, writableKey } = require('./mp4-items.js');
const { mutableTag } = require('./mutable-tag.js');

class TagAccess {
  /** Returns the model. Undefined after `dispose`. @type {(() => Model) | undefined} */
  #modelOf;

  /** @param {() => Model} modelOf */
  constructor(modelOf) {
    this.#modelOf = modelOf;
  }

  /** Returns the model. Throws after `dispose`. */
  get _model() {
    if (this.#modelOf !== undefined) return this.#modelOf();
    throw new MetadataError('read', 'the file has been disposed of: open it again');
  }

  _checkOpen() {
    this._model;
  }

  dispose() {
    this.#modelOf = undefined;
  }

  // ---------------------------------------------------------------- The file

  getFormat() {
    return this._model.format;
  }

  /** @param {FileType} format */
  isFormat(format) {
    return this.getFormat() === format;
  }

  isMP4() {
    return this.isFormat('MP4');
  }

  isValid() {
    this._checkOpen();
    return true;
  }

  audioProperties() {
    const { audioProperties } = this._model;
    return audioProperties && { ...audioProperties };
  }

  // ---------------------------------------------------------------- Fields

  /** @returns {MutableTag} */
  tag() {
    return mutableTag(this._model, () => this._checkOpen());
  }

  /** @returns {PropertyMap} */
  properties() {
    return Object.fromEntries(
      Object.entries(this._model.fields).map(([key, values]) => [nameOf(key), [...values]]),
    );
  }

  /**
   * @param {PropertyMap} properties
   * @param {SetPropertiesOptions} [options]
   */
  setProperties(properties, options = {}) {
    const model = this._model;
    checkKeys('options', options, ['replace']);
    const { replace = false } = options;
    checkBoolean('replace', replace);
    const given = checkProperties(properties);
    if (replace) {
      for (const key of Object.keys(model.fields)) if (!given.has(key)) model.setField(key, []);
    }
    // A program may give back all that `properties` gave it: what is the same is no
    // change, and another program's change of it stays.
    for (const [key, values] of given) {
      if (!isSame(values, model.values(key))) model.setField(key, values);
    }
  }

  /** @param {string} name */
  getProperty(name) {
    const model = this._model;
    return (isProperty(name) && model.value(keyOf(name))) || undefined;
  }

  /**
   * @param {string} name
   * @param {string | number | boolean} value
   */
  setProperty(name, value) {
    const model = this._model;
    refuseOther(checkString('key', name));
    const text = textOf(name, value);
    model.setField(keyOf(name), text === '' ? [] : [text]);
  }

  // ---------------------------------------------------------------- MP4

  /** @param {string} item */
  getMP4Item(item) {
    const model = this.#mp4Model();
    const pair = keysOfPair(item);
    if (pair !== undefined) {
      const [number, total] = pair.map((key) => model.value(key));
      if (number === undefined && total === undefined) return undefined;
      return total === undefined || number?.includes('/') ? number : `${number ?? 0}/${total}`;
    }
    const key = keyOfItem(item);
    return (key === undefined ? model.mp4Item(item)?.[0] : model.value(key)) || undefined;
  }

  /**
   * @param {string} item
   * @param {string} value
   */
  setMP4Item(item, value) {
    const model = this.#mp4Model();
    checkString('value', value);
    const pair = keysOfPair(item);
    if (pair !== undefined) {
      const [number, total] = numbersOf(item, value);
      model.setField(pair[0], number);
      model.setField(pair[1], total);
      return;
    }
    model.setField(writableKey(item), value === '' ? [] : [value]);
  }

  /** @param {string} item */
  removeMP4Item(item) {
    const model = this.#mp4Model();
    const pair = keysOfPair(item);
    if (pair !== undefined) for (const key of pair) model.setField(key, []);
    else if (keyOfItem(item) !== undefined || model.mp4Item(item) !== undefined) {
      model.setField(writableKey(item), []);
    }
  }

  #mp4Model() {
    const model = this._model;
    if (!this.isMP4()) throw new UnsupportedFormatError(model.format, ['MP4', 'M4A']);
    return model;
  }

  // ---------------------------------------------------------------- Pictures

  /** @returns {Picture[]} */
  getPictures() {
    return this._model.pictures.map(({ mimeType, data, type, description }) => ({
      mimeType,
      data: new Uint8Array(data),
      type,
      description,
    }));
  }

  /** @param {Picture[]} pictures */
  setPictures(pictures) {
    this._model.setPictures(checkPictures(pictures));
  }

  /** @param {Picture} picture */
  addPicture(picture) {
    this._model.addPicture(checkPicture('picture', picture));
  }

  removePictures() {
    this._model.setPictures([]);
  }

  // ---------------------------------------------------------------- Ratings and lyrics

  /** @returns {Rating[]} */
  getRatings() {
    return this._model.ratings.map(({ rating, email, counter }) => ({
      rating,
      email: email || undefined,
      counter: counter || undefined,
    }));
  }

  /** @param {Rating[]} ratings */
  setRatings(ratings) {
    this._model.setRatings(checkRatings('ratings', ratings));
  }

  getRating() {
    return this._model.ratings[0]?.rating;
  }

  /**
   * @param {number} rating
   * @param {string} [email]
   */
  setRating(rating, email) {
    this._model.setRatings(checkRatings('ratings', [{ rating, email }]));
  }

  /** @returns {UnsyncedLyrics[]} */
  getLyrics() {
    return this._model.lyrics.map(({ text, description, language }) => ({
      text,
      ...(description && { description }),
      ...(language && { language }),
    }));
  }

  /** @param {UnsyncedLyrics[]} lyrics */
  setLyrics(lyrics) {
    const model = this._model;
    if (!Array.isArray(lyrics)) throw typeError('lyrics', 'an array of lyrics', lyrics);
    model.setLyrics(checkLyrics('lyrics', lyrics));
  }

  // ---------------------------------------------------------------- Chapters

  /** @returns {Chapter[]} */
  getChapters() {
    return this._model.chapters.map(copyOf);
  }

  /**
   * @param {ChapterInput[]} chapters
   * @param {SetChaptersOptions} [options]
   */
  setChapters(chapters, options = {}) {
    const model = this._model;
    this._checkFormat('setChapters', CHAPTER_FORMATS);
    const { mp4ChapterStyle = 'quicktime' } = options;
    if (!CHAPTER_STYLES.includes(mp4ChapterStyle)) {
      throw rangeError('mp4ChapterStyle', `one of ${CHAPTER_STYLES.join(', ')}`, mp4ChapterStyle);
    }
    const isMP4 = this.isMP4();
    const source = chapterSource(model.format, mp4ChapterStyle);
    const hasIds = model.format === 'MP3' || model.format === 'MATROSKA';
    const sorted = inOrder(
      checkChapters('chapters', chapters).map(({ title, id, ...chapter }) => ({
        ...chapter,
        title: title || undefined,
        id: (hasIds && id) || undefined,
        source,
      })),
      model.audioProperties?.durationMs,
    );
    if (source === 'id3') {
      // ID3v2 must have identifiers; these are the guest's own.
      for (const [index, chapter] of sorted.entries()) chapter.id ??= `chap${index}`;
    }
    model.setChapters(sorted, isMP4 ? mp4ChapterStyle : undefined);
  }

  // ---------------------------------------------------------------- Broadcast audio

  /** @returns {BroadcastAudioExtension | undefined} */
  getBext() {
    const { bextData } = this._model;
    return bextData && decodeBext(bextData);
  }

  /** @param {BroadcastAudioExtension} bext */
  setBext(bext) {
    const model = this._model;
    this._checkFormat('BWF metadata', BROADCAST_FORMATS);
    if (!isObject(bext)) throw typeError('bext', 'an object', bext);
    model.setBextData(encodeBext(bext));
  }

  getBextData() {
    const { bextData } = this._model;
    return bextData && new Uint8Array(bextData);
  }

  /** @param {Uint8Array | null} data */
  setBextData(data) {
    const model = this._model;
    this._checkFormat('BWF metadata', BROADCAST_FORMATS);
    model.setBextData(data === null ? null : copyOfBytes('data', data));
  }

  getIxml() {
    return this._model.ixml;
  }

  /** @param {string | null} text */
  setIxml(text) {
    const model = this._model;
    this._checkFormat('BWF metadata', BROADCAST_FORMATS);
    model.setIxml(text === null ? null : checkString('data', text));
  }

  // ---------------------------------------------------------------- ID3 tags of FLAC

  hasId3Tags() {
    return { ...this._model.id3Tags };
  }

  /** @param {{ v1?: boolean, v2?: boolean }} [options] */
  stripId3Tags({ v1 = true, v2 = true } = {}) {
    const model = this._model;
    const { v1: hasV1, v2: hasV2 } = model.id3Tags;
    if ((v1 && hasV1) || (v2 && hasV2)) model.stripId3Tags({ v1, v2 });
  }

  /**
   * @param {string} operation
   * @param {readonly FileType[]} formats
   */
  _checkFormat(operation, formats) {
    const { format } = this._model;
    if (!formats.includes(format)) throw new UnsupportedFormatError(format, formats, { operation });
  }
}

/** @type {readonly FileType[]} */
const CHAPTER_FORMATS = ['MP3', 'MP4', 'FLAC', 'OGG', 'OPUS', 'OggFLAC', 'SPEEX', 'MATROSKA'];

/**
 * Returns the kind of element that stores a chapter.
 *
 * @param {FileType} format
 * @param {'quicktime' | 'nero' | 'both'} style
 */
function chapterSource(format, style) {
  if (format === 'MP3') return 'id3';
  // With both, a read gives those of the track.
  if (format === 'MP4') return style === 'nero' ? 'nero' : 'quicktime';
  return undefined;
}

/** @type {readonly string[]} */
const CHAPTER_STYLES = ['quicktime', 'nero', 'both'];

/** @type {readonly FileType[]} */
const BROADCAST_FORMATS = ['WAV', 'FLAC'];

/**
 * Copies of the values, by TagLib's keys.
 *
 * @param {PropertyMap} properties
 */
function checkProperties(properties) {
  if (!isObject(properties)) throw typeError('properties', 'an object of arrays', properties);
  /** @type {Map<string, string[]>} */
  const checked = new Map();
  for (const [name, values] of Object.entries(properties)) {
    if (values === undefined) continue;
    refuseOther(name);
    if (!Array.isArray(values)) throw typeError(`properties.${name}`, 'an array', values);
    const texts = values.map((value) => textOf(name, value));
    checked.set(
      keyOf(name),
      texts.filter((text) => text !== ''),
    );
  }
  return checked;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function textOf(name, value) {
  const text = typeof value === 'boolean' ? String(Number(value)) : value;
  if (typeof text === 'number') return String(text);
  if (typeof text !== 'string') throw typeError(name, 'a string', value);
  if (keyOf(name) !== 'COMPILATION') return text;
  return { true: '1', false: '0' }[text] ?? text;
}

/**
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 */
function isSame(left, right) {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

exports.TagAccess = TagAccess;
