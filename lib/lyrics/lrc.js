'use strict';

/**
 * LRC, the text format of synced lyrics: `[01:02.34]text` in each line. No standard defines it;
 * this follows what players agree on (Wikipedia, "LRC (file format)").
 *
 * @import { Lrc, SyncedLine } from '../../index.js'
 */

const { isObject, typeError } = require('../arguments/check.js');
const { checkLines, inOrder } = require('./check.js');

const TIME = /\[(\d{1,4}):(\d{1,2})(?:[.:](\d{1,3}))?\]/y;
const HEADER = /^\s*\[([a-z#][a-z_]*):(.*)\]\s*$/i;
/** The time of a word, in the enhanced format. */
const WORD_TIME = /<\d{1,4}:\d{1,2}(?:[.:]\d{1,3})?>/g;

const MINUTE = 60_000;
const SECOND = 1000;

/**
 * @param {string} text
 * @returns {Lrc}
 */
function parseLrc(text) {
  /** @type {Record<string, string>} */
  const headers = {};
  /** @type {SyncedLine[]} */
  const lines = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const { times, rest } = timesOf(line);
    const header = times.length === 0 ? HEADER.exec(line) : null;
    if (header !== null) headers[header[1].toLowerCase()] ??= header[2].trim();
    const content = rest.replaceAll(WORD_TIME, '');
    for (const timeMs of times) lines.push({ timeMs, text: content });
  }
  return { headers, lines: inOrder(shifted(lines, Number(headers.offset))) };
}

/**
 * Reads the times at the start of a line. A line that is sung again has several.
 *
 * @param {string} line
 */
function timesOf(line) {
  const times = [];
  let end = line.length - line.trimStart().length;
  for (;;) {
    TIME.lastIndex = end;
    const match = TIME.exec(line);
    if (match === null) return { times, rest: line.slice(end) };
    const [all, minutes, seconds, fraction = ''] = match;
    times.push(
      Number(minutes) * MINUTE + Number(seconds) * SECOND + Number(fraction.padEnd(3, '0')),
    );
    end += all.length;
  }
}

/**
 * Applies `[offset:]`, in milliseconds: a positive one makes the lyrics come sooner.
 *
 * @param {SyncedLine[]} lines
 * @param {number} offset
 */
function shifted(lines, offset) {
  if (!Number.isInteger(offset)) return lines;
  return lines.map(({ timeMs, text }) => ({ timeMs: Math.max(0, timeMs - offset), text }));
}

/**
 * @param {Pick<Lrc, 'lines'> & Partial<Lrc>} lrc
 */
function formatLrc(lrc) {
  if (!isObject(lrc)) throw typeError('lrc', 'an object with lines', lrc);
  checkLines('lines', lrc.lines);
  const headers = Object.entries(lrc.headers ?? {}).map(([key, value]) => `[${key}:${value}]\n`);
  const lines = wholeLines(inOrder(lrc.lines)).map(({ timeMs, text }) =>
    // LRC has no line breaks within a line.
    text
      .split(/\r\n|\r|\n/)
      .map((part) => `[${formatTime(timeMs)}]${part}\n`)
      .join(''),
  );
  return headers.join('') + lines.join('');
}

/**
 * Joins syllables to lines. In ID3v2 a text may be a syllable: then the first one of a line begins
 * with a line break (id3v2.4.0-frames, section 4.9).
 *
 * @param {SyncedLine[]} texts
 */
function wholeLines(texts) {
  if (!texts.slice(1).some(({ text }) => text.startsWith('\n'))) return texts;
  /** @type {{ timeMs: number, text: string }[]} */
  const lines = [];
  for (const { timeMs, text } of texts) {
    const previous = lines.at(-1);
    if (previous === undefined || text.startsWith('\n')) {
      lines.push({ timeMs, text: text.replace(/^\n/, '') });
    } else {
      previous.text += text;
    }
  }
  return lines;
}

/** @param {number} timeMs */
function formatTime(timeMs) {
  const minutes = String(Math.floor(timeMs / MINUTE)).padStart(2, '0');
  const seconds = String(Math.floor((timeMs % MINUTE) / SECOND)).padStart(2, '0');
  const milliseconds = String(timeMs % SECOND).padStart(3, '0');
  // Players know hundredths best.
  return `${minutes}:${seconds}.${milliseconds.replace(/0$/, '')}`;
}

module.exports = { formatLrc, parseLrc };
