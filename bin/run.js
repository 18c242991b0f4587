'use strict';

/**
 * One command from its arguments to the exit code: what it counts, how it is
 * interrupted, and what is said at the end.
 */

const process = require('node:process');
const { TagLibError, TagLibInitializationError } = require('../index.js');
const { Output } = require('./output/output.js');

const FAILED = 1;
const USAGE = 2;
/** 128 and the number of SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** Commander's action for the command that `load` gives. */
function run(load) {
  return async (...args) => {
    // Commander passes the arguments, then the options, then the command.
    const [argument, options] = args.slice(0, -1);
    const job = new Job();
    try {
      await load()(argument, options, job);
    } catch (error) {
      job.broke(error);
    } finally {
      await job.end();
    }
  };
}

/** What a command reports to. */
class Job {
  output = new Output(() => this.#stop.abort());
  /** Whether changes are only shown. */
  isDry = false;
  tally = { read: 0, changed: 0, failed: 0, skipped: 0 };
  #stop = new AbortController();
  #interrupted = false;
  #misused = false;
  #started = performance.now();

  constructor() {
    // Once: who presses it again means it.
    process.once('SIGINT', () => {
      this.#interrupted = true;
      this.#stop.abort();
    });
  }

  /** Fires at Ctrl-C, and when nobody reads the output any more. */
  get signal() {
    return this.#stop.signal;
  }

  /** Says why a file failed, where its record on stdout does not. */
  failed(path, error) {
    this.tally.failed += 1;
    process.stderr.write(`taglib-wasi: ${about(path, error)}\n`);
  }

  /** Ends the command, for a reason that is no single file's. */
  broke(error) {
    if (error.name === 'AbortError') return;
    this.#misused = error instanceof UsageError;
    this.tally.failed += this.#misused ? 0 : 1;
    // A fault of ours shows where it is; the others tell what to do.
    const known = error instanceof TagLibError || error instanceof Complaint;
    process.stderr.write(`taglib-wasi: ${known ? error.message : error.stack}\n`);
  }

  async end() {
    await this.output.end();
    const { tally } = this;
    const files = tally.read + tally.changed + tally.failed + tally.skipped;
    if (this.#interrupted || files > 1) process.stderr.write(`${this.#summary()}\n`);
    process.exitCode = this.#exitCode();
  }

  #exitCode() {
    if (this.#interrupted) return INTERRUPTED;
    if (this.#misused) return USAGE;
    return this.tally.failed > 0 ? FAILED : 0;
  }

  #summary() {
    const { read, changed, failed, skipped } = this.tally;
    const counts = [
      changed > 0
        ? `${count(changed)} ${this.isDry ? 'would change' : 'changed'}`
        : `${count(read)} read`,
      `${count(failed)} failed`,
      `${count(skipped)} skipped`,
    ];
    const seconds = (performance.now() - this.#started) / 1000;
    const how = this.#interrupted ? 'Interrupted: ' : '';
    return `${how}${counts.join(', ')} in ${seconds.toFixed(1)} s`;
  }
}

/** What is wrong with an input that is no audio file, said to the user. */
class Complaint extends Error {}

/** A command that says nothing to do. */
class UsageError extends Complaint {}

function about(path, error) {
  if (error instanceof TagLibInitializationError) return error.message;
  return error.message.includes(path) ? error.message : `${path}: ${error.message}`;
}

function count(number) {
  return number.toLocaleString('en');
}

module.exports = { Complaint, run, UsageError };
