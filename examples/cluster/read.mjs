/**
 * Reads the files of a partition, some of them again. What is wrong with a file becomes a part of
 * its outcome.
 *
 * @typedef {object} Outcome
 * @property {number} [attempts]
 * @property {number} [size] If the plan does not have it.
 * @property {any} [error]
 * @property {import('taglib-wasi').FileMetadata} [metadata]
 * @property {string} [audioHash]
 *
 * @typedef {import('./plan.mjs').Entry} Entry
 *
 * @typedef {(entries: Entry[], options: { audioHash: boolean }) => Promise<Outcome[]>} Read Reads
 *   each entry once. The outcomes are in the order of the entries.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openFolder } from './read-folder.mjs';
import { openObjects } from './read-objects.mjs';

/** How long to wait before the second and the third attempt, in milliseconds. */
const WAITS = [1000, 5000];

/** The statuses of HTTP from 400 to 499 that do not last: a timeout, and too many requests. */
const PASSING_STATUSES = [408, 429];

/**
 * Prepares for reads. Call it once in each process.
 *
 * @param {{ kind: 'folder' | 'objects', root: string | null }} library
 * @param {number} [concurrency] How many files are read at once.
 * @returns {Promise<Read>}
 */
export function openLibrary({ kind, root }, concurrency) {
  return kind === 'folder' ? openFolder(root, concurrency) : openObjects(root, concurrency);
}

/**
 * @param {Entry[]} entries
 * @param {(entries: Entry[]) => Promise<Outcome[]>} read
 * @returns {Promise<Outcome[]>} in the order of the entries
 */
export async function readEntries(entries, read) {
  const outcomes = new Map();
  let waiting = entries;
  for (let attempts = 1; ; attempts += 1) {
    for (const [index, outcome] of (await read(waiting)).entries()) {
      outcomes.set(waiting[index], { ...outcome, attempts });
    }
    waiting = waiting.filter((entry) => mayPass(outcomes.get(entry).error));
    if (waiting.length === 0 || attempts > WAITS.length) break;
    await sleep(WAITS[attempts - 1]);
  }
  return entries.map((entry) => outcomes.get(entry));
}

/** Whether another attempt may succeed: a disk, a share or a server had trouble, or a busy machine. */
function mayPass(error) {
  if (error?.limit === 'deadline') return true;
  const { errno, status, isFinal } = error?.details ?? {};
  if (isFinal || (status >= 400 && status < 500 && !PASSING_STATUSES.includes(status)))
    return false;
  return errno === 'EIO' || errno === 'ESTALE';
}
