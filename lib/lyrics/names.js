'use strict';

/** What tells synced lyrics of a file apart: a language and a description. */

/** What an ID3v2 frame has for an unknown language. */
const NO_LANGUAGE = 'XXX';

/**
 * Returns the names that are known.
 *
 * @param {{ language?: string, description?: string }} names
 */
function named({ language, description }) {
  const isKnown = language !== undefined && /^[A-Za-z]{3}$/.test(language);
  return {
    ...(isKnown && language.toUpperCase() !== NO_LANGUAGE && { language }),
    ...(description && { description }),
  };
}

/**
 * Returns a text that lyrics with the same names have in common.
 *
 * @param {{ language?: string, description?: string }} names
 */
function keyOf(names) {
  const { language = NO_LANGUAGE, description = '' } = named(names);
  return `${language.toLowerCase()} ${description}`;
}

module.exports = { keyOf, named, NO_LANGUAGE };
