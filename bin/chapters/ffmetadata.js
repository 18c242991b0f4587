'use strict';

/**
 * The chapters of FFmpeg's metadata files (FFmpeg Formats Documentation, "Metadata"). A backslash
 * comes before `=`, `;`, `#`, `\` and a line feed in a key or a value.
 *
 * @import { Chapter } from '../../index.js'
 */

const { UserError } = require('../reporter.js');

const MAGIC = ';FFMETADATA';

/** @param {string} text */
function isFfmetadata(text) {
  return text.startsWith(MAGIC);
}

/**
 * Returns the chapters. Other sections and keys are left out.
 *
 * @param {string} text
 * @returns {Chapter[]}
 */
function parse(text) {
  /** @type {Record<string, string>[]} */
  const chapters = [];
  /** @type {Record<string, string> | undefined} */
  let section;
  for (const line of linesOf(text)) {
    if (/^[;#]/.test(line)) continue;
    const name = line.match(/^\[(.*)\]$/);
    if (name !== null) {
      section = name[1] === 'CHAPTER' ? {} : undefined;
      if (section !== undefined) chapters.push(section);
      continue;
    }
    const pair = line.match(/^((?:\\.|[^\\=])*)=(.*)$/s);
    if (section !== undefined && pair !== null) {
      section[unescaped(pair[1]).toLowerCase()] = unescaped(pair[2]);
    }
  }
  if (chapters.length === 0) throw new UserError('the metadata file has no [CHAPTER]');
  return chapters.map(chapterOf);
}

/**
 * Splits the text at line feeds without a backslash before them.
 *
 * @param {string} text
 */
function linesOf(text) {
  return text.replaceAll('\r\n', '\n').match(/(?:\\.|[^\\\n])+/gs) ?? [];
}

/** @param {string} text */
function unescaped(text) {
  return text.replaceAll(/\\(.)/gs, '$1');
}

/**
 * @param {Record<string, string>} section
 * @param {number} index
 * @returns {Chapter}
 */
function chapterOf({ timebase = '1/1000000000', start = '', end, title }, index) {
  const base = timebase.match(/^(\d+)\/([1-9]\d*)$/);
  if (base === null) {
    throw mistake(index, `TIMEBASE must be a fraction such as 1/1000, not "${timebase}"`);
  }
  const milliseconds = (/** @type {string} */ name, /** @type {string} */ value) => {
    if (!/^\d+$/.test(value))
      throw mistake(index, `${name} must be a whole number, not "${value}"`);
    return Math.round((Number(value) * Number(base[1]) * 1000) / Number(base[2]));
  };
  return {
    startTimeMs: milliseconds('START', start),
    ...(end !== undefined && { endTimeMs: milliseconds('END', end) }),
    ...(title && { title }),
  };
}

/**
 * @param {number} index
 * @param {string} what
 */
function mistake(index, what) {
  return new UserError(`chapter ${index + 1} of the metadata file: ${what}`);
}

/** @param {readonly Chapter[]} chapters Each with its end. */
function format(chapters) {
  const sections = chapters.map(
    ({ startTimeMs, endTimeMs = startTimeMs, title }) =>
      `\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=${Math.round(startTimeMs)}\nEND=${Math.round(endTimeMs)}\n` +
      (title === undefined ? '' : `title=${escaped(title)}\n`),
  );
  return `${MAGIC}1\n${sections.join('')}`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll(/[=;#\\\n]/g, '\\$&');
}

module.exports = { format, isFfmetadata, parse };
