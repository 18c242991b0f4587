'use strict';

/** Divides long work on the main thread between turns of the event loop. */

const { setImmediate: nextTurn } = require('node:timers/promises');

/** How long such work may use one turn, in milliseconds. */
const MAX_TURN = 4;

/** Measures how long a turn of the event loop has been used. */
class Turns {
  #started = performance.now();

  /** Waits for the next turn if this one has been used for `MAX_TURN`. */
  async share() {
    if (performance.now() - this.#started < MAX_TURN) return;
    await nextTurn();
    this.#started = performance.now();
  }
}

/** Settles with the latest work. Works that ran in parallel would share the same turns. */
let latest = Promise.resolve();

/**
 * Starts work after that which was started before has settled.
 *
 * @template T
 * @param {() => Promise<T>} work
 */
function inOrder(work) {
  const done = latest.then(work);
  latest = done.then(
    () => undefined,
    () => undefined,
  );
  return done;
}

module.exports = { inOrder, Turns };
