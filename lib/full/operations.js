'use strict';

/**
 * The native calls of the Full API.
 *
 * @import { AudioProperties, ExtendedTag, FileType, LegacyEncoding, SaveReport, TransferOptions } from '../../index.js'
 * @import { EditRecord, LossPolicy, Query, SaveRecord } from '../../native/binding.js'
 * @import { ErrorContext } from '../core/errors.js'
 * @import { SourceTarget } from './source-target.js'
 *
 * @typedef {object} ModelAnswer
 * @property {ExtendedTag} tags
 * @property {AudioProperties | undefined} properties
 * @property {FileType} format
 * @property {Record<string, string[]>} propertyMap By TagLib's keys, in capitals.
 * @property {Record<string, string[]>} [mp4Items]
 * @property {{ v1: boolean, v2: boolean }} [id3Tags]
 * @property {Id3v2Frame[]} [frames]
 *
 * @typedef {{ id: string, data: Uint8Array }} Id3v2Frame
 *
 * @typedef {object} OpenRead
 * @property {AbortSignal} [signal]
 * @property {boolean} pictures
 * @property {boolean} frames
 * @property {LegacyEncoding} [legacyEncoding]
 * @property {Required<TransferOptions>} [transfer]
 *
 * @typedef {object} Target What a call is about.
 * @property {string | Uint8Array} content An absolute path, or bytes that nobody changes.
 * @property {ErrorContext} errorContext
 */

const { checkPath } = require('../arguments/files.js');
const { unwrapSync } = require('../core/answers.js');
const calls = require('../core/calls.js');
const { contentSource, fileSource, textSource } = require('../core/large-content.js');
const { native } = require('../core/native.js');
const { currentSession } = require('../core/session.js');

/**
 * Returns the target of an operation on a path.
 *
 * @param {string} operation
 * @param {string} path
 * @returns {Target}
 */
function targetOf(operation, path) {
  return { content: checkPath(operation, path), errorContext: { path } };
}

/**
 * Reads everything that an open file keeps. The answer is decoded when it is needed: hundreds of
 * opens at once would hold the main thread. With a legacy encoding it is decoded at once, so that
 * a function of the app that throws makes the open fail.
 *
 * @param {Target | SourceTarget} target
 * @param {OpenRead} options
 * @returns {Promise<() => ModelAnswer>}
 */
async function readModel(target, options) {
  const { pictures, frames, legacyEncoding } = options;
  /** @type {`${Query}`} */
  const query = frames ? 'modelWithFrames' : 'model';
  const latin1Texts = legacyEncoding !== undefined;
  const request = { session: currentSession(), query, pictures, latin1Texts };
  const answer = await submitModelRead(target, request, options);
  if (legacyEncoding === undefined) return answer;
  // Loaded when it is used: few apps decode legacy encodings.
  const { decodedAnswer } = require('../legacy-encoding/decoded-answer.js');
  const decoded = decodedAnswer(answer(), query, legacyEncoding, target.errorContext.path);
  return () => decoded;
}

/**
 * @param {Target | SourceTarget} target
 * @param {Omit<calls.ReadRequest, 'content'>} request
 * @param {OpenRead} options
 * @returns {Promise<() => ModelAnswer>}
 */
async function submitModelRead(target, request, { signal, transfer }) {
  if ('source' in target) {
    // Loaded when it is used: most apps open paths.
    const { readSource } = require('../sources/read-source.js');
    const answer = await readSource({ ...request, source: target.source, signal, transfer });
    return () => answer;
  }
  const { content, errorContext } = target;
  return calls.submitRead({ ...request, content }, { signal, errorContext, decodeLater: true });
}

/**
 * Reads the raw ID3v2 frames. Blocks the calling thread.
 *
 * @param {Target} target
 * @returns {Id3v2Frame[]}
 */
function readFramesSync({ content, errorContext }) {
  const query = /** @type {Query} */ ('frames');
  const outcome = native().readSync(currentSession(), content, query, false);
  return unwrapSync(outcome, errorContext) ?? [];
}

/**
 * Saves an edit to a file.
 *
 * @param {Target} target
 * @param {EditRecord} edit
 * @param {{ signal?: AbortSignal, save: SaveRecord }} options
 * @returns {Promise<SaveReport | undefined>}
 */
