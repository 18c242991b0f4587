'use strict';

/**
 * Converts an outcome of the addon to a value, or to an error that is thrown.
 *
 * Tags and properties come as JSON text. A value that JSON can't express is encoded as an array in
 * an array, such as `[["bytes", 0]]` or `[["undefined"]]`. Answers contain no other nested arrays.
 *
 * A large answer comes in pieces, so that it does not block the event loop.
 *
 * @import { AnswerOutcome, ExternalObject, LargeResponse, Outcome } from '../../native/binding.js'
 */

const { fromFailure } = require('./errors.js');
const { native } = require('./native.js');
const { inOrder, Turns } = require('./turns.js');

/**
 * Returns the value, or a promise of it if it is large.
 *
 * @param {Outcome<any> | AnswerOutcome | string} outcome The text of an answer, or an object.
 * @param {Uint8Array[] | null} buffers The buffers that the text refers to.
 * @param {import('./errors.js').ErrorContext} [errorContext]
 */
function unwrap(outcome, buffers, errorContext) {
  if (typeof outcome === 'string') return decode(outcome, buffers ?? []);
  if (outcome.failure !== undefined) throw fromFailure(outcome.failure, errorContext);
  if ('large' in outcome && outcome.large !== undefined) {
    const { large } = outcome;
    return inOrder(() => take(large));
  }
  return 'json' in outcome ? decode(outcome.json, outcome.buffers ?? []) : outcome.value;
}

/**
 * Returns a function that decodes the value when it is called, or a promise of that function. A
 * large value is decoded before, in pieces.
 *
 * @param {Outcome<any> | AnswerOutcome | string} outcome
 * @param {Uint8Array[] | null} buffers
 * @param {import('./errors.js').ErrorContext} [errorContext]
 */
function unwrapLater(outcome, buffers, errorContext) {
  if (typeof outcome === 'string') return () => decode(outcome, buffers ?? []);
  const value = unwrap(outcome, buffers, errorContext);
  if (value instanceof Promise) return value.then((decoded) => () => decoded);
  return () => value;
}

/**
 * Returns the value at once, for calls that have blocked the event loop already.
 *
 * @param {Outcome<any> | AnswerOutcome} outcome
 * @param {import('./errors.js').ErrorContext} [errorContext]
 */
function unwrapSync(outcome, errorContext) {
  if (!('large' in outcome) || outcome.large === undefined) {
    return unwrap(outcome, null, errorContext);
  }
  const steps = taking(outcome.large);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Takes an answer in pieces, over as many turns as it needs.
 *
 * @param {ExternalObject<LargeResponse>} large
 */
async function take(large) {
  const turns = new Turns();
  const steps = taking(large);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await turns.share();
  }
}

/**
 * Takes an answer, a piece at each step.
 *
 * @param {ExternalObject<LargeResponse>} large
 * @returns {Generator<undefined, any>}
 */
function* taking(large) {
  const buffers = [];
  for (const [index, size] of native().bufferSizes(large).entries()) {
    yield;
    const buffer = new Uint8Array(size);
    for (let offset = 0; offset < size; ) {
      const copied = native().copyBuffer(large, index, buffer, offset);
      if (copied === 0) throw new RangeError('the addon returned fewer bytes than announced');
      offset += copied;
      yield;
    }
    buffers.push(buffer);
  }
  let answer;
  for (let piece = native().takePiece(large); piece; piece = native().takePiece(large)) {
    const value = decode(piece.json, buffers);
    answer = answer === undefined ? value : join(answer, value, JSON.parse(piece.path));
    yield;
  }
  return answer;
}

/**
 * Adds the content of a piece to `value`. `path` leads to the innermost value that the piece
 * continues (`src/pieces.rs`): each step is a key, or null for the last element of a list or the
 * last key of an object.
 *
 * @param {any} value
 * @param {any} more
 * @param {(string | null)[]} path
 */
function join(value, more, path) {
  if (typeof value === 'string') return value + more;
  const [step, ...rest] = path;
  if (Array.isArray(value)) {
    const [first] = more;
    if (path.length > 0) value[value.length - 1] = join(value[value.length - 1], first, rest);
    for (const element of path.length > 0 ? more.slice(1) : more) value.push(element);
    return value;
  }
  const continued = step ?? LAST_KEY;
  if (path.length > 0) {
    const key = step ?? /** @type {string} */ (Object.keys(value).pop());
    value[key] = join(value[key], more[continued], rest);
  }
  for (const key of Object.keys(more)) {
    if (path.length === 0 || key !== continued) value[key] = more[key];
  }
  return value;
}

/** Replaces a long key in a piece. Answers have no such key. */
const LAST_KEY = '__proto__';

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
  if (Array.isArray(value) && Array.isArray(value[0])) return encodedValue(value[0], buffers);
  for (const key of Object.keys(value)) {
    // Most values are texts, which stay as they are: to store each again takes as long as to parse.
    if (typeof value[key] === 'object') value[key] = restore(value[key], buffers);
  }
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

module.exports = { unwrap, unwrapLater, unwrapSync };
