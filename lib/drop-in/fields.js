'use strict';

/**
 * Reduces the input of `applyTags` to fields, as taglib-wasm does. Programs pass the
 * result of `readTags` and expect pictures and other parts to stay unchanged.
 */

const { isObject } = require('../arguments/check.js');
const { FIELD_TYPES } = require('../tables/fields.js');

/** The types of fields, besides text, that `applyTags` of taglib-wasm sets. */
const SET = ['number', 'boolean', 'lyrics'];

/**
 * Wraps a function so that it gets only the fields and lyrics of its tags.
 *
 * @param {(file: any, tags: any, options?: any) => Promise<any>} change
 */
function fieldsAlone(change) {
  /**
   * @param {unknown} file
   * @param {unknown} tags
   * @param {unknown} options
   */
  return (file, tags, options) => change(file, tagsOfTaglibWasm(tags), options);
}

/**
 * Returns the tags that taglib-wasm would set. The check of arguments handles other
 * values.
 *
 * @param {any} tags
 */
function tagsOfTaglibWasm(tags) {
  return isObject(tags) ? fieldsOf(tags) : tags;
}

/** @param {Record<string, unknown>} tags */
function fieldsOf(tags) {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => isField(name)));
}

/** @param {string} name */
function isField(name) {
  return !Object.hasOwn(FIELD_TYPES, name) || SET.includes(FIELD_TYPES[name]);
}

module.exports = { fieldsAlone, tagsOfTaglibWasm };
