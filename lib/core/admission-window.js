'use strict';

/**
 * Limits how many calls are with libuv at once.
 *
 * libuv's thread pool is first come, first served, and shared with the app's own
 * fs, dns and crypto work: a thousand queued reads would delay all of that. So
 * calls wait here, and at least one of libuv's threads stays free for the app.
 *
 * @typedef {object} Call
 * @property {() => Promise<void>} start Starts the work, and resolves when its
 *   thread is free again. Must not throw or reject.
 */

/** @template {Call} C */
class AdmissionWindow {
  #limit = () => 1;
  #running = 0;
  /** @type {Set<C>} */
  #waiting = new Set();
  /** Calls that were started once and came back: the next to be admitted. @type {Set<C>} */
  #returned = new Set();
  /** @type {(() => void)[]} */
  #idle = [];

  /** @param {() => number} limit Gives how many calls may run now. */
  resize(limit) {
    this.#limit = limit;
    this.#fill();
  }

  get limit() {
    return this.#limit();
  }

  /** How many calls wait. */
  get waiting() {
    return this.#returned.size + this.#waiting.size;
  }

  /** Whether a call that enters now starts at once. */
  hasRoom() {
    return this.#running < this.#limit();
  }

  /**
   * Starts the call when there is room: before this returns, or later.
   *
   * @param {C} call
   */
  enter(call) {
    this.#waiting.add(call);
    this.#fill();
  }

  /**
   * Puts a running call back to the front of the line, for the place that it
   * is about to leave.
   *
   * @param {C} call
   */
  putBack(call) {
    this.#returned.add(call);
  }

  /**
   * Removes a waiting call. Returns false if it has started.
   *
   * @param {C} call
   */
  withdraw(call) {
    const waited = this.#waiting.delete(call) || this.#returned.delete(call);
    if (waited) this.#settleIdle();
    return waited;
  }

  /**
   * Removes and returns the first waiting call, if `isTaken` accepts it.
   *
   * @param {(call: C) => boolean} isTaken
   */
  takeNextIf(isTaken) {
    const line = this.#returned.size > 0 ? this.#returned : this.#waiting;
    for (const call of line) {
      if (!isTaken(call)) return undefined;
      line.delete(call);
      return call;
    }
    return undefined;
  }

  /** Resolves when no call runs or waits. */
  idle() {
    if (this.#isIdle()) return Promise.resolve();
    return /** @type {Promise<void>} */ (new Promise((resolve) => this.#idle.push(resolve)));
  }

  #fill() {
    while (this.waiting > 0 && this.hasRoom()) {
      const call = this.takeNextIf(isAny);
      if (call !== undefined) this.#start(call);
    }
  }

  /** @param {C} call */
  async #start(call) {
    this.#running += 1;
    await call.start();
    this.#running -= 1;
    this.#fill();
    this.#settleIdle();
  }

  #isIdle() {
    return this.#running === 0 && this.waiting === 0;
  }

  #settleIdle() {
    if (!this.#isIdle()) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

const isAny = () => true;

exports.AdmissionWindow = AdmissionWindow;
