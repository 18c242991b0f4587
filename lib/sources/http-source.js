'use strict';

/**
 * Files on HTTP servers, read by Range requests (RFC 9110, section 14).
 *
 * @import { HttpSourceOptions, RandomAccessSource } from '../../index.js'
 */

const { rangeError } = require('../arguments/check.js');
const { checkHttpSourceOptions } = require('../arguments/options.js');
const { FileOperationError } = require('../core/errors.js');
const { endsOf } = require('./ends.js');
const { withinTime } = require('./within-time.js');

const PARTIAL_CONTENT = 206;
const OK = 200;
const RANGE_NOT_SATISFIABLE = 416;

/**
 * Asks the server for the start of the file. Resolves to a source for the read functions.
 *
 * @param {string | URL} url
 * @param {HttpSourceOptions} [options]
 * @returns {Promise<RandomAccessSource>}
 */
async function httpSource(url, options) {
  const { headers, fetch, maxDownload, timeoutMs, signal } = checkHttpSourceOptions(options);
  const parsed = httpUrl(url);
  const file = new HttpFile(parsed, headers, fetch);
  return withinTime({ file: parsed.href, subject: 'the server', timeoutMs, signal }, (stop) =>
    file.open(maxDownload, stop),
  );
}

/** @param {string | URL} url */
function httpUrl(url) {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw rangeError('url', 'an http: or https: URL', url);
}

class HttpFile {
  #url;
  #headers;
  #fetch;
  #size = 0;
  /** A strong ETag, which shows that the file has not changed. @type {string | null} */
  #tag = null;
  /** The start of the file, from the first response. @type {Uint8Array} */
  #head = new Uint8Array();

  /**
   * @param {URL} url
   * @param {Readonly<Record<string, string>>} headers
   * @param {typeof globalThis.fetch} fetch
   */
  constructor(url, headers, fetch) {
    this.#url = url;
    this.#headers = headers;
    this.#fetch = fetch;
  }

