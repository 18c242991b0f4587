'use strict';

/**
 * Makes the saves of one open file, one after the other. Each has the changes that were
 * made before its call. Changes that a save could not write belong to the next one.
 *
 * @import { Changes } from './delta.js'
 * @import { Model } from './model.js'
 */

const { combined, isEmpty } = require('./delta.js');

class Saves {
  #modelOf;
  /** The changes of the saves that have not ended, the oldest first. @type {{ changes: Changes }[]} */
  #pending = [];
  /** Settles when the saves until now have ended. @type {Promise<void>} */
  #last = Promise.resolve();

  /** @param {() => Model} modelOf Returns the model of the open file. */
  constructor(modelOf) {
    this.#modelOf = modelOf;
  }

  get isIdle() {
    return this.#pending.length === 0;
  }

  /** Returns everything that is not saved yet. */
  get unsaved() {
    return [...this.#pending.map(({ changes }) => changes), this.#modelOf().changes].reduce(
      combined,
    );
  }

  /** Resolves when the saves until now have ended, with or without an error. */
  ended() {
    return this.#last;
  }

  /**
   * Calls `write` with what was changed until now, unless that is nothing.
   *
   * @template T
   * @param {(changes: Changes) => Promise<T>} write
   */
  save(write) {
    return this.#enqueue(async (changes) =>
      isEmpty(changes) ? undefined : { isSaved: true, result: await write(changes) },
    );
  }

  /**
   * Calls `write` with what was changed until now. It tells whether that is saved in the
   * file itself now, rather than in a copy of it.
   *
   * @template T
   * @param {(changes: Changes) => Promise<{ isSaved: boolean, result: T }>} write
   */
  copy(write) {
    return this.#enqueue(write);
  }

  /**
   * Calls `write` with what is not saved, unless that is nothing. No other save may be
   * pending.
   *
   * @param {(changes: Changes) => void} write
   */
  saveSync(write) {
    if (!this.#modelOf().hasChanges) return;
    const changes = this.#modelOf().takeChanges();
    try {
      write(changes);
    } catch (error) {
      this.#modelOf().returnChanges(changes);
      throw error;
    }
  }

  /**
   * @template T
   * @param {(changes: Changes) => Promise<{ isSaved: boolean, result: T } | undefined>} write
   * @returns {Promise<T | undefined>}
   */
  #enqueue(write) {
    const entry = { changes: this.#modelOf().takeChanges() };
    this.#pending.push(entry);
    const saving = this.#last.then(async () => {
      let isSaved = false;
      try {
        const outcome = await write(entry.changes);
        isSaved = outcome?.isSaved ?? true;
        return outcome?.result;
      } finally {
        this.#pending.shift();
        if (!isSaved) this.#giveToNext(entry.changes);
      }
    });
    this.#last = saving.then(
      () => undefined,
      () => undefined,
    );
    return saving;
  }

  /** @param {Changes} changes */
  #giveToNext(changes) {
    const [next] = this.#pending;
    if (next === undefined) this.#modelOf().returnChanges(changes);
    else next.changes = combined(changes, next.changes);
  }
}

exports.Saves = Saves;
