'use strict';

/**
 * Sends waiting reads to a thread in groups.
 *
 * Waking a thread, and being woken by it, costs as much as reading a small file.
 * So reads that wait, and differ only in their file, go to a thread together.
 *
 * @import { AnswerOutcome, Cancellation, ExternalObject, Query, Session } from '../../native/binding.js'
 * @import { AdmissionWindow } from './admission-window.js'
 * @import { Deferred } from './deferred.js'
 *
 * @typedef {object} ReadRequest
 * @property {ExternalObject<Session>} session
 * @property {string | Uint8Array} file An absolute path, or the content.
 * @property {`${Query}`} query
 * @property {boolean} pictures
 *
 * @typedef {ReadRequest & Deferred<AnswerOutcome> & {
 *   cancellation: ExternalObject<Cancellation> | undefined,
 *   isSlow: boolean,
 *   start: () => Promise<void>,
 * }} QueuedRead
 */

const { deferred } = require('./deferred.js');
const { native } = require('./native.js');

/** More reads in a group don't make a read cheaper: docs/performance.md. */
const MAX_GROUP = 8;

class ReadQueue {
  #window;
  /** How many reads may form a group now: fewer where reads take long. */
  #groupSize = 1;

  /** @param {AdmissionWindow<any>} window */
  constructor(window) {
    this.#window = window;
  }

  /**
   * Queues a read. `withdraw` removes it; it returns false if it has started.
   *
   * @param {ReadRequest} request
   * @param {ExternalObject<Cancellation>} [cancellation]
   */
  submit({ session, file, query, pictures }, cancellation) {
    /** @type {Deferred<AnswerOutcome>} */
    const { promise, resolve, reject } = deferred();
    /** @type {QueuedRead} */
    const read = {
      session,
      file,
      query,
      pictures,
      cancellation,
      promise,
      resolve,
      reject,
      isSlow: false,
      start: () => this.#startGroup(read),
    };
    this.#window.enter(read);
    return { promise, withdraw: () => this.#window.withdraw(read) };
  }

  /** @param {QueuedRead} first */
  async #startGroup(first) {
    const group = this.#groupOf(first);
    const files = group.map(({ file }) => file);
    const cancellations = group.map(({ cancellation }) => cancellation);
    const { session, query, pictures } = first;
    try {
      const { value, failure } = await native().read(
        session,
        files,
        /** @type {Query} */ (query),
        pictures,
        cancellations,
      );
      if (failure !== undefined) for (const read of group) read.resolve({ failure });
      else this.#settle(group, value);
    } catch (error) {
      for (const read of group) read.reject(error);
    }
  }

  /**
   * The read, and with it a fair share of the reads behind it that are like it.
   *
   * @param {QueuedRead} first
   */
  #groupOf(first) {
    const share = Math.ceil((1 + this.#window.waiting) / this.#window.limit);
    const size = Math.min(this.#groupSize, share);
    const group = [first];
    while (group.length < size) {
      const next = this.#window.takeNextIf((read) => canShareGroup(first, read));
      if (next === undefined) break;
      group.push(next);
    }
    return group;
  }

  /**
   * A thread may give the outcomes of the first reads only, where those took long
   * enough. The rest goes back to the front of the line.
   *
   * @param {QueuedRead[]} group
   * @param {{ outcomes: AnswerOutcome[], isNextSlow: boolean }} answer
   */
  #settle(group, { outcomes, isNextSlow }) {
    for (const [index, outcome] of outcomes.entries()) group[index].resolve(outcome);
    const rest = group.slice(outcomes.length);
    if (isNextSlow) rest[0].isSlow = true;
    for (const read of rest) this.#window.putBack(read);
    this.#groupSize =
      rest.length > 0
        ? Math.max(1, outcomes.length)
        : Math.min(MAX_GROUP, Math.max(this.#groupSize, 2 * group.length));
  }
}

/**
 * Only paths share a group: of bytes each read makes a copy. A read that is
 * known to be slow would hold up the others.
 *
 * @param {QueuedRead} first
 * @param {Partial<QueuedRead>} next Any call that waits.
 */
function canShareGroup(first, next) {
  return (
    typeof first.file === 'string' &&
    typeof next.file === 'string' &&
    !first.isSlow &&
    !next.isSlow &&
    next.session === first.session &&
    next.query === first.query &&
    next.pictures === first.pictures
  );
}

exports.ReadQueue = ReadQueue;
