/** The size of a long test: small in `npm test`, full in `npm run soak`. */
import process from 'node:process';

export const isSoak = process.env.TAGLIB_WASI_SOAK === '1';

export function size(inTests, inSoak) {
  return isSoak ? inSoak : inTests;
}
