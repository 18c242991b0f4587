'use strict';

/**
 * The parts of a source that were fetched for one read, within its limits.
 *
 * @import { RandomAccessSource, TransferOptions } from '../../index.js'
 *
 * @typedef {Required<TransferOptions>} TransferLimits
 * @typedef {{ start: number, end: number }} Range
 */

const { setImmediate } = require('node:timers/promises');
const { FileOperationError, ResourceLimitError } = require('../core/errors.js');
const { endsOf } = require('./ends.js');

/** What a read without pictures may transfer, of a file whose tags have a usual size. */
const USUAL_BYTES = 160 << 10;

/** A smaller file is fetched whole. */
const SMALL_FILE = 80 << 10;

/** A range soon after one that was fetched: TagLib has skipped something, and reads a header. */
const AFTER_SKIP = 16 << 10;

/**
 * A range next to one that was fetched is this many times as long, and so is a second range after
 * a skip: a walk needs few requests.
 */
const GROWTH = 4;
const LONGEST = 1 << 20;

/**
 * Tags that begin this near to the end of the file have a picture, or a table before them. If they
 * are not fetched whole, what follows the picture is fetched at the same time.
 */
const TAGS_AT_END = 512 << 10;
const END_OF_TAGS = 16 << 10;

class Fetched {
  #source;
  #pictures;
  #limits;
  #signal;
  #add;
  /** The ranges that are here or under way, in the order of their offsets. @type {Range[]} */
  #ranges = [];
  /** Resolves when the end of the file is here, if it was asked for. @type {Promise<unknown>} */
  #tail = Promise.resolve();
  #requests = 0;
  #bytes = 0;
  #afterSkip = AFTER_SKIP;

  /**
   * @param {RandomAccessSource} source
   * @param {boolean} pictures Whether the read wants pictures, or all of the audio.
   * @param {TransferLimits} limits
   * @param {AbortSignal} signal Aborts the requests.
   * @param {(offset: number, bytes: Uint8Array) => void} add Takes what was fetched.
   */
  constructor(source, pictures, limits, signal, add) {
    this.#source = source;
    this.#pictures = pictures;
    this.#limits = limits;
    this.#signal = signal;
    this.#add = add;
  }

  /**
   * Asks for the start and the end of the file, at once. Resolves when the start is here: a read
   * of it may find what else is needed while the end is on its way.
   */
  async fetchEnds() {
    const { name, size } = this.#source;
    if (size === 0) return;
    if (size <= SMALL_FILE) return this.#fetch({ start: 0, end: size });
    const { head, tail } = endsOf(name);
    const start = this.#fetch({ start: 0, end: head });
    if (tail > 0) {
      this.#tail = this.#fetch({ start: Math.max(head, size - tail), end: size });
      // `#tail` still rejects for the code that awaits it.
      this.#tail.catch(() => {});
    }
    await start;
    // The end of a local file usually arrives within one turn of the event loop.
    await setImmediate();
  }

  /**
   * Fetches bytes that a read has not found, and those around them that it will probably need.
   *
   * @param {Range} missing
   */
  async fetchMissing(missing) {
    const isAsked = this.#ranges.some(
      ({ start, end }) => start <= missing.start && missing.start < end,
    );
    const ranges = isAsked ? [] : this.#rangesFor(missing);
    await Promise.all([this.#tail, ...ranges.map((range) => this.#fetch(range))]);
  }

  /**
   * Returns the ranges to fetch for bytes that have not been asked for.
   *
   * @param {Range} missing
   * @returns {Range[]}
   */
  #rangesFor(missing) {
    const { name, size } = this.#source;
    const { tags } = endsOf(name);
    const before = this.#ranges.findLast(({ start }) => start <= missing.start);
    const after = this.#ranges.find(({ start }) => start > missing.start);
    const start = missing.start;
    const end = Math.min(missing.end, after?.start ?? size);
    const left = this.#bytesLeft();
    const distance = before === undefined ? start : start - before.end;
    if (after === undefined && size - start <= TAGS_AT_END) {
      return tagsAtEnd({ start, end }, size, tags, left);
    }
    let wanted = { start, end: start + tags };
    if (before !== undefined && distance < tags) {
      const grown = Math.min(LONGEST, GROWTH * (before.end - before.start));
      wanted = { start, end: start + (distance === 0 ? grown : this.#afterSkip) };
      if (distance > 0) this.#afterSkip = Math.min(LONGEST, GROWTH * this.#afterSkip);
    } else if (after !== undefined && after.start - end < tags) {
      // A walk towards the start.
      const length = Math.min(LONGEST, GROWTH * (after.end - after.start));
      wanted = { start: Math.max(start - distance, after.start - length), end: after.start };
    }
    const longest = start + left < end ? end + AFTER_SKIP : start + left;
    const last = Math.min(Math.max(wanted.end, end), longest, after?.start ?? size);
    return [{ start: Math.min(wanted.start, start), end: Math.max(last, end) }];
  }

  /** Returns how long a range may be that is longer than what is missing. */
  #bytesLeft() {
    const left = USUAL_BYTES - this.#bytes;
    // A walk through more than that needs long ranges.
    return this.#pictures || left < AFTER_SKIP ? LONGEST : left;
  }

  /** @param {Range} range */
  async #fetch(range) {
    const length = range.end - range.start;
    this.#count(length);
    this.#insert(range);
    const bytes = await this.#read(range.start, length);
    if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
      const found = bytes instanceof Uint8Array ? `${bytes.length} bytes` : typeof bytes;
      const message = `EIO: the source returned ${found} for ${length} bytes at ${range.start}`;
      throw new FileOperationError('read', message, this.#source.name, { errno: 'EIO' });
    }
    this.#add(range.start, bytes);
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

/**
 * Returns the ranges to fetch of tags at the end of a file: all, or the first part and the last.
 *
 * @param {Range} missing
 * @param {number} size Of the file.
 * @param {number} tags How much is fetched of tags.
 * @param {number} left How much may be fetched.
 * @returns {Range[]}
 */
function tagsAtEnd({ start, end }, size, tags, left) {
  const first = Math.max(end, start + Math.min(tags, left - END_OF_TAGS));
  const last = size - END_OF_TAGS;
  if (size - start <= left || first >= last) return [{ start, end: size }];
  return [
    { start, end: first },
    { start: last, end: size },
  ];
}

module.exports = { Fetched };
