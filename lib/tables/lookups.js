'use strict';

/**
 * Looks properties up in the tables.
 *
 * @import { PropertyKey, TagName } from '../../index.js'
 */

const { PROPERTIES, Tags } = require('./properties.js');

/**
 * @param {string} key
 * @returns {key is PropertyKey}
 */
function isValidProperty(key) {
  return Object.hasOwn(PROPERTIES, key);
}

/** @param {PropertyKey} key */
function getPropertyMetadata(key) {
  return isValidProperty(key) ? /** @type {any} */ (PROPERTIES[key]) : undefined;
}

function getAllPropertyKeys() {
  return /** @type {PropertyKey[]} */ (Object.keys(PROPERTIES));
}

function getAllProperties() {
  return /** @type {any} */ (Object.entries(PROPERTIES));
}

/** @param {string} format Of tags, such as `ID3v2`. */
function getPropertiesByFormat(format) {
  return getAllPropertyKeys().filter((key) =>
    /** @type {readonly string[]} */ (PROPERTIES[key].supportedFormats).includes(format),
  );
}

/** @type {ReadonlySet<string>} */
const TAG_NAMES = new Set(Object.values(Tags));

/**
 * @param {string} name
 * @returns {name is TagName}
 */
function isValidTagName(name) {
  return TAG_NAMES.has(name);
}

function getAllTagNames() {
  return /** @type {TagName[]} */ (Object.values(Tags));
}

module.exports = {
  getAllProperties,
  getAllPropertyKeys,
  getAllTagNames,
  getPropertiesByFormat,
  getPropertyMetadata,
  isValidProperty,
  isValidTagName,
};