async function save({ content: path, errorContext }, edit, { signal, save }) {
  const session = currentSession();
  const lost = await calls.submit(
    (cancellation) => native().save(session, String(path), edit, save, cancellation),
    { signal, errorContext },
  );
  return lost && { lost };
}

/**
 * Does the same, and blocks. It does not use libuv's threads: all of them may be waiting.
 *
 * @param {Target} target
 * @param {EditRecord} edit
 * @param {SaveRecord} options
 * @returns {void}
 */
function saveSync({ content: path, errorContext }, edit, options) {
  unwrapSync(native().saveSync(currentSession(), String(path), edit, options), errorContext);
}

/**
 * Resolves to whether two paths lead to one file.
 *
 * @param {Target} first
 * @param {Target} second
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>}
 */
function isSameFile(first, second, signal) {
  const session = currentSession();
  const paths = [String(first.content), String(second.content)];
  return calls.submit(() => native().sameFile(session, paths[0], paths[1]), { signal });
}

/**
 * Saves a changed copy of a file under another path. If that leads to the file itself,
 * it is saved as `save` does.
 *
 * @param {Target} source
 * @param {Target} target
 * @param {EditRecord} edit
 * @param {{ signal?: AbortSignal, save: SaveRecord, overwrite: boolean }} options
 * @returns {Promise<SaveReport | undefined>}
 */
async function saveAs(source, target, edit, { signal, save, overwrite }) {
  const session = currentSession();
  const paths = [String(source.content), String(target.content)];
  const lost = await calls.submit(
    (cancellation) =>
      native().saveAs(session, paths[0], paths[1], edit, save, overwrite, cancellation),
    { signal, errorContext: source.errorContext },
  );
  return lost && { lost };
}

/**
 * Returns the bytes of the changed file. A file given by its path is only read.
 *
 * @param {Target} target
 * @param {EditRecord} edit
 * @param {{ signal?: AbortSignal, onLoss?: LossPolicy }} options
 * @returns {Promise<Uint8Array>}
 */
async function apply({ content, errorContext }, edit, { signal, onLoss }) {
  const session = currentSession();
  const file = await fileSource(content);
  return calls.submit((cancellation) => native().apply(session, file, edit, cancellation, onLoss), {
    signal,
    errorContext,
  });
}

/**
 * Does the same, and blocks.
 *
 * @param {Target} target
 * @param {EditRecord} edit
 * @param {LossPolicy} [onLoss]
 * @returns {Uint8Array}
 */
function applySync({ content, errorContext }, edit, onLoss) {
  return unwrapSync(native().applySync(currentSession(), content, edit, onLoss), errorContext);
}

/**
 * Reads the bytes of a file.
 *
 * @param {Target} target
 * @param {{ signal?: AbortSignal }} options
 * @returns {Promise<Uint8Array>}
 */
function readContent({ content: path, errorContext }, { signal }) {
  const session = currentSession();
  return calls.submit((cancellation) => native().readContent(session, String(path), cancellation), {
    signal,
    errorContext,
  });
}

/**
 * Does the same, and blocks.
 *
 * @param {Target} target
 * @returns {Uint8Array}
 */
function readContentSync({ content: path, errorContext }) {
  return unwrapSync(native().readContentSync(currentSession(), String(path)), errorContext);
}

/**
 * Writes a file, as safely as a save does.
 *
 * @param {Target} target
 * @param {Uint8Array | Iterable<string>} newContent Bytes, or the parts of a text, none of which
 *   takes long.
 * @param {{ signal?: AbortSignal, overwrite: boolean }} options
 * @returns {Promise<void>}
 */
async function writeContent({ content: path, errorContext }, newContent, { signal, overwrite }) {
  const session = currentSession();
  const isBytes = newContent instanceof Uint8Array;
  const source = await (isBytes ? contentSource(newContent) : textSource(newContent));
  return calls.submit(
    (cancellation) => native().writeContent(session, String(path), source, overwrite, cancellation),
    { signal, errorContext },
  );
}

module.exports = {
  apply,
  applySync,
  isSameFile,
  readContent,
  readContentSync,
  readFramesSync,
  readModel,
  save,
  saveAs,
  saveSync,
  targetOf,
  writeContent,
};
