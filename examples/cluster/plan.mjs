/**
 * Cuts a library into partitions. Each has a manifest, a file that lists its entries, and an id,
 * which is the hash of the manifest:
 *
 *   OUTPUT/plan.json               the root, the options and the partitions
 *   OUTPUT/manifests/ID.ndjson     the entries of a partition, one a line
 *   OUTPUT/rows/ID.parquet         its rows, as soon as it is done
 *
 * @typedef {object} Entry
 * @property {string} path From the root, with forward slashes.
 * @property {number} [size] In bytes.
 * @property {number} [mtimeMs]
 * @property {string} [failure] The system's name of the error, for a directory that can't be
 *   listed.
 *
 * @typedef {{ id: string, files: number }} Partition
 *
 * @typedef {object} Plan
 * @property {string} id The hash of the partitions.
 * @property {string} root
 * @property {{ audioHash: boolean }} options
 * @property {Partition[]} partitions
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { SCHEMA_VERSION } from 'taglib-wasi/rows';
import { exists, writeWhole } from './files.mjs';
import { listing } from './listing.mjs';

/** How many entries a partition has on average, unless the caller says otherwise. */
export const AVERAGE_ENTRIES = 1000;

/**
 * Lists the library and writes the plan. The same library gives the same plan. A changed file
 * changes only its own partition, since the ends of partitions depend on the paths near them.
 *
 * @param {string} root
 * @param {string} output
 * @param {Plan['options']} options
 * @param {number} [average] How many entries a partition has.
 * @returns {Promise<Plan>}
 */
export async function makePlan(root, output, options, average = AVERAGE_ENTRIES) {
  for (const folder of ['manifests', 'rows']) {
    await mkdir(path.join(output, folder), { recursive: true });
  }
  const partitions = [];
  for await (const entries of cut(listing(root), average)) {
    const manifest = `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, options })}\n${lines(entries)}`;
    const id = hashOf(manifest);
    const file = manifestFile(output, id);
    if (!(await exists(file))) await writeWhole(file, manifest);
    partitions.push({ id, files: entries.length });
  }
  const plan = { id: hashOf(JSON.stringify(partitions)), root, options, partitions };
  await writeWhole(planFile(output), JSON.stringify(plan));
  return plan;
}

/**
 * @param {string} output
 * @returns {Promise<Plan>}
 */
export async function readPlan(output) {
  return JSON.parse(await readFile(planFile(output), 'utf8'));
}

/**
 * Reads a manifest.
 *
 * @param {string} output
 * @param {string} id
 * @returns {Promise<{ options: Plan['options'], entries: Entry[] }>}
 */
export async function readManifest(output, id) {
  const text = await readFile(manifestFile(output, id), 'utf8');
  if (hashOf(text) !== id) throw new Error(`${manifestFile(output, id)} was changed`);
  const [{ options }, ...entries] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { options, entries };
}

/**
 * @param {string} output
 * @param {string} id
 */
export function rowsFile(output, id) {
  return path.join(output, 'rows', `${id}.parquet`);
}

/**
 * Cuts a list into parts whose ends depend on the paths alone. A part has a fifth of the average
 * at least, and twice the average at most.
 *
 * @param {AsyncIterable<Entry> | Iterable<Entry>} entries
 * @param {number} average
 */
async function* cut(entries, average) {
  const fewest = Math.ceil(average / 5);
  const most = average * 2;
  const pathsPerEnd = Math.max(1, average - fewest);
  let part = [];
  for await (const entry of entries) {
    part.push(entry);
    const isEnd = part.length >= fewest && numberOf(entry.path) % pathsPerEnd === 0;
    if (!isEnd && part.length < most) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function numberOf(file) {
  return createHash('sha256').update(file).digest().readUInt32LE();
}

function lines(entries) {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

function planFile(output) {
  return path.join(output, 'plan.json');
}

function manifestFile(output, id) {
  return path.join(output, 'manifests', `${id}.ndjson`);
}
