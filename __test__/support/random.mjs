/** Random numbers that are the same in each run. */

/**
 * Returns a generator of whole numbers below its argument, the same in each run (Lehmer's).
 *
 * @param {number} seed
 */
export function random(seed) {
  let state = seed;
  return (end) => {
    state = (state * 48271) % 2147483647;
    return state % end;
  };
}
