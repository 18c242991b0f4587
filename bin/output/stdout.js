'use strict';

const process = require('node:process');

/** Writes to stdout, no faster than its reader reads. */
class Output {
  /** The reason why writing to stdout failed. @type {NodeJS.ErrnoException | undefined} */
  error;
  #onFailed;
  #resume = () => {};

  /** @param {() => void} onFailed Called once, if the disk is full or the reader has closed the pipe. */
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

  /** Resolves when everything is written or writing has failed. */
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
