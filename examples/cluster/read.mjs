/**
 * Reads the files of a partition. What is wrong with a file becomes a part of its outcome.
 *
 * @typedef {object} Outcome
 * @property {number} attempts
 * @property {any} [error]
 * @property {import('taglib-wasi').FileMetadata} [metadata]
 * @property {string} [audioHash]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { FileOperationError, initialize, readAudioHash, readMetadataBatch } from 'taglib-wasi';

const LIBRARY = '/library';

/** How long to wait before the second and the third attempt, in milliseconds. */
const WAITS = [1000, 5000];

/**
 * Preopens the library. Call it once in each process.
 *
 * @param {string} root
 * @param {number} [concurrency] How many files are read at once.
 */
export function openLibrary(root, concurrency) {
  return initialize({ [LIBRARY]: { path: root, readOnly: true } }, { concurrency });
}

/**
 * @param {import('./plan.mjs').Entry[]} entries
 * @param {{ audioHash: boolean }} options
 * @returns {Promise<Outcome[]>} in the order of the entries
 */
export async function readEntries(entries, options) {
  const outcomes = new Map();
  let waiting = entries;
  for (let attempts = 1; ; attempts += 1) {
    for (const [index, outcome] of (await attempt(waiting, options)).entries()) {
      outcomes.set(waiting[index], { ...outcome, attempts });
    }
    waiting = waiting.filter((entry) => mayPass(outcomes.get(entry).error));
    if (waiting.length === 0 || attempts > WAITS.length) break;
    await sleep(WAITS[attempts - 1]);
  }
  return entries.map((entry) => outcomes.get(entry));
}

async function attempt(entries, { audioHash }) {
  const listed = entries.filter(({ failure }) => failure === undefined);
  const paths = listed.map(({ path }) => `${LIBRARY}/${path}`);
  const { items } = await readMetadataBatch(paths, { pictures: false });
  const outcomes = await Promise.all(
    items.map(async ({ path, data, error }) => {
      if (error !== undefined) return { error };
      if (!audioHash) return { metadata: data };
      try {
        return { metadata: data, audioHash: await readAudioHash(path) };
      } catch (hashError) {
        return { error: hashError };
      }
    }),
  );
  return entries.map((entry) => (entry.failure ? unlisted(entry) : outcomes.shift()));
}

/** The outcome of a directory that could not be listed when the plan was made. */
function unlisted({ path, failure }) {
  const message = `${path} can't be listed: ${failure}`;
  return { error: new FileOperationError('open', message, path, { errno: failure }) };
}

/** Whether another attempt may succeed: a disk or a share that had trouble, or a busy machine. */
function mayPass(error) {
  return ['EIO', 'ESTALE'].includes(error?.details?.errno) || error?.limit === 'deadline';
}
