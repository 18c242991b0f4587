'use strict';

/** The most characters of a text that a report has. Tags may have texts of a million. */
const MAX_LENGTH = 1000;

/**
 * Returns the text, cut if it is too long.
 *
 * @param {string} text
 */
function cut(text) {
  if (text.length <= MAX_LENGTH) return text;
  // Not within a pair of surrogates.
  return `${text.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, '')}…`;
}

exports.cut = cut;
