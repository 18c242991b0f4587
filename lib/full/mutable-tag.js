'use strict';

/**
 * The basic fields of an open file, each with its first value, and setters that can be
 * chained.
 *
 * @import { MutableTag } from '../../index.js'
 * @import { Model } from './model.js'
 */

const { rangeError, typeError } = require('../arguments/check.js');

/**
 * The getters work after the file is disposed of, as taglib-wasm's do.
 *
 * @param {Model} model
 * @param {() => void} checkOpen Throws if the file is disposed of.
 * @returns {MutableTag}
 */
function mutableTag(model, checkOpen) {
  /**
   * @param {string} key
   * @param {string} value
   */
  const set = (key, value) => {
    checkOpen();
    model.setField(key, value === '' ? [] : [value]);
    return tag;
  };
  /** @type {MutableTag} */
  const tag = {
    get title() {
      return model.value('TITLE') ?? '';
    },
    get artist() {
      return model.value('ARTIST') ?? '';
    },
    get album() {
      return model.value('ALBUM') ?? '';
    },
    get comment() {
      return model.value('COMMENT') ?? '';
    },
    get genre() {
      return model.value('GENRE') ?? '';
    },
    get year() {
      return numberOf(model.value('DATE'));
    },
    get date() {
      return model.value('DATE') || undefined;
    },
    get track() {
      return numberOf(model.value('TRACKNUMBER'));
    },
    setTitle: (title) => set('TITLE', text('title', title)),
    setArtist: (artist) => set('ARTIST', text('artist', artist)),
    setAlbum: (album) => set('ALBUM', text('album', album)),
    setComment: (comment) => set('COMMENT', text('comment', comment)),
    setGenre: (genre) => set('GENRE', text('genre', genre)),
    setYear: (year) => set('DATE', number('year', year)),
    setDate: (date) => set('DATE', text('date', date)),
    setTrack: (track) => set('TRACKNUMBER', number('track', track)),
  };
  return tag;
}

/** @param {string | undefined} text */
function numberOf(text) {
  return Number.parseInt(text ?? '', 10) || 0;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function text(name, value) {
  if (typeof value !== 'string') throw typeError(name, 'a string', value);
  return value;
}

/**
 * Returns the text of a number, or none for zero, which removes the field.
 *
 * @param {string} name
 * @param {unknown} value
 */
function number(name, value) {
  if (typeof value !== 'number') throw typeError(name, 'a number', value);
  if (!Number.isInteger(value) || value < 0) {
    throw rangeError(name, 'an integer from 0, which removes the field', value);
  }
  return value === 0 ? '' : String(value);
}

module.exports = { mutableTag };
