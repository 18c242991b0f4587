'use strict';

/** Shows a bar on stderr while a scan runs, if stderr is a terminal. */

const process = require('node:process');
// @ts-expect-error: cli-progress has no types of its own
const { Presets, SingleBar } = require('cli-progress');

class Progress {
  /** @type {{ [method: string]: (...args: any[]) => void } | undefined} */
  #bar;
  #started = performance.now();

  constructor() {
    if (!process.stderr.isTTY) return;
    const bar = new SingleBar(
      {
        stream: process.stderr,
        format: '{bar} {percentage}% | {value} of {total} | {rate}/s | {eta_formatted} left',
        hideCursor: true,
        clearOnComplete: true,
        // The reporter handles Ctrl-C.
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    bar.start(0, 0, { rate: 0 });
    this.#bar = bar;
  }

  /** Whether the bar is shown. Otherwise the files are not counted. */
  get isShown() {
    return this.#bar !== undefined;
  }

  /** @param {number} total */
  found(total) {
    this.#bar?.setTotal(total);
  }

  /** @param {number} count */
  done(count) {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#bar?.update(count, { rate: Math.round(count / seconds) });
  }

  stop() {
    this.#bar?.stop();
  }
}

exports.Progress = Progress;
