'use strict';

/**
 * The input of taglib-wasm's `applyTags`: fields alone. Programs pass it what
 * `readTags` gave them, and expect pictures and the like to stay as they are.
 */

const { isObject } = require('../arguments/check.js');
const { FIELD_TYPES } = require('../tables/fields.js');

/** What `applyTags` of taglib-wasm sets, besides text. */
const SET = ['number', 'boolean', 'lyrics'];

/**
 * The function without what its tags hold besides fields and lyrics.
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
 * What taglib-wasm would set of the tags. Other values are left to the check of
 * arguments.
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
