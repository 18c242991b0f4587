/** How much of a long test is done: little by `npm test`, all by `npm run soak`. */
import process from 'node:process';

export const isSoak = process.env.TAGLIB_WASI_SOAK === '1';

export function size(inTests, inSoak) {
  return isSoak ? inSoak : inTests;
}
