'use strict';

/**
 * Calls `work` for each item, at most `concurrency` at once. Rejects with the first error,
 * when the work under way has ended.
 *
 * @template T
 * @param {Iterable<T>} items
 * @param {number} concurrency
 * @param {(item: T) => Promise<void>} work
 */
async function forEach(items, concurrency, work) {
  // The workers share the iterator. The first error ends it for all of them.
  const iterator = items[Symbol.iterator]();
  let hasFailed = false;
  const worker = async () => {
    while (!hasFailed) {
      const next = iterator.next();
      if (next.done) return;
      try {
        await work(next.value);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

module.exports = { forEach };
