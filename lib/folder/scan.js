'use strict';

/**
 * `scan`: the tags of every audio file beneath a directory, one record after the
 * other, read only a few files ahead of the consumer.
 *
 * @import { FileMetadata, ScanOptions, ScanRecord } from '../../index.js'
 * @import { Query } from '../../native/binding.js'
 * @import { AtCallSite } from '../core/call-site.js'
 * @import { FoundFile, Unreadable, WalkOptions } from './walk.js'
 *
 * @typedef {{ path: string, absolute: string }} Top The directory as given, and its absolute path.
 * @typedef {ReturnType<typeof checkScanOptions> & {
 *   session: ReturnType<typeof holdSession>,
 *   folderTexts?: InstanceType<typeof import('./folder-texts.js')['FolderTexts']>,
 * }} CheckedOptions
 */

const { checkPath } = require('../arguments/files.js');
const { checkScanOptions } = require('../arguments/options.js');
const { onAbort, throwIfAborted } = require('../core/aborts.js');
const { callSiteOf } = require('../core/call-site.js');
const { holdSession, releaseSession } = require('../core/session.js');
const { read } = require('../simple/read-file.js');
const { hashOf } = require('../simple/audio-hash.js');
const { KnownFiles } = require('./known-files.js');
const { walk } = require('./walk.js');

/**
 * How many files may be ahead of the consumer: being read, or read and waiting. It is
 * large because waiting reads share a thread. After a large record fewer files are read
 * ahead, since records stay in memory.
 */
const MAX_AHEAD = 24;
const MAX_AHEAD_AFTER_LARGE = 4;
/** Bytes of pictures that make a record a large one. */
const LARGE_RECORD = 2 ** 20;

/**
 * @param {string} directory
 * @param {ScanOptions} [options]
 */
function scan(directory, options) {
  const top = { path: directory, absolute: checkPath('list', directory) };
  const checked = checkScanOptions(options);
  // Every file is read in this session, even if `initialize` is called meanwhile.
  const session = holdSession();
  return records(top, { ...checked, session }, callSiteOf(scan));
}

/**
 * @param {Top} top
 * @param {CheckedOptions} options
 * @param {AtCallSite} atCallSite
 * @returns {AsyncGenerator<ScanRecord, void, undefined>}
 */
async function* records(top, options, atCallSite) {
  const { signal, onProgress } = options;
  // Aborted by the caller's signal, and when the consumer leaves the loop.
  const controller = new AbortController();
  const removeHandler = signal && onAbort(signal, () => controller.abort(signal.reason));
  const progress = { read: 0, failed: 0, skipped: 0, removed: 0, moved: 0, passedOver: 0 };
  const onPassedOver = () => {
    progress.passedOver += 1;
  };
  try {
    throwIfAborted(signal);
    const readOptions = { ...options, onPassedOver, signal: controller.signal };
    // An album is judged as a whole.
    if (options.legacyEncoding === 'auto') {
      const { FolderTexts } = require('./folder-texts.js');
      readOptions.folderTexts = new FolderTexts(readOptions);
    }
    for await (const record of allRecords(top, readOptions)) {
      throwIfAborted(signal);
      if (record.status === 'failed') atCallSite(record.error);
      progress[record.status] += 1;
      onProgress?.({ ...progress, path: record.path });
      yield record;
    }
  } catch (error) {
    throw atCallSite(error);
  } finally {
    controller.abort();
    removeHandler?.();
    releaseSession(options.session);
  }
}

/**
 * Yields the records of the files that are there, and then those of files that are gone.
 *
 * @param {Top} top
 * @param {CheckedOptions & WalkOptions} options
 * @returns {AsyncGenerator<ScanRecord, void, undefined>}
 */
async function* allRecords(top, options) {
  const known = new KnownFiles(options.since);
  for await (const record of readAhead(top, known, options)) {
    known.note(record);
    yield record;
  }
  yield* known.gone(top.path, options.extensions);
}

