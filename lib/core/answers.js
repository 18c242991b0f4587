'use strict';

/**
 * From an outcome of the addon to a value, or to an error that is thrown.
 *
 * Tags and properties come as JSON text. What JSON can't express is encoded as
 * an array in an array, such as `[["bytes", 0]]` or `[["undefined"]]`, which no
 * answer contains otherwise.
 *
 * @import { AnswerOutcome, Outcome } from '../../native/binding.js'
 */

const { fromFailure } = require('./errors.js');

/**
 * @param {Outcome<any> | AnswerOutcome} outcome
 * @param {import('./errors.js').ErrorContext} [errorContext]
 */
function unwrap(outcome, errorContext) {
  if (outcome.failure !== undefined) throw fromFailure(outcome.failure, errorContext);
  return 'json' in outcome ? decode(outcome.json, outcome.buffers ?? []) : outcome.value;
}

/**
 * @param {string} json
 * @param {Uint8Array[]} buffers The bytes that the text refers to by index.
 */
function decode(json, buffers) {
  const answer = JSON.parse(json);
  return json.includes('[["') ? restore(answer, buffers) : answer;
}

/**
 * Replaces each encoded value within `value`.
 *
 * @param {any} value
 * @param {Uint8Array[]} buffers
 */
function restore(value, buffers) {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value) && Array.isArray(value[0])) return encodedValue(value[0], buffers);
  for (const key of Object.keys(value)) value[key] = restore(value[key], buffers);
  return value;
}

/**
 * @param {any[]} encoded
 * @param {Uint8Array[]} buffers
 */
function encodedValue([type, content], buffers) {
  switch (type) {
    case 'bytes':
      return buffers[content];
    case 'bigint':
      return BigInt(content);
    case 'number':
      return Number(content);
    default:
      return undefined;
  }
}

module.exports = { unwrap };
