'use strict';

/** The file of a report. */

const { WholeFile } = require('../output/whole-file.js');

/**
 * How reports begin, in HTML and in JSON. A song may have the mark in its title.
 */
const BEGINNINGS = [
  /^<!doctype html>[^\0]*<meta name="generator" content="taglib-wasi report">/,
  /^\{"generator":"taglib-wasi report"/,
];

/** @type {import('../output/whole-file.js').Kind} */
const REPORT = {
  name: 'report',
  isOurs: (start) => BEGINNINGS.some((beginning) => beginning.test(start)),
};

/**
 * Writes the parts.
 *
 * @param {string} file
 * @param {Iterable<string>} parts
 * @param {{ force: boolean, signal: AbortSignal }} options
 */
async function writeReport(file, parts, { force, signal }) {
  const whole = await WholeFile.create(file, REPORT, { force });
  try {
    for (const part of parts) {
      signal.throwIfAborted();
      await whole.write(part);
    }
    await whole.commit();
  } catch (error) {
    await whole.discard();
    throw error;
  }
}

module.exports = { REPORT, writeReport };
