'use strict';

const { native } = require('./native.js');

/** The most reads that go to a thread together. */
const MOST_TOGETHER = 8;

/**
 * How many calls are with libuv at once.
 *
 * libuv's pool is first come, first served and shared with the app's own fs,
 * dns and crypto work: a thousand queued reads would make every one of those
 * wait. So calls wait here, and at least one of libuv's threads is never used.
 *
 * Waking a thread, and being woken by it, costs as much as a small file. So
 * reads that wait, and differ in the file only, go to a thread together.
 */
class SubmissionWindow {
  #limit = () => 1;
  #running = 0;
  #waiting = new Set();
  /** Those that came back from a thread: the next to go. */
  #returned = new Set();
  /** How many go together: fewer where they take long. */
  #together = 1;
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
    return this.#wait({ kind: { start: async () => ({ outcomes: [await work()] }) } });
  }

  /**
   * Starts a read: `kind` has the function `start`, which gets a list of reads
   * and gives their `outcomes`. Of several it may give only the first ones: what
   * they took is enough. One that `isNextSlow` tells of goes alone the next time.
   * Otherwise as `submit`.
   */
  submitRead(kind, read) {
    return this.#wait({ kind, read });
  }

  /** Settles when nothing runs or waits. */
  idle() {
    if (this.#running === 0 && this.#queued === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #wait(entry) {
    Object.assign(entry, deferred());
    this.#waiting.add(entry);
    this.#fill();
    return { promise: entry.promise, withdraw: () => this.#withdraw(entry) };
  }

  get #queued() {
    return this.#returned.size + this.#waiting.size;
  }

  #fill() {
    while (this.#queued > 0 && this.hasRoom()) this.#start(this.#takeTogether());
  }

  /** The first that waits, and with it its share of those of its kind. */
  #takeTogether() {
    const share = Math.min(this.#together, Math.ceil(this.#queued / this.#limit()));
    const taken = [];
    for (const queue of [this.#returned, this.#waiting]) {
      for (const entry of queue) {
        const [first] = taken;
        if (first && (taken.length >= share || !isOfKind(entry, first))) return taken;
        queue.delete(entry);
        taken.push(entry);
      }
    }
    return taken;
  }

  async #start(entries) {
    this.#running += 1;
    try {
      const reads = entries.map(({ read }) => read);
      const { outcomes, isNextSlow = false } = await entries[0].kind.start(reads);
      for (const [index, outcome] of outcomes.entries()) entries[index].resolve(outcome);
      const rest = entries.slice(outcomes.length);
      for (const entry of rest) this.#returned.add(entry);
      if (isNextSlow) rest[0].isAlone = true;
      this.#together = rest.length > 0 ? Math.max(1, outcomes.length) : this.#twice(entries.length);
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    } finally {
      this.#running -= 1;
      this.#fill();
      this.#settleIdle();
    }
  }

  #twice(count) {
    return Math.min(MOST_TOGETHER, Math.max(this.#together, 2 * count));
  }

  #withdraw(entry) {
    const waited = this.#waiting.delete(entry) || this.#returned.delete(entry);
    if (waited) this.#settleIdle();
    return waited;
  }

  #settleIdle() {
    if (this.#running > 0 || this.#queued > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** Only paths go together: of bytes each read makes a copy. */
function isOfKind(entry, first) {
  if (entry.isAlone || first.isAlone) return false;
  const isPath = typeof entry.read?.file === 'string' && typeof first.read?.file === 'string';
  return isPath && entry.kind.isLike(first.kind);
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
