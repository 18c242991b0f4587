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

module.exports = { dataOf, elementOf, isolated, make };