/**
 * Yields records of files in the order in which they are done.
 *
 * @param {Top} top
 * @param {KnownFiles} known
 * @param {CheckedOptions & WalkOptions} options
 * @returns {AsyncGenerator<ScanRecord, void, undefined>}
 */
async function* readAhead(top, known, options) {
  const files = walk(top, options);
  /** @type {Set<Promise<void>>} */
  const reading = new Set();
  /** @type {ScanRecord[]} */
  const done = [];
  let maxAhead = MAX_AHEAD_AFTER_LARGE;
  const hasRoom = () =>
    reading.size < options.concurrency &&
    reading.size + done.length < Math.min(maxAhead, 2 * options.concurrency);
  /** @param {FoundFile | Unreadable} file */
  const start = (file) => {
    const pending = recordOf(file, known, options).then((record) => {
      reading.delete(pending);
      done.push(record);
      const isLarge = pictureBytes(record) > LARGE_RECORD;
      maxAhead = isLarge ? MAX_AHEAD_AFTER_LARGE : Math.min(MAX_AHEAD, maxAhead + 1);
    });
    // Awaited below; this only prevents an unhandled rejection after an abort.
    pending.catch(() => {});
    reading.add(pending);
  };
  let isWalked = false;
  try {
    for (;;) {
      while (!isWalked && hasRoom()) {
        const next = await files.next();
        if (next.done) isWalked = true;
        else start(next.value);
      }
      const record = done.shift();
      if (record !== undefined) yield record;
      else if (reading.size > 0) await Promise.race(reading);
      else return;
    }
  } finally {
    // Closes the directory that is being listed.
    await files.return();
  }
}

/** @param {ScanRecord} record */
function pictureBytes(record) {
  const pictures = (record.status === 'read' && record.tags.pictures) || [];
  return pictures.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
}

/**
 * @param {FoundFile | Unreadable} found
 * @param {KnownFiles} known
 * @param {CheckedOptions} options
 * @returns {Promise<ScanRecord>}
 */
async function recordOf(found, known, options) {
  if ('error' in found) return failed({ path: found.path }, found.error);
  const { path, absolute, size, mtimeMs } = found;
  const file = { path, size, mtimeMs };
  if (await known.isUnchanged(file)) return { ...file, status: 'skipped' };
  try {
    return { ...file, status: 'read', ...(await contentOf(absolute, options)) };
  } catch (error) {
    const failure = /** @type {Error} */ (error);
    if (failure.name === 'AbortError') throw failure;
    return failed(file, failure);
  }
}

/**
 * @param {{ path: string, size?: number, mtimeMs?: number }} file
 * @param {Error} error
 * @returns {ScanRecord}
 */
function failed(file, error) {
  return { ...file, status: 'failed', error: /** @type {any} */ (error) };
}

/**
 * @param {string} absolute
 * @param {CheckedOptions} checked
 */
async function contentOf(absolute, checked) {
  const { session, signal, pictures, properties, audioHash, legacyEncoding } = checked;
  const isDescribed = pictures === 'metadata';
  const options = { signal, pictures: pictures !== false, legacyEncoding };
  /** @param {`${Query}`} query */
  const readAs = (query) =>
    checked.folderTexts === undefined
      ? read(absolute, query, options, { session })
      : checked.folderTexts.read(absolute, query, options);
  const content = properties
    ? withoutOthers(await readAs(isDescribed ? 'metadataWithPictureMetadata' : 'metadata'))
    : { tags: await readAs(isDescribed ? 'tagsWithPictureMetadata' : 'tags') };
  if (!audioHash) return content;
  const errorContext = { path: absolute };
  return { ...content, audioHash: await hashOf(absolute, { session, signal, errorContext }) };
}

/** @param {FileMetadata} metadata */
function withoutOthers({ tags, properties }) {
  return { tags, properties };
}

module.exports = { scan };
