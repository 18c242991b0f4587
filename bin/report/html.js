'use strict';

/** HTML that is put together of texts from files, which are escaped. */

class Html {
  /** @param {string} source */
  constructor(source) {
    this.source = source;
  }

  toString() {
    return this.source;
  }
}

/**
 * A template tag. Values are escaped, except for HTML. Arrays are joined.
 *
 * @param {TemplateStringsArray} strings
 * @param {unknown[]} values
 */
function html(strings, ...values) {
  return new Html(String.raw({ raw: strings }, ...values.map(escaped)));
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function escaped(value) {
  if (Array.isArray(value)) return value.map(escaped).join('');
  return value instanceof Html ? value.source : escapedText(String(value));
}

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** @param {string} text */
function escapedText(text) {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * Returns JSON for a script element. `<` is escaped, as nothing else can end the element.
 *
 * @param {unknown} data
 */
function scriptJson(data) {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

module.exports = { Html, html, scriptJson };
