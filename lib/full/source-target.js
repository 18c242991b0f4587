'use strict';

/**
 * The target of an open file of which only the parts that the read needed are here.
 *
 * @import { RandomAccessSource } from '../../index.js'
 * @import { ErrorContext } from '../core/errors.js'
 *
 * @typedef {object} SourceTarget
 * @property {RandomAccessSource} source
 * @property {Blob} [blob] The source, if it is a blob, which can be loaded whole.
 * @property {ErrorContext} errorContext
 */

const { FileOperationError } = require('../core/errors.js');
const { sourceOf } = require('../sources/random-access.js');

/**
 * Returns the target of a random-access source or a large blob, or undefined for other input.
 *
 * @param {unknown} input
 * @param {boolean} partial Whether a large blob is read in ranges.
 * @returns {SourceTarget | undefined}
 */
function sourceTargetOf(input, partial) {
  const blob = typeof Blob !== 'undefined' && input instanceof Blob ? input : undefined;
  if (blob !== undefined && !partial) return undefined;
  const source = sourceOf(input);
  if (source === undefined) return undefined;
  const target = { source, blob, errorContext: { path: source.name } };
  if (!partial) throw notHere(target);
  return target;
}

/**
 * Returns the error of a call that needs the whole content.
 *
 * @param {SourceTarget} target
 */
function notHere({ source, blob }) {
  const way =
    blob === undefined
      ? 'read the source whole, and open its bytes'
      : 'use saveAsync, saveToFile or toBuffer, or open the file with `partial: false`';
  const message = `ENOTSUP: only the parts of the file that hold tags are here; ${way}`;
  return new FileOperationError('read', message, source.name, { errno: 'ENOTSUP' });
}

module.exports = { notHere, sourceTargetOf };
