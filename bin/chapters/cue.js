'use strict';

/**
 * Cue sheets, as the manual of CDRWIN describes them: the tracks of one file as chapters. Times
 * are minutes, seconds and frames, of which a second has 75. A text has no way to contain a
 * quotation mark.
 *
 * @import { Chapter } from '../../index.js'
 */

const { UserError } = require('../reporter.js');

const FRAMES = 75;
const MAX_TRACKS = 99;

/**
 * Returns the tracks of a sheet. They have no ends.
 *
 * @param {string} text
 * @returns {Chapter[]}
 */
function parse(text) {
  /** @type {{ title?: string, start?: number }[]} */
  const tracks = [];
  let files = 0;
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    const [command = '', ...values] = wordsOf(line);
    const track = tracks.at(-1);
    switch (command.toUpperCase()) {
      case 'FILE':
        files += 1;
        if (files > 1) throw mistake(index, 'the tracks must be of one file, not of several');
        break;
      case 'TRACK':
        tracks.push({});
        break;
      case 'TITLE':
        // That of the album comes before the first track.
        if (track !== undefined) track.title = values[0];
        break;
      case 'INDEX':
        // Index 00 is the pause before the track.
        if (track !== undefined && Number(values[0]) === 1) track.start = timeOf(values[1], index);
        break;
    }
  }
  if (tracks.length === 0) throw new UserError('the cue sheet has no TRACK');
  return tracks.map(({ title, start }, index) => {
    if (start === undefined)
      throw new UserError(`track ${index + 1} of the cue sheet has no INDEX 01`);
    return { startTimeMs: start, ...(title && { title }) };
  });
}

/**
 * Splits a line into words. A word in quotation marks may contain spaces.
 *
 * @param {string} line
 */
function wordsOf(line) {
  return [...line.matchAll(/"([^"]*)"?|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

/**
 * Returns milliseconds.
 *
 * @param {string | undefined} text
 * @param {number} index Of the line.
 */
function timeOf(text = '', index) {
  const match = text.match(/^(\d+):([0-5]?\d):(\d?\d)$/);
  if (match === null || Number(match[3]) >= FRAMES) {
    throw mistake(
      index,
      `the time must be minutes:seconds:frames, such as 04:30:74, not "${text}"`,
    );
  }
  const [, minutes, seconds, frames] = match.map(Number);
  return Math.round((minutes * 60 + seconds + frames / FRAMES) * 1000);
}

/**
 * @param {number} index Of the line.
 * @param {string} what
 */
function mistake(index, what) {
  return new UserError(`line ${index + 1} of the cue sheet: ${what}`);
}

/**
 * Returns a sheet. Starts are rounded to a frame, quotation marks become apostrophes.
 *
 * @param {readonly Chapter[]} chapters
 * @param {string} fileName
 */
function format(chapters, fileName) {
  if (chapters.length > MAX_TRACKS) {
    throw new UserError(
      `a cue sheet has at most ${MAX_TRACKS} tracks, not ${chapters.length}; use --format ffmetadata`,
    );
  }
  const lines = [`FILE ${quoted(fileName)} ${typeOf(fileName)}`];
  for (const [index, { title, startTimeMs }] of chapters.entries()) {
    lines.push(`  TRACK ${twoDigits(index + 1)} AUDIO`);
    if (title !== undefined) lines.push(`    TITLE ${quoted(title)}`);
    lines.push(`    INDEX 01 ${timeText(startTimeMs)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** @param {string} text */
function quoted(text) {
  return `"${text.replaceAll('"', "'").replaceAll(/[\r\n]+/g, ' ')}"`;
}

/**
 * Returns the type of a file. Players take `WAVE` for whatever they can play.
 *
 * @param {string} fileName
 */
function typeOf(fileName) {
  return /\.mp3$/i.test(fileName) ? 'MP3' : 'WAVE';
}

/** @param {number} milliseconds */
function timeText(milliseconds) {
  const frames = Math.round((milliseconds * FRAMES) / 1000);
  const seconds = Math.floor(frames / FRAMES);
  return [Math.floor(seconds / 60), seconds % 60, frames % FRAMES].map(twoDigits).join(':');
}

/** @param {number} number */
function twoDigits(number) {
  return String(number).padStart(2, '0');
}

module.exports = { format, parse };
