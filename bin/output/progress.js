'use strict';

/** A bar on stderr while a scan runs, where stderr is a terminal. */

const process = require('node:process');
const { Presets, SingleBar } = require('cli-progress');

class Progress {
  #bar;
  #started = performance.now();

  constructor() {
    if (!process.stderr.isTTY) return;
    this.#bar = new SingleBar(
      {
        stream: process.stderr,
        format: '{bar} {percentage}% | {value} of {total} | {rate}/s | {eta_formatted} left',
        hideCursor: true,
        clearOnComplete: true,
        // Ctrl-C is the command's own business.
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    this.#bar.start(0, 0, { rate: 0 });
  }

  /** Whether anybody sees it: counting the files is not for nothing. */
  get isShown() {
    return this.#bar !== undefined;
  }

  found(total) {
    this.#bar?.setTotal(total);
  }

  done(count) {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#bar?.update(count, { rate: Math.round(count / seconds) });
  }

  stop() {
    this.#bar?.stop();
  }
}

module.exports = { Progress };
