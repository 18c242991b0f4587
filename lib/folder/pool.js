'use strict';

/**
 * Calls `work` for each index below `count`, at most `concurrency` at once, in order.
 * Stops at the first error, which it rejects with when the work under way has ended.
 *
 * @param {number} count
 * @param {number} concurrency
 * @param {(index: number) => Promise<void>} work
 */
async function forEachIndex(count, concurrency, work) {
  let next = 0;
  let hasFailed = false;
  const worker = async () => {
    while (next < count && !hasFailed) {
      const index = next;
      next += 1;
      try {
        await work(index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, count) }, worker);
  const outcomes = await Promise.allSettled(workers);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

module.exports = { forEachIndex };
