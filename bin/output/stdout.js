'use strict';

const process = require('node:process');

/** stdout, written to no faster than it is read. */
class Output {
  /** Why stdout can't be written to any more. @type {NodeJS.ErrnoException | undefined} */
  error;
  #onFailed;
  #resume = () => {};

  /** @param {() => void} onFailed Called once, when the disk is full or the reader is gone. */
  constructor(onFailed) {
    this.#onFailed = onFailed;
    process.stdout.on('error', (error) => this.#fail(error));
  }

  /** @param {string | Uint8Array} content */
  async write(content) {
    if (this.error || process.stdout.write(content, (error) => this.#fail(error))) return;
    await new Promise((resolve) => {
      this.#resume = () => resolve(undefined);
      process.stdout.once('drain', this.#resume);
    });
  }

  /** Resolves when everything is written, or can't be. */
  async end() {
    if (this.error) return;
    await new Promise((resolve) => {
      process.stdout.write('', (error) => {
        this.#fail(error);
        resolve(undefined);
      });
    });
  }

  /** @param {NodeJS.ErrnoException | null | undefined} error */
  #fail(error) {
    if (!error || this.error) return;
    this.error = error;
    this.#resume();
    this.#onFailed();
  }
}

module.exports = { Output };
