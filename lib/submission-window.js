'use strict';

const { native } = require('./native.js');

/**
 * How many calls are with libuv at once.
 *
 * libuv's pool is first come, first served and shared with the app's own fs,
 * dns and crypto work: a thousand queued reads would make every one of those
 * wait. So calls wait here, and at least one of libuv's threads is never used.
 */
class SubmissionWindow {
  #limit = () => 1;
  #running = 0;
  #waiting = new Set();
  #idle = [];

  /** `limit` gives how many calls may be with libuv now. */
  resize(limit) {
    this.#limit = limit;
    this.#fill();
  }

  /** Whether work submitted now starts before `submit` returns. */
  hasRoom() {
    return this.#running < this.#limit();
  }

  /**
   * Starts `work` as soon as there is room. Gives its promise, and `withdraw`,
   * which takes it back: true where it had not started.
   */
  submit(work) {
    const entry = { work, ...deferred() };
    this.#waiting.add(entry);
    this.#fill();
    return { promise: entry.promise, withdraw: () => this.#withdraw(entry) };
  }

  /** Settles when nothing runs or waits. */
  idle() {
    if (this.#running === 0 && this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #fill() {
    for (const entry of this.#waiting) {
      if (!this.hasRoom()) return;
      this.#waiting.delete(entry);
      this.#start(entry);
    }
  }

  async #start(entry) {
    this.#running += 1;
    try {
      entry.resolve(await entry.work());
    } catch (error) {
      entry.reject(error);
    } finally {
      this.#running -= 1;
      this.#fill();
      this.#settleIdle();
    }
  }

  #withdraw(entry) {
    const waited = this.#waiting.delete(entry);
    if (waited) this.#settleIdle();
    return waited;
  }

  #settleIdle() {
    if (this.#running > 0 || this.#waiting.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** What `Promise.withResolvers` gives, which Node 20 does not have. */
function deferred() {
  let resolve;
  let reject;
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/**
 * The wish, less what would leave the app without a thread of its own, and less
 * the shares of the other threads that use the addon: a function, since workers
 * come and go.
 */
function windowLimit(concurrency) {
  const { environments, libuvThreads } = native();
  const most = Math.max(1, libuvThreads() - 1);
  return () => Math.max(1, Math.min(concurrency, Math.floor(most / environments())));
}

module.exports = { SubmissionWindow, windowLimit };
