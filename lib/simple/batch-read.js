'use strict';

/**
 * Reads the files of a batch by the addon, as one group of calls.
 *
 * @import { ReadInput, BatchItem } from '../../index.js'
 * @import { FileSource } from '../../native/binding.js'
 * @import { FileInput } from '../arguments/files.js'
 * @import { checkBatchOptions } from '../arguments/options.js'
 * @import { AtCallSite } from '../core/call-site.js'
 * @import { ErrorContext } from '../core/errors.js'
 * @import { currentSession } from '../core/session.js'
 *
 * @typedef {'tags' | 'properties' | 'metadata'} BatchQuery
 *
 * @typedef {{ source: FileSource, errorContext: ErrorContext }} SourceInput
 *
 * @typedef {ReturnType<typeof checkBatchOptions> & {
 *   files: ReadInput[],
 *   query: BatchQuery,
 *   session: ReturnType<typeof currentSession>,
 *   atCallSite: AtCallSite,
 * }} BatchRun
 */

const { checkFile, nameOf } = require('../arguments/files.js');
const { onAbort } = require('../core/aborts.js');
const { unwrap } = require('../core/answers.js');
const { AbortError } = require('../core/errors.js');
const { fileSource } = require('../core/large-content.js');
const { ReadGroup } = require('../core/read-group.js');

/** How many files the addon has at most: enough for it to be busy until it gets the next ones. */
const MAX_SUBMITTED = 256;

/** How many of them may be bytes, which the addon copies. */
const MAX_COPIES = 8;

/**
 * Reads the files of a batch. Submits many at a time.
 *
 * @param {BatchRun} run
 * @returns {Promise<BatchItem<any>[]>}
 */
function readBatch(run) {
  return new Promise((resolve, reject) => new BatchRead(run, resolve, reject).start());
}

class BatchRead {
  #run;
  #resolve;
  #reject;
  #group;
  /** @type {BatchItem<any>[]} */
  #items;
  /** The index of the next file to submit. */
  #next = 0;
  #submitted = 0;
  #copies = 0;
  #done = 0;
  #hasEnded = false;
  /** @type {(() => void) | undefined} */
  #removeHandler;

  /**
   * @param {BatchRun} run
   * @param {(items: BatchItem<any>[]) => void} resolve
   * @param {(error: unknown) => void} reject
   */
  constructor(run, resolve, reject) {
    this.#run = run;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#items = new Array(run.files.length);
    this.#group = new ReadGroup(run.concurrency);
  }

  start() {
    const { signal } = this.#run;
    if (signal !== undefined) {
      this.#removeHandler = onAbort(signal, () => this.#fail(new AbortError(signal.reason)));
    }
    this.#orFail(() => this.#submitMore());
  }

  /** Submits as many files as there is room for, and ends the batch after the last file. */
  #submitMore() {
    while (!this.#hasEnded && this.#next < this.#run.files.length && this.#hasRoom()) {
      const indices = [];
      const sources = [];
      const contexts = [];
      while (this.#next < this.#run.files.length && this.#hasRoom()) {
        const index = this.#next;
        this.#next += 1;
        const input = this.#inputOf(index);
        if (this.#hasEnded) return;
        if (input === undefined) continue;
        this.#submitted += 1;
        if (!isPath(input)) this.#copies += 1;
        const source = input instanceof Promise ? input.then(sourceOf) : sourceOf(input);
        if (source instanceof Promise) {
          this.#submitLater(index, source);
          continue;
        }
        indices.push(index);
        sources.push(source.source);
        contexts.push(source.errorContext);
      }
      if (indices.length > 0) this.#submit(indices, sources, contexts);
    }
    if (!this.#hasEnded && this.#done === this.#run.files.length)
      this.#end(this.#resolve, this.#items);
  }

  #hasRoom() {
    const { concurrency } = this.#run;
    return this.#submitted < MAX_SUBMITTED && this.#copies < Math.min(concurrency, MAX_COPIES);
  }

