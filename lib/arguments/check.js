'use strict';

/**
 * Checks single values. An error names the argument, what it must be, and
 * what it is: "memoryLimit must be a number of bytes, not the string \"1\"".
 */

const { argumentError } = require('../core/errors.js');

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} value
 */
function typeError(name, expected, value) {
  const message = `${name} must be ${expected}, not ${describe(value)}`;
  return argumentError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} value
 */
function rangeError(name, expected, value) {
  const message = `${name} must be ${expected}, not ${describe(value)}`;
  return argumentError(RangeError, 'ERR_OUT_OF_RANGE', message);
}

/** @param {unknown} value */
function describe(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(value)}`;
    case 'object':
      return `an instance of ${value.constructor?.name ?? 'Object'}`;
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Refuses unknown keys: a misspelled option must not be ignored.
 *
 * @param {string} name
 * @param {unknown} options
 * @param {readonly string[]} known
 */
function checkKeys(name, options, known) {
  if (!isObject(options)) throw typeError(name, 'an object', options);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      const message = `${name} has no option "${key}", expected ${known.join(', ')}`;
      throw argumentError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
    }
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} lowest
 * @param {number} highest
 * @param {string} unit
 */
function checkInteger(name, value, lowest, highest, unit) {
  if (typeof value !== 'number') throw typeError(name, `a number of ${unit}`, value);
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw rangeError(name, `an integer from ${lowest} to ${highest} (${unit})`, value);
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkBoolean(name, value) {
  if (typeof value !== 'boolean') throw typeError(name, 'a boolean', value);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkOptionalFunction(name, value) {
  if (value !== undefined && typeof value !== 'function') {
    throw typeError(name, 'a function', value);
  }
}

module.exports = {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOptionalFunction,
  describe,
  isObject,
  rangeError,
  typeError,
};
