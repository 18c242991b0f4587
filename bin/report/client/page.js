'use strict';

/** Elements and data of the page. Texts of files are only ever set as text. */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function elementOf(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * Returns the data of a script element, which is removed to free its memory.
 *
 * @param {string} name
 * @returns {any}
 */
function dataOf(name) {
  const element = elementOf(`data-${name}`);
  const data = JSON.parse(element.textContent);
  element.remove();
  return data;
}

/**
 * Resolves to the compressed data of a script element, which is removed to free its memory.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
function compressedDataOf(name) {
  const element = elementOf(`data-${name}`);
  const binary = atob(element.textContent);
  element.remove();
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).json();
}

/**
 * Makes an element.
 *
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} content
 * @returns {HTMLElement}
 */
function make(name, attributes, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}

/**
 * Makes an element for a text of a file: its direction does not change that of the page.
 *
 * @param {string} text
 * @param {string} [className]
 */
function isolated(text, className = '') {
  return make('bdi', className === '' ? {} : { class: className }, text);
}

module.exports = { compressedDataOf, dataOf, elementOf, isolated, make };
