'use strict';

/**
 * Treats MP4's items, such as `©nam` and `----:com.apple.iTunes:MOOD`, as properties.
 *
 * TagLib translates most items into properties and back. Others can be read, but not
 * written.
 */

const { MetadataError } = require('../core/errors.js');
const { native } = require('../core/native.js');

/** Items that hold a number and a total, as in "3/12". @type {Map<string, [string, string]>} */
const PAIRS = new Map([
  ['trkn', ['TRACKNUMBER', 'TRACKTOTAL']],
  ['disk', ['DISCNUMBER', 'DISCTOTAL']],
]);

/**
 * Returns the keys of the number and the total that an item holds, or undefined.
 *
 * @param {string} item
 */
function keysOfPair(item) {
  return PAIRS.get(item);
}

/**
 * Returns the key of the property that an item holds, or undefined.
 *
 * @param {string} item
 */
function keyOfItem(item) {
  return native().mp4PropertyOf(item) ?? undefined;
}

/** @param {string} item */
function writableKey(item) {
  const key = keyOfItem(item);
  if (key !== undefined) return key;
  throw new MetadataError('write', 'TagLib has no property for this MP4 item', item);
}

/**
 * Returns the number and the total of a text such as "3/12", each as a list of one or none.
 *
 * @param {string} item
 * @param {string} value
 */
function numbersOf(item, value) {
  const numbers = value.match(/^(\d*)(?:\/(\d*))?$/);
  if (numbers === null) {
    throw new MetadataError('write', 'it must be a number, or two such as "3/12"', item);
  }
  return numbers.slice(1).map((digits) => (Number(digits ?? 0) === 0 ? [] : [digits]));
}

module.exports = { keyOfItem, keysOfPair, numbersOf, writableKey };
