'use strict';

/**
 * Finds files with the same audio, by `audioHash`.
 *
 * The hash reads all of the audio. So only those files are hashed that have an equal codec,
 * sample rate, number of channels and length, and in addition an equal size, or title and
 * artist. A copy with other tags of another size is found with `--audio-hash`, which hashes
 * all files during the scan.
 *
 * @import { Row } from './rows.js'
 *
 * @typedef {object} Duplicates Files with the same audio.
 * @property {string} audioHash
 * @property {Row[]} rows
 * @property {number} extraBytes The size of all but the largest.
 */

const { createHash } = require('node:crypto');
const { closeSync, constants, openSync, readSync } = require('node:fs');
const { setImmediate } = require('node:timers/promises');
const { readAudioHash, TagLibError } = require('../../index.js');
const { groupBy } = require('./groups.js');
const { forEach } = require('./pool.js');

/**
 * Up to this size a file is compared as a whole first, since most copies are equal to the
 * byte. For 10,000 files of some kilobytes, this takes a seventh of the time of the hashes
 * of their audio. Larger files would have to be read twice if they differ.
 */
const SMALL_FILE = 2 ** 16;

/** How many small files are read before Ctrl-C is looked for. */
const FILES_PER_TURN = 100;

/** How many files are hashed at once, within the `concurrency` of `initialize`. */
const CONCURRENCY = 24;

/**
 * Hashes the audio of files that may be duplicates. The hashes are added to the rows.
 *
 * @param {readonly Row[]} rows
 * @param {(row: Row) => string} pathOf Returns the path to open.
 * @param {AbortSignal} signal
 * @param {(done: number, total: number) => void} onProgress
 */
async function hashCandidates(rows, pathOf, signal, onProgress) {
  const contents = await differentContents(candidatesAmong(rows), pathOf, signal);
  let done = 0;
  await forEach(contents, CONCURRENCY, async (equal) => {
    const audioHash = await hashOf(pathOf(equal[0]), signal);
    for (const row of equal) row.audioHash = audioHash;
    done += 1;
    onProgress(done, contents.length);
  });
}

/**
 * @param {readonly Row[]} rows
 * @returns {Set<Row>}
 */
function candidatesAmong(rows) {
  /** @type {Set<Row>} */
  const candidates = new Set();
  for (const alike of groupBy(rows, audioKey).values()) {
    if (alike.length < 2) continue;
    const titled = alike.filter(({ title }) => title !== '');
    for (const group of [
      ...groupBy(alike, ({ size }) => size).values(),
      ...groupBy(titled, ({ title, artist }) => `${title}\0${artist}`.toLowerCase()).values(),
    ]) {
      if (group.length > 1) for (const row of group) candidates.add(row);
    }
  }
  return candidates;
}

/** @param {Row} row */
function audioKey({ format, sampleRate, channels, milliseconds }) {
  return `${format} ${sampleRate} ${channels} ${milliseconds}`;
}

/**
 * Groups small files by their content. Each large file is a group of its own.
 *
 * @param {Iterable<Row>} rows
 * @param {(row: Row) => string} pathOf
 * @param {AbortSignal} signal
 * @returns {Promise<Row[][]>}
 */
async function differentContents(rows, pathOf, signal) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  let turn = 0;
  for (const row of rows) {
    turn += 1;
    if (turn % FILES_PER_TURN === 0) await setImmediate();
    signal.throwIfAborted();
    const isSmall = row.size <= SMALL_FILE;
    const key = (isSmall && contentKey(pathOf(row), row.size)) || row.path;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Neither follows a link nor waits for a pipe that has taken the file's place. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const content = Buffer.alloc(SMALL_FILE + 1);

/**
 * Returns a key for the content of a small file, or undefined if it can't be read or has changed.
 *
 * @param {string} file
 * @param {number} size
 */
function contentKey(file, size) {
  let descriptor;
  try {
    descriptor = openSync(file, FLAGS);
    const read = readSync(descriptor, content, 0, content.length, 0);
    if (read !== size) return undefined;
    // No path begins with NUL.
    return `\0${createHash('sha256').update(content.subarray(0, read)).digest('base64')}`;
  } catch {
    // Hashing its audio reports an error, if there is one.
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Returns undefined for a file whose audio can't be hashed.
 *
 * @param {string} file
 * @param {AbortSignal} signal
 */
async function hashOf(file, signal) {
  try {
    return await readAudioHash(file, { signal });
  } catch (error) {
    // The file was read before. It has no duplicate that could be shown.
    if (error instanceof TagLibError) return undefined;
    throw error;
  }
}

/**
 * Returns the groups of files with the same hash. Those that take the most space come first.
 *
 * @param {readonly Row[]} rows
 * @returns {Duplicates[]}
 */
function duplicatesOf(rows) {
  const hashed = rows.filter(({ audioHash }) => audioHash !== undefined);
  return [...groupBy(hashed, ({ audioHash = '' }) => audioHash)]
    .filter(([, group]) => group.length > 1)
    .map(([audioHash, group]) => ({ audioHash, rows: group, extraBytes: extraBytes(group) }))
    .sort((a, b) => b.extraBytes - a.extraBytes);
}

/** @param {readonly Row[]} rows */
function extraBytes(rows) {
  const { sum, largest } = rows.reduce(
    (so, { size }) => ({ sum: so.sum + size, largest: Math.max(so.largest, size) }),
    { sum: 0, largest: 0 },
  );
  return sum - largest;
}

module.exports = { duplicatesOf, hashCandidates };
