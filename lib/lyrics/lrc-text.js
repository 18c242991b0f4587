'use strict';

/**
 * The text of an LRC file. Many have the legacy encoding of the system on which they were made.
 *
 * @import { LrcOptions } from '../../index.js'
 */

const { checkKeys, rangeError, typeError } = require('../arguments/check.js');
const { isBytes, toBytes } = require('../arguments/files.js');
const { argumentError } = require('../core/errors.js');
const { native } = require('../core/native.js');

const UTF_8 = 'utf-8';

/**
 * Returns the text, or throws if it is not in the encoding.
 *
 * @param {string | Uint8Array} lrc
 * @param {LrcOptions} [options]
 */
function textOf(lrc, options = {}) {
  checkKeys('options', options, ['encoding']);
  const { encoding = UTF_8 } = options;
  if (typeof encoding !== 'string' || !native().isEncoding(encoding)) {
    const expected = 'an encoding such as "gbk" (a label of the Encoding Standard)';
    throw rangeError('encoding', expected, encoding);
  }
  if (typeof lrc === 'string') return lrc;
  if (!isBytes(lrc)) throw typeError('lrc', 'a string or a Uint8Array', lrc);
  const text = native().decodeText(encoding, toBytes(lrc));
  if (text !== null) return text;
  throw argumentError(
    TypeError,
    'ERR_ENCODING_INVALID_ENCODED_DATA',
    `lrc must be text in ${encoding}; name another encoding, such as { encoding: "gbk" }`,
  );
}

module.exports = { textOf };
