'use strict';

/** The fields that `set` has options for, and how their values are written. */

const text = (option, name, help) => ({ option, name, help, several: true, parse: append });
const number = (option, name, help) => ({ option, name, help, parse: numberFrom });

const FIELDS = [
  text('title', 'title', 'the title'),
  text('artist', 'artist', 'the artist'),
  text('album', 'album', 'the album'),
  text('album-artist', 'albumArtist', 'the artist of the whole album'),
  text('composer', 'composer', 'the composer'),
  text('genre', 'genre', 'the genre'),
  number('year', 'year', 'the year'),
  text('date', 'date', 'a date such as 1959-08-17; goes before --year'),
  number('track', 'track', 'the number on the album'),
  number('total-tracks', 'totalTracks', 'how many tracks there are'),
  number('disc', 'discNumber', 'the number of the disc'),
  number('total-discs', 'totalDiscs', 'how many discs there are'),
  number('bpm', 'bpm', 'beats per minute'),
  text('comment', 'comment', 'a comment'),
  text('lyrics', 'lyrics', 'the lyrics'),
  text('copyright', 'copyright', 'the copyright'),
  {
    option: 'compilation',
    name: 'compilation',
    help: 'yes or no',
    parse: (value) => {
      if (value === 'yes' || value === 'no') return value === 'yes';
      throw new Error('Expected yes or no.');
    },
  },
];

/** The value after one more `--option text`: `""` removes, several make a list. */
function fieldValue({ parse }, value, before) {
  return value === '' ? [] : parse(value, before);
}

function append(value, before = []) {
  return [...before, value];
}

function numberFrom(value) {
  if (!/^\d{1,9}$/.test(value)) throw new Error('Expected a whole number.');
  return Number(value);
}

/** `--field name=value`, collected as an object of lists. */
function otherField(argument, before = {}) {
  const [, name, value] = argument.match(/^([^=]+)=(.*)$/s) ?? [];
  if (name === undefined) throw new Error('Expected name=value.');
  return { ...before, [name]: fieldValue({ parse: append }, value, before[name]) };
}

module.exports = { FIELDS, otherField, fieldValue };
