'use strict';

/**
 * Reads many files as one group of calls.
 *
 * @import { FileSource, Query } from '../../native/binding.js'
 * @import { ReadRequest } from './calls.js'
 * @import { AnyOutcome, Waiting } from './completions.js'
 */

const { waiting } = require('./completions.js');
const { native } = require('./native.js');

/** The number of the latest group. */
let latestGroup = 0;

/** Reads that have a limit of their own, and that can be stopped together. */
class ReadGroup {
  #id;
  #concurrency;
  #cancellation = native().createCancellation();
  /** @type {Set<number>} */
  #tickets = new Set();

  /** @param {number} concurrency How many reads may run at once. */
  constructor(concurrency) {
    latestGroup = (latestGroup + 1) % 2 ** 32;
    this.#id = latestGroup;
    this.#concurrency = Math.min(concurrency, 2 ** 32 - 1);
  }

  /**
   * Submits reads. `settle` gets the index of the file, and the arguments of `unwrap`.
   *
   * @param {Omit<ReadRequest, 'content'> & { files: FileSource[] }} request
   * @param {(index: number, outcome: AnyOutcome, buffers: Uint8Array[] | null) => void} settle
   *   Must not throw.
   */
  submit({ session, files, query, pictures, latin1Texts = false }, settle) {
    const first = native().readGroup(
      session,
      files,
      /** @type {Query} */ (query),
      pictures,
      latin1Texts,
      this.#cancellation,
      this.#id,
      this.#concurrency,
    );
    for (let index = 0; index < files.length; index += 1) {
      const ticket = (first + index) % 2 ** 32;
      this.#tickets.add(ticket);
      waiting.set(ticket, {
        settle: (outcome, buffers) => {
          this.#tickets.delete(ticket);
          settle(index, outcome, buffers);
        },
      });
    }
  }

  /** Stops the reads that run, and withdraws the others. No read is settled afterwards. */
  stop() {
    native().cancel(this.#cancellation);
    const withdrawn = native().withdrawGroup(this.#id);
    // The addon starts reads in the order in which they were submitted.
    const running = this.#tickets.size - withdrawn;
    for (const [position, ticket] of [...this.#tickets].entries()) {
      if (position < running) waiting.set(ticket, IGNORED);
      else waiting.delete(ticket);
    }
    this.#tickets.clear();
  }
}

/** @type {Waiting} */
const IGNORED = { settle() {} };

module.exports = { ReadGroup };
