'use strict';

/**
 * Formats a file's tags as a table with a line for each field.
 *
 * @import { AudioProperties, Chapter, ExtendedTag, Picture } from '../../index.js'
 */

const process = require('node:process');
const Table = require('cli-table3');
const { plain } = require('./json.js');
const { printable, printableLine } = require('./text.js');

/** The most characters of a value that are shown. Lyrics have any length. */
const MAX_LENGTH = 1000;
const NAME_WIDTH = 28;
const MIN_VALUE_WIDTH = 40;
const DEFAULT_WIDTH = 100;

/** @param {{ path: string, tags: ExtendedTag, properties?: AudioProperties }} record */
function table({ path, tags, properties }) {
  const width = Math.max(process.stdout.columns ?? DEFAULT_WIDTH, NAME_WIDTH + MIN_VALUE_WIDTH);
  const lines = new Table({
    colWidths: [NAME_WIDTH, width - NAME_WIDTH - 3],
    wordWrap: true,
    wrapOnWordBoundary: false,
    // No lines between the fields, to save space.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const [name, value] of Object.entries({ ...tags, ...audio(properties) })) {
    lines.push([shortened(name), shortened(inWords(name, value))]);
  }
  return `${printableLine(path)}\n${lines}\n`;
}

/** @param {Partial<AudioProperties>} [properties] */
function audio(properties = {}) {
  const { duration, bitrate, sampleRate, channels, bitsPerSample, codec } = properties;
  return Object.fromEntries(
    [
      ['duration', duration && minutes(duration)],
      ['bitrate', bitrate && `${bitrate} kbit/s`],
      ['sample rate', sampleRate && `${sampleRate} Hz`],
      ['channels', channels],
      ['bits per sample', bitsPerSample],
      ['codec', codec],
    ].filter(([, value]) => value),
  );
}

/** @param {number} seconds */
function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/**
 * @param {string} name
 * @param {any} value
 * @returns {string}
 */
function inWords(name, value) {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return value.map((entry) => inWords(name, entry)).join('\n');
  if (typeof value !== 'object') return String(value);
  if (name === 'pictures') return pictureInWords(value);
  if (name === 'chapters') return chapterInWords(value);
  if (name === 'lyrics') return value.text;
  return JSON.stringify(plain(value));
}

/** @param {Picture} picture */
function pictureInWords({ type, mimeType, data, description = '' }) {
  return `${type}, ${mimeType}, ${data.length} bytes ${description}`;
}

/** @param {Chapter} chapter */
function chapterInWords({ startTimeMs, title, url, picture }) {
  const details = [title, url, picture && `(${pictureInWords(picture).trim()})`];
  return [minutes(startTimeMs / 1000), ...details.filter(Boolean)].join(' ');
}

/**
 * Returns the text without control characters, cut after `MAX_LENGTH` characters.
 *
 * @param {string} text
 */
function shortened(text) {
  const shown = printable(text);
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
}

module.exports = { shortened, table };
