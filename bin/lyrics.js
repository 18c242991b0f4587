'use strict';

/**
 * The names of synced lyrics: a language and a description.
 *
 * @typedef {{ language?: string, description?: string }} Names
 */

/** The code of ID3v2 for an unknown language. */
const NO_LANGUAGE = 'XXX';

/**
 * Returns whether lyrics have the names that are given.
 *
 * @param {Names} lyrics
 * @param {Names} given A name that is left out matches every one.
 */
function hasNames({ language = NO_LANGUAGE, description = '' }, given) {
  return (
    language.toLowerCase() === (given.language ?? language).toLowerCase() &&
    description === (given.description ?? description)
  );
}

/**
 * Returns the headers of LRC that hold the names.
 *
 * @param {Names} lyrics
 */
function headersOf({ language, description }) {
  return {
    ...(language && { la: language }),
    // A header is one line.
    ...(description && { description: description.replaceAll(/[\r\n]+/g, ' ') }),
  };
}

/**
 * Returns the names in the headers of LRC.
 *
 * @param {Record<string, string>} headers
 */
function namesIn({ la = '', description = '' }) {
  // Some programs write a code of two letters, or the name of the language.
  return { language: /^[a-z]{3}$/i.test(la) ? la : NO_LANGUAGE, description };
}

/**
 * Returns the options that choose lyrics by their names.
 *
 * @param {Names} lyrics
 */
function optionsFor({ language = NO_LANGUAGE, description = '' }) {
  return `--language ${language} --description ${JSON.stringify(description)}`;
}

module.exports = { hasNames, headersOf, namesIn, optionsFor };