  /**
   * Gets the start of the file, which is the first range that a read asks for.
   *
   * @param {number} maxDownload
   * @param {AbortSignal} [signal]
   * @returns {Promise<RandomAccessSource>}
   */
  async open(maxDownload, signal) {
    const name = decodeName(this.#url);
    const { head } = endsOf(name);
    const response = await this.#request(0, head, {}, signal);
    if (response.status === RANGE_NOT_SATISFIABLE) {
      await response.body?.cancel();
      this.#size = 0;
    } else if (response.status === PARTIAL_CONTENT) {
      this.#size = this.#contentRange(response, 0).size;
      this.#tag = strongTag(response);
      this.#head = await this.#received(this.#body(response, Math.min(head, this.#size)));
    } else if (response.status === OK) {
      this.#head = await this.#received(this.#download(response, maxDownload));
      this.#size = this.#head.length;
    } else {
      await response.body?.cancel();
      throw this.#refused(response);
    }
    return { name, size: this.#size, read: (...range) => this.#read(...range) };
  }

  /**
   * @param {number} offset
   * @param {number} length
   * @param {{ signal?: AbortSignal }} [options]
   */
  async #read(offset, length, { signal } = {}) {
    if (offset + length <= this.#head.length) return this.#head.subarray(offset, offset + length);
    /** @type {Record<string, string>} */
    const condition = this.#tag === null ? {} : { 'If-Range': this.#tag };
    const response = await this.#request(offset, length, condition, signal);
    if (response.status !== PARTIAL_CONTENT) {
      await response.body?.cancel();
      // With If-Range the server sends all of a file that has changed.
      if ([OK, RANGE_NOT_SATISFIABLE].includes(response.status)) throw this.#changed();
      throw this.#refused(response);
    }
    const { start, size } = this.#contentRange(response, offset);
    if (size !== this.#size || start !== offset) {
      await response.body?.cancel();
      if (size !== this.#size) throw this.#changed();
      throw this.#failure('EIO', `the server answered with bytes from ${start}, not ${offset}`);
    }
    const tag = strongTag(response);
    if (tag !== null && this.#tag !== null && tag !== this.#tag) {
      await response.body?.cancel();
      throw this.#changed();
    }
    return this.#received(this.#body(response, length));
  }

  /**
   * Describes the failure of a transfer, such as a connection that was cut.
   *
   * @param {Promise<Uint8Array>} transfer
   */
  async #received(transfer) {
    try {
      return await transfer;
    } catch (error) {
      if (error instanceof FileOperationError) throw error;
      const { message } = /** @type {Error} */ (error);
      throw this.#failure('EIO', `the transfer failed: ${message}`, { cause: error });
    }
  }

  /**
   * @param {number} offset
   * @param {number} length
   * @param {Record<string, string>} headers
   * @param {AbortSignal} [signal]
   */
  async #request(offset, length, headers, signal) {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const send = this.#fetch;
    try {
      return await send(this.#url, {
        // A compressed response would have other offsets.
        headers: { 'Accept-Encoding': 'identity', ...this.#headers, ...headers, Range: range },
        signal,
      });
    } catch (error) {
      // Node's message is "fetch failed", and the reason is its cause.
      const { message, cause } = /** @type {Error} */ (error);
      const reason = cause instanceof Error ? cause.message : message;
      throw this.#failure('EIO', `the server can't be reached: ${reason}`, { cause: error });
    }
  }

  /**
   * @param {Response} response
   * @param {number} offset
   */
  #contentRange(response, offset) {
    const value = response.headers.get('Content-Range') ?? '';
    const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(value);
    if (match === null) {
      throw this.#failure(
        'EIO',
        `the server sent no usable Content-Range at ${offset}: "${value}"`,
      );
    }
    return { start: Number(match[1]), size: Number(match[3]) };
  }

  /**
   * Reads a body of a known length. A longer one is cut off.
   *
   * @param {Response} response
   * @param {number} length
   */
  async #body(response, length) {
    const bytes = new Uint8Array(length);
    let filled = 0;
    for await (const chunk of chunksOf(response)) {
      const part = chunk.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      if (filled === length) return bytes;
    }
    throw this.#failure('EIO', `the response ended after ${filled} of ${length} bytes`);
  }

  /**
   * Reads a whole file of a server without ranges.
   *
   * @param {Response} response
   * @param {number} maxDownload
   */
  async #download(response, maxDownload) {
    const announced = Number(response.headers.get('Content-Length') ?? 0);
    const chunks = [];
    let size = 0;
    if (announced <= maxDownload) {
      for await (const chunk of chunksOf(response)) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maxDownload) break;
      }
    }
    if (announced > maxDownload || size > maxDownload) {
      await response.body?.cancel().catch(() => {});
      const message = `the server does not support ranges, and maxDownload is ${maxDownload} bytes`;
      throw this.#failure('ENOTSUP', message);
    }
    const whole = new Uint8Array(size);
    let filled = 0;
    for (const chunk of chunks) {
      whole.set(chunk, filled);
      filled += chunk.length;
    }
    return whole;
  }

  /** @param {Response} response */
  #refused({ status, statusText }) {
    const message = `the server answered ${status} ${statusText}`;
    return this.#failure('EIO', message, { status });
  }

  #changed() {
    return this.#failure('ESTALE', 'the file has changed on the server since it was opened');
  }

  /**
   * @param {string} errno
   * @param {string} message
   * @param {{ cause?: unknown, status?: number }} [details]
   */
  #failure(errno, message, details) {
    return new FileOperationError('read', `${errno}: ${message}`, this.#url.href, {
      errno,
      ...details,
    });
  }
}

/**
 * Yields the chunks of a body. Ends the transfer when the caller stops.
 *
 * @param {Response} response
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
async function* chunksOf(response) {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** @param {Response} response */
function strongTag(response) {
  const tag = response.headers.get('ETag');
  return tag?.startsWith('W/') ? null : tag;
}

/**
 * Returns the last part of the path: TagLib chooses the parser by its extension.
 *
 * @param {URL} url
 */
function decodeName({ pathname }) {
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

module.exports = { httpSource };
