/** Paths in the repository. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The folder of audio files that tests, benchmarks and `npm start` read. */
export const FIXTURES = path.join(ROOT, '__test__', 'fixtures', 'audio');

/**
 * Returns the path of a fixture.
 *
 * @param {string} name
 */
export function fixture(name) {
  return path.join(FIXTURES, name);
}

/** Returns the names of all fixtures, sorted. */
export function fixtureNames() {
  return readdirSync(FIXTURES).sort();
}
