/**
 * Cuts a library into partitions. Each has a manifest, a file that lists its entries, and an id,
 * which is the hash of the manifest:
 *
 *   OUTPUT/plan.json               the root, the options and the partitions
 *   OUTPUT/manifests/ID.ndjson     the entries of a partition, one a line
 *   OUTPUT/manifests/ID.urls       the URLs of its entries, if they are not in the entries
 *   OUTPUT/rows/ID.parquet         its rows, as soon as it is done
 *
 * @typedef {object} Entry
 * @property {string} path From the root, with forward slashes; the key or URL of an object.
 * @property {number} [size] In bytes.
 * @property {number} [mtimeMs]
 * @property {string} [etag]
 * @property {string} [url] Where the object is now. It is not in the manifest, since the next
 *   presigned URL of an object is another one.
 * @property {string} [failure] The system's name of the error, for a directory that can't be
 *   listed.
 *
 * @typedef {object} Library
 * @property {'folder' | 'objects'} kind
 * @property {string | null} root The directory, or the URL that keys are appended to.
 *
 * @typedef {{ id: string, files: number }} Partition
 *
 * @typedef {object} Plan
 * @property {string} id The hash of the partitions.
 * @property {Library['kind']} kind
 * @property {Library['root']} root
 * @property {{ audioHash: boolean }} options
 * @property {Partition[]} partitions
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { SCHEMA_VERSION } from 'taglib-wasi/rows';
import { exists, writeWhole } from './files.mjs';

/** How many entries a partition has on average, unless the caller says otherwise. */
export const AVERAGE_ENTRIES = 1000;

/**
 * Writes the plan. The same library gives the same plan. A changed file changes only its own
 * partition, since the ends of partitions depend on the paths near them.
 *
 * @param {Library & { entries: AsyncIterable<Entry> }} library
 * @param {string} output
 * @param {Plan['options']} options
 * @param {number} [average] How many entries a partition has.
 * @returns {Promise<Plan>}
 */
export async function makePlan(library, output, options, average = AVERAGE_ENTRIES) {
  for (const folder of ['manifests', 'rows']) {
    await mkdir(path.join(output, folder), { recursive: true });
  }
  const { kind, root } = library;
  const partitions = [];
  for await (const entries of cut(library.entries, average)) {
    const first = { schemaVersion: SCHEMA_VERSION, kind, options };
    const manifest = lines([first, ...entries.map(({ url, ...entry }) => entry)]);
    const id = hashOf(manifest);
    const file = manifestFile(output, id);
    if (!(await exists(file))) await writeWhole(file, manifest);
    await writeUrls(output, id, entries);
    partitions.push({ id, files: entries.length });
  }
  const plan = { id: hashOf(JSON.stringify(partitions)), kind, root, options, partitions };
  await writeWhole(planFile(output), JSON.stringify(plan));
  return plan;
}

/** Writes the URLs anew each time, as earlier ones may have expired. */
async function writeUrls(output, id, entries) {
  if (entries.every(({ url }) => url === undefined)) return;
  const urls = entries.map(({ url }) => url ?? null);
  // A presigned URL is as good as a password.
  await writeWhole(urlsFile(output, id), JSON.stringify(urls), 0o600);
}

/**
 * @param {string} output
 * @returns {Promise<Plan>}
 */
export async function readPlan(output) {
  return JSON.parse(await readFile(planFile(output), 'utf8'));
}

/**
 * Reads a manifest, with the URLs of its entries.
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
  const urls = await readUrls(output, id);
  return {
    options,
    entries: entries.map((entry, at) => ({ ...entry, url: urls[at] ?? undefined })),
  };
}

async function readUrls(output, id) {
  try {
    return JSON.parse(await readFile(urlsFile(output, id), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
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

function urlsFile(output, id) {
  return path.join(output, 'manifests', `${id}.urls`);
}
