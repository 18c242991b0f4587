'use strict';

/**
 * The parts of a source that were fetched for one read, within its limits.
 *
 * @import { RandomAccessSource, TransferOptions } from '../../index.js'
 *
 * @typedef {Required<TransferOptions>} TransferLimits
 * @typedef {{ start: number, end: number }} Range
 */

const { FileOperationError, ResourceLimitError } = require('../core/errors.js');

/**
 * The first request: the tags of most files, without large pictures. The second one: tags at the
 * end, and the last page of an Ogg stream.
 */
const HEAD = 64 << 10;
const TAIL = 16 << 10;

/** A range somewhere else: the tables of an MP4, which are often at its end, fit into it. */
const ELSEWHERE = 48 << 10;

/** A range soon after one that was fetched: TagLib has skipped something, and reads a header. */
const AFTER_SKIP = 16 << 10;

/** A range next to one that was fetched is this many times as long: a walk needs few requests. */
const GROWTH = 4;
const LONGEST = 1 << 20;

class Fetched {
  #source;
  #limits;
  #signal;
  #add;
  /** In the order of their offsets. @type {Range[]} */
  #ranges = [];
  #requests = 0;
  #bytes = 0;

  /**
   * @param {RandomAccessSource} source
   * @param {TransferLimits} limits
   * @param {AbortSignal} signal Aborts the requests.
   * @param {(offset: number, bytes: Uint8Array) => void} add Takes what was fetched.
   */
  constructor(source, limits, signal, add) {
    this.#source = source;
    this.#limits = limits;
    this.#signal = signal;
    this.#add = add;
  }

  /** Fetches the start and the end of the file, at once. */
  async fetchEnds() {
    const { size } = this.#source;
    if (size === 0) return;
    if (size <= HEAD + TAIL) return this.#fetch({ start: 0, end: size });
    await Promise.all([
      this.#fetch({ start: 0, end: HEAD }),
      this.#fetch({ start: size - TAIL, end: size }),
    ]);
  }

  /**
   * Fetches bytes that a read has not found, and those around them that it will probably need.
   *
   * @param {Range} missing
   */
  async fetchMissing({ start, end }) {
    const { size } = this.#source;
    const before = this.#ranges.findLast((range) => range.start <= start);
    const after = this.#ranges.find((range) => range.start > start);
    let wanted = { start, end: Math.max(end, start + ELSEWHERE) };
    if (before !== undefined && start - before.end < ELSEWHERE) {
      const grown = Math.min(LONGEST, GROWTH * (before.end - before.start));
      const length = start === before.end ? grown : AFTER_SKIP;
      wanted = { start, end: Math.max(end, start + length) };
    } else if (after !== undefined && after.start - end < ELSEWHERE) {
      // A walk towards the start.
      const length = Math.min(LONGEST, GROWTH * (after.end - after.start));
      wanted = { start: Math.min(start, after.start - length), end: after.start };
    }
    const first = Math.max(wanted.start, before === undefined ? 0 : before.end);
    const last = Math.min(wanted.end, size, after === undefined ? size : after.start);
    await this.#fetch({ start: Math.min(first, start), end: Math.max(last, Math.min(end, size)) });
  }

  /** @param {Range} range */
  async #fetch(range) {
    const length = range.end - range.start;
    this.#count(length);
    const bytes = await this.#read(range.start, length);
    if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
      const found = bytes instanceof Uint8Array ? `${bytes.length} bytes` : typeof bytes;
      const message = `EIO: the source returned ${found} for ${length} bytes at ${range.start}`;
      throw new FileOperationError('read', message, this.#source.name, { errno: 'EIO' });
    }
    this.#add(range.start, bytes);
    this.#insert(range);
  }

  /**
   * @param {number} offset
   * @param {number} length
   */
  async #read(offset, length) {
    try {
      return await this.#source.read(offset, length, { signal: this.#signal });
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof FileOperationError || error instanceof ResourceLimitError) throw error;
      const { message } = /** @type {Error} */ (error);
      throw new FileOperationError('read', `EIO: ${message}`, this.#source.name, {
        errno: 'EIO',
        cause: error,
      });
    }
  }

  /** @param {number} length */
  #count(length) {
    this.#requests += 1;
    this.#bytes += length;
    const { maxRequests, maxBytes } = this.#limits;
    const exceeded =
      this.#requests > maxRequests
        ? `${maxRequests} requests`
        : this.#bytes > maxBytes && `${maxBytes} bytes`;
    if (!exceeded) return;
    const message = `${this.#source.name}: the read needs more than ${exceeded}`;
    throw new ResourceLimitError('transfer', message, { path: this.#source.name });
  }

  /**
   * Adds a range, and joins it to its neighbours.
   *
   * @param {Range} range
   */
  #insert(range) {
    const apart = this.#ranges.filter(({ start, end }) => end < range.start || start > range.end);
    const joined = this.#ranges.filter((other) => !apart.includes(other));
    const start = Math.min(range.start, ...joined.map((other) => other.start));
    const end = Math.max(range.end, ...joined.map((other) => other.end));
    this.#ranges = [...apart, { start, end }].sort((one, other) => one.start - other.start);
  }
}

module.exports = { Fetched, HEAD };
