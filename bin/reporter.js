'use strict';

/**
 * Runs a command: counts its results, handles Ctrl-C, and ends with a summary and an
 * exit code.
 *
 * @import { Loss } from '../index.js'
 */

const process = require('node:process');
const { TagLibError, TagLibInitializationError } = require('../index.js');
const { Output } = require('./output/stdout.js');
const { printable, printableLine } = require('./output/text.js');

const FAILED = 1;
const USAGE = 2;
/** 128 and the number of SIGINT, as shells report it. */
const INTERRUPTED = 130;

/**
 * Makes Commander's action for the command that `load` returns.
 *
 * @param {() => (argument: any, options: any, reporter: Reporter) => Promise<void>} load
 * @returns {(...args: any[]) => Promise<void>}
 */
function run(load) {
  return async (...args) => {
    // Commander passes the arguments, then the options, then the command.
    const [argument, options] = args.slice(0, -1);
    const reporter = new Reporter();
    try {
      await load()(argument, options, reporter);
    } catch (error) {
      reporter.commandFailed(/** @type {Error} */ (error));
    } finally {
      await reporter.end();
    }
  };
}

/** Prints and counts the results of a command. */
class Reporter {
  output = new Output(() => this.#controller.abort());
  /** Whether changes are shown and not made. */
  isDryRun = false;
  tally = { read: 0, changed: 0, failed: 0, skipped: 0 };
  #controller = new AbortController();
  #isInterrupted = false;
  #isMisused = false;
  #started = performance.now();

  constructor() {
    // A closed standard error must not end the process.
    process.stderr.on('error', () => {});
    // Only the first Ctrl-C: a second one ends the process.
    process.once('SIGINT', () => {
      this.#isInterrupted = true;
      this.#controller.abort();
    });
  }

  /** Aborts at Ctrl-C, and when writing the output has failed. */
  get signal() {
    return this.#controller.signal;
  }

  /**
   * Prints why a file failed.
   *
   * @param {string} path
   * @param {Error} error
   */
  fileFailed(path, error) {
    this.tally.failed += 1;
    const { message } = error;
    const hasPath = error instanceof TagLibInitializationError || message.includes(path);
    say(printableLine(hasPath ? message : `${path}: ${message}`));
  }

  /**
   * Prints something that the user should know about a file.
   *
   * @param {string} path
   * @param {string} text
   */
  note(path, text) {
    say(printableLine(`${path}: ${text}`));
  }

  /**
   * Lists what a change loses although it was not asked to change it.
   *
   * @param {string} path
   * @param {readonly Loss[]} lost
   */
  lost(path, lost) {
    const verb = this.isDryRun ? 'would lose' : 'loses';
    for (const { kind, key, before, after } of lost) {
      const name = key === '' ? kind : `${kind} ${key}`;
      const to = after === undefined ? '' : ` → ${JSON.stringify(after)}`;
      say(printableLine(`${path}: ${verb} ${name}: ${JSON.stringify(before)}${to}`));
    }
  }

  /**
   * Prints why the command ended early.
   *
   * @param {Error} error
   */
  commandFailed(error) {
    if (error.name === 'AbortError') return;
    this.#isMisused = error instanceof UsageError;
    this.tally.failed += this.#isMisused ? 0 : 1;
    const { message, stack = message } = error;
    say(printable(isExplained(error) ? message : stack));
  }

  async end() {
    await this.output.end();
    const { tally, output } = this;
    const files = tally.read + tally.changed + tally.failed + tally.skipped;
    if (output.error) say(`can't write to stdout: ${reasonOf(output.error)}`);
    else if (this.#isInterrupted || files > 1) process.stderr.write(`${this.#summary()}\n`);
    process.exitCode = this.#exitCode();
  }

  #exitCode() {
    if (this.#isInterrupted) return INTERRUPTED;
    if (this.#isMisused) return USAGE;
    return this.tally.failed > 0 || this.output.error ? FAILED : 0;
  }

  #summary() {
    const { read, changed, failed, skipped } = this.tally;
    const counts = [
      changed > 0
        ? `${count(changed)} ${this.isDryRun ? 'would change' : 'changed'}`
        : `${count(read)} read`,
      `${count(failed)} failed`,
      `${count(skipped)} skipped`,
    ];
    const seconds = (performance.now() - this.#started) / 1000;
    const prefix = this.#isInterrupted ? 'Interrupted: ' : '';
    return `${prefix}${counts.join(', ')} in ${seconds.toFixed(1)} s`;
  }
}

/** An error whose message tells the user what to do; the others are bugs, and show their stack. */
class UserError extends Error {}

/** The command was called without anything to do. */
class UsageError extends UserError {}

/** @param {Error} error */
function isExplained(error) {
  return error instanceof TagLibError || error instanceof UserError;
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`taglib-wasi: ${text}\n`);
}

/** @param {NodeJS.ErrnoException} error */
function reasonOf({ code, message }) {
  if (code === 'EPIPE') return 'its reader has closed it';
  if (code === 'ENOSPC') return 'ENOSPC: no space left on the disk';
  return printableLine(message);
}

/** @param {number} number */
function count(number) {
  return number.toLocaleString('en');
}

exports.Reporter = Reporter;
exports.run = run;
exports.UsageError = UsageError;
exports.UserError = UserError;
