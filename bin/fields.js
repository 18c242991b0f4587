'use strict';

/** The fields that `set` has options for, and the parsers of their values. */

const { FIELD_TYPES } = require('../index.js');

/** @typedef {{ option: string, name: string, help: string }} Field */

/** @type {Field[]} */
const FIELDS = [
  { option: 'title', name: 'title', help: 'the title' },
  { option: 'artist', name: 'artist', help: 'the artist' },
  { option: 'album', name: 'album', help: 'the album' },
  { option: 'album-artist', name: 'albumArtist', help: 'the artist of the whole album' },
  { option: 'composer', name: 'composer', help: 'the composer' },
  { option: 'genre', name: 'genre', help: 'the genre' },
  { option: 'year', name: 'year', help: 'the year' },
  { option: 'date', name: 'date', help: 'a date such as 1959-08-17; takes precedence over --year' },
  { option: 'track', name: 'track', help: 'the number on the album' },
  { option: 'total-tracks', name: 'totalTracks', help: 'how many tracks there are' },
  { option: 'disc', name: 'discNumber', help: 'the number of the disc' },
  { option: 'total-discs', name: 'totalDiscs', help: 'how many discs there are' },
  { option: 'bpm', name: 'bpm', help: 'beats per minute' },
  { option: 'comment', name: 'comment', help: 'a comment' },
  { option: 'lyrics', name: 'lyrics', help: 'the lyrics' },
  { option: 'copyright', name: 'copyright', help: 'the copyright' },
  { option: 'compilation', name: 'compilation', help: 'yes or no' },
];

/**
 * Returns whether a field takes several values.
 *
 * @param {Field} field
 */
function isRepeatable({ name }) {
  return FIELD_TYPES[name] !== 'number' && FIELD_TYPES[name] !== 'boolean';
}

/**
 * Returns the value after one more `--option text`. `""` removes the field, and several
 * texts make a list.
 *
 * @param {string} name The field's.
 * @param {string} text
 * @param {any} [before]
 */
function fieldValue(name, text, before) {
  if (text === '') return [];
  switch (FIELD_TYPES[name]) {
    case 'number':
      return numberFrom(text);
    case 'boolean':
      return booleanFrom(text);
    default:
      return [...(before ?? []), text];
  }
}

/** @param {string} text */
function numberFrom(text) {
  if (!/^\d{1,9}$/.test(text)) throw new Error('It must be a whole number.');
  return Number(text);
}

/** @param {string} text */
function booleanFrom(text) {
  if (text !== 'yes' && text !== 'no') throw new Error('It must be yes or no.');
  return text === 'yes';
}

/**
 * Adds `--field name=value` to the object of fields.
 *
 * @param {string} argument
 * @param {Record<string, unknown>} [before]
 */
function otherField(argument, before = {}) {
  const [, name, value] = argument.match(/^([^=]+)=(.*)$/s) ?? [];
  if (name === undefined) throw new Error('It must be name=value.');
  return { ...before, [name]: fieldValue(name, value, before[name]) };
}

module.exports = { FIELDS, fieldValue, isRepeatable, otherField };
