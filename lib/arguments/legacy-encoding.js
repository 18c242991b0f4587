'use strict';

/** The option `legacyEncoding`. */

const { native } = require('../core/native.js');
const { rangeError, typeError } = require('./check.js');

const EXPECTED =
  'an encoding such as "gbk" (a label of the Encoding Standard), "auto", or a function that decodes bytes';

/**
 * @param {unknown} value
 * @returns {import('../../index.js').LegacyEncoding | undefined}
 */
function checkLegacyEncoding(value) {
  if (value === undefined || value === 'auto') return value;
  if (typeof value === 'function') return /** @type {any} */ (value);
  if (typeof value !== 'string') throw typeError('legacyEncoding', EXPECTED, value);
  if (!native().isEncoding(value)) throw rangeError('legacyEncoding', EXPECTED, value);
  return value;
}

module.exports = { checkLegacyEncoding };
