'use strict';

/**
 * The files that an app knows from an earlier scan: which of them need not be read, and which
 * are gone.
 *
 * Paths are compared in NFC: some file systems and tools change the form of a name.
 *
 * @import { KnownFile, MovedRecord, RemovedRecord, ScannedFile, ScanOptions, ScanRecord } from '../../index.js'
 */

const { Turns } = require('../core/turns.js');
const { extensionOf } = require('./walk.js');

class KnownFiles {
  /** @type {ScanOptions['since']} */
  #since;
  /** The paths of all records, in NFC. @type {Set<string>} */
  #found = new Set();
  /** What could not be read, and may contain known files. @type {string[]} */
  #unreadable = [];
  /** The paths of files that were not known, by the hashes of their audio. @type {Map<string, string>} */
  #newFiles = new Map();

  /** @param {ScanOptions['since']} since */
  constructor(since) {
    this.#since = since;
  }

  /**
   * Returns whether a file is known, and has not changed.
   *
   * @param {ScannedFile} file
   * @returns {boolean | Promise<boolean>}
   */
  isUnchanged(file) {
    if (this.#since === undefined) return false;
    if (typeof this.#since === 'function') return this.#since(file);
    const known = this.#entryOf(file.path);
    return known !== undefined && known.size === file.size && known.mtimeMs === file.mtimeMs;
  }

  /**
   * @param {string} path
   * @returns {KnownFile | undefined}
   */
  #entryOf(path) {
    if (typeof this.#since !== 'object') return undefined;
    const entry = this.#since.get(path);
    if (entry !== undefined || !hasForms(path)) return entry;
    return this.#since.get(path.normalize('NFC')) ?? this.#since.get(path.normalize('NFD'));
  }

  /** Whether the files that are gone can be told: a function tells only about what it is asked. */
  get #isIterable() {
    return typeof this.#since === 'object' && Symbol.iterator in this.#since;
  }

  /**
   * Takes note of a record.
   *
   * @param {ScanRecord} record
   */
  note(record) {
    if (!this.#isIterable) return;
    const { path, status } = record;
    this.#found.add(inNfc(path));
    if (status === 'failed' && record.size === undefined) this.#unreadable.push(`${path}/`);
    if (status === 'read' && record.audioHash !== undefined && this.#entryOf(path) === undefined) {
      this.#newFiles.set(record.audioHash, path);
    }
  }

  /**
   * Yields a record for each known file beneath the directory that no record was about, if the
   * scan would have found it.
   *
   * @param {string} directory
   * @param {ReadonlySet<string>} extensions
   * @returns {AsyncGenerator<RemovedRecord | MovedRecord, void, undefined>}
   */
  async *gone(directory, extensions) {
    if (!this.#isIterable) return;
    const top = /[\\/]$/.test(directory) ? directory : `${directory}/`;
    // The app may remove what is yielded from what is iterated over.
    const gone = [];
    const turns = new Turns();
    for (const [path, { audioHash }] of /** @type {Map<string, KnownFile>} */ (this.#since)) {
      const isInScope = path.startsWith(top) && extensions.has(extensionOf(path));
      if (isInScope && !this.#found.has(inNfc(path)) && !this.#isUnreadable(path)) {
        gone.push({ path, audioHash });
      }
      await turns.share();
    }
    for (const file of gone) yield this.#recordOf(file);
  }

  /** @param {string} path */
  #isUnreadable(path) {
    return this.#unreadable.some((directory) => path.startsWith(directory));
  }

  /**
   * @param {{ path: string, audioHash?: string }} gone
   * @returns {RemovedRecord | MovedRecord}
   */
  #recordOf({ path: from, audioHash }) {
    const path = audioHash === undefined ? undefined : this.#newFiles.get(audioHash);
    if (audioHash === undefined || path === undefined) return { path: from, status: 'removed' };
    // Of two copies that are gone, only one was moved there.
    this.#newFiles.delete(audioHash);
    return { path, from, status: 'moved' };
  }
}

/** @param {string} path */
function inNfc(path) {
  return hasForms(path) ? path.normalize('NFC') : path;
}

/**
 * Returns whether a path may be written in several forms.
 *
 * @param {string} path
 */
function hasForms(path) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  return /[^\u0000-\u007f]/.test(path);
}

exports.KnownFiles = KnownFiles;