  /** @param {number} index */
  #inputOf(index) {
    try {
      return checkFile(this.#run.files[index]);
    } catch (error) {
      this.#settle(index, () => {
        throw error;
      });
      return undefined;
    }
  }

  /**
   * @param {number} index
   * @param {Promise<SourceInput>} input
   */
  #submitLater(index, input) {
    input
      .then(
        ({ source, errorContext }) => {
          if (!this.#hasEnded) this.#submit([index], [source], [errorContext]);
        },
        (error) => {
          this.#completed(true);
          this.#settle(index, () => {
            throw error;
          });
          this.#submitMore();
        },
      )
      .catch((error) => this.#fail(error));
  }

  /**
   * @param {number[]} indices
   * @param {FileSource[]} files
   * @param {ErrorContext[]} contexts
   */
  #submit(indices, files, contexts) {
    const { session, query, pictures, legacyEncoding } = this.#run;
    const request = { session, files, query, pictures, latin1Texts: legacyEncoding !== undefined };
    this.#group.submit(request, (at, outcome, buffers) => {
      this.#completed(typeof files[at] !== 'string');
      this.#orFail(() => {
        this.#settle(indices[at], () => unwrap(outcome, buffers, contexts[at]));
        if (this.#submitted <= MAX_SUBMITTED / 2) this.#submitMore();
      });
    });
  }

  /** @param {boolean} isCopy */
  #completed(isCopy) {
    this.#submitted -= 1;
    if (isCopy) this.#copies -= 1;
  }

  /**
   * @param {number} index
   * @param {() => any} unwrapped Returns the answer or a promise of it, or throws.
   */
  #settle(index, unwrapped) {
    const path = nameOf(this.#run.files[index], index);
    try {
      const data = unwrapped();
      if (data instanceof Promise) {
        data
          .then((taken) => {
            this.#settle(index, () => taken);
            this.#submitMore();
          })
          .catch((error) => this.#fail(error));
        return;
      }
      this.#finish(index, { status: 'ok', path, data: this.#decoded(index, data) });
    } catch (error) {
      const mine = this.#run.atCallSite(/** @type {Error} */ (error));
      this.#finish(index, { status: 'error', path, error: mine });
    }
  }

  /**
   * @param {number} index
   * @param {any} data
   */
  #decoded(index, data) {
    const { legacyEncoding, query, files } = this.#run;
    if (legacyEncoding === undefined) return data;
    const { decodedAnswer } = require('../legacy-encoding/decoded-answer.js');
    return decodedAnswer(data, query, legacyEncoding, files[index]);
  }

  /**
   * @param {number} index
   * @param {BatchItem<any>} item
   */
  #finish(index, item) {
    if (this.#hasEnded) return;
    const { continueOnError, onProgress, files } = this.#run;
    this.#items[index] = item;
    if (item.status === 'error' && !continueOnError) {
      this.#fail(item.error);
      return;
    }
    this.#done += 1;
    try {
      onProgress?.(this.#done, files.length, item.path);
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Fails the batch if `step` throws: it may run code of the app, such as the getters of a file.
   *
   * @param {() => void} step
   */
  #orFail(step) {
    try {
      step();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#hasEnded) return;
    this.#group.stop();
    this.#end(this.#reject, error);
  }

  /**
   * @param {(result: any) => void} settle
   * @param {unknown} result
   */
  #end(settle, result) {
    this.#hasEnded = true;
    this.#removeHandler?.();
    settle(result);
  }
}

/**
 * @param {FileInput} input
 * @returns {SourceInput | Promise<SourceInput>}
 */
function sourceOf({ content, errorContext }) {
  const source = fileSource(content);
  return source instanceof Promise
    ? source.then((copied) => ({ source: copied, errorContext }))
    : { source, errorContext };
}

/** @param {FileInput | Promise<FileInput>} input */
function isPath(input) {
  return !(input instanceof Promise) && typeof input.content === 'string';
}

module.exports = { readBatch };
