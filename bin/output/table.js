'use strict';

/** A file's tags for people: a table with a line for each field. */

const process = require('node:process');
const { stripVTControlCharacters } = require('node:util');
const Table = require('cli-table3');
const { plain } = require('./json.js');

/** Characters of a value that are shown: lyrics may be of any length. */
const MOST = 1000;
const NAME_WIDTH = 28;
const LEAST_WIDTH = 40;
const DEFAULT_WIDTH = 100;

function table({ path, tags, properties }) {
  const width = Math.max(process.stdout.columns ?? DEFAULT_WIDTH, NAME_WIDTH + LEAST_WIDTH);
  const lines = new Table({
    colWidths: [NAME_WIDTH, width - NAME_WIDTH - 3],
    wordWrap: true,
    wrapOnWordBoundary: false,
    // Lines between the fields would only fill the screen.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const [name, value] of Object.entries({ ...tags, ...audio(properties) })) {
    lines.push([printable(name), printable(inWords(name, value))]);
  }
  return `${printable(path)}\n${lines}\n`;
}

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

function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

function inWords(name, value) {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return value.map((entry) => inWords(name, entry)).join('\n');
  if (typeof value !== 'object') return String(value);
  if (name === 'pictures') {
    return `${value.type}, ${value.mimeType}, ${value.data.length} bytes ${value.description ?? ''}`;
  }
  if (name === 'lyrics') return value.text;
  return JSON.stringify(plain(value));
}

/** What a file says must not steer the terminal. */
function printable(text) {
  const shown = stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ');
  return shown.length > MOST ? `${shown.slice(0, MOST)}…` : shown;
}

module.exports = { printable, table };
