'use strict';

const process = require('node:process');

/** stdout, no faster than it is read. */
class Output {
  #open = true;
  #resume = () => {};

  /** `onClosed` is called when the reader has gone, as `head` does. */
  constructor(onClosed) {
    process.stdout.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
      this.#open = false;
      this.#resume();
      onClosed();
    });
  }

  async write(content) {
    if (!this.#open || process.stdout.write(content)) return;
    await new Promise((resolve) => {
      this.#resume = resolve;
      process.stdout.once('drain', resolve);
    });
  }

  /** Resolves when all is written. */
  end() {
    if (!this.#open) return undefined;
    return new Promise((resolve) => process.stdout.write('', () => resolve()));
  }
}

module.exports = { Output };
