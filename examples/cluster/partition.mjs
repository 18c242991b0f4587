/** The work: reads one partition, and commits its rows. */
import { rowOf } from 'taglib-wasi/rows';
import { exists, writeWhole } from './files.mjs';
import { toParquet } from './parquet.mjs';
import { readManifest, rowsFile } from './plan.mjs';
import { readEntries } from './read.mjs';

/**
 * Does nothing if the rows of the partition are there, so a job may run any number of times.
 *
 * @param {string} output
 * @param {string} id
 * @param {import('./read.mjs').Read} read
 */
export async function readPartition(output, id, read) {
  const file = rowsFile(output, id);
  if (await exists(file)) return;
  const { options, entries } = await readManifest(output, id);
  const outcomes = await readEntries(entries, (some) => read(some, options));
  const rows = entries.map((entry, index) => rowFor(entry, outcomes[index]));
  await writeWhole(file, await toParquet(rows));
}

/**
 * @param {import('./plan.mjs').Entry} entry
 * @param {import('./read.mjs').Outcome} outcome
 */
function rowFor({ path, size, mtimeMs }, { metadata, ...outcome }) {
  const status = outcome.error ? 'failed' : 'read';
  return rowOf({ path, size, mtimeMs, status, ...metadata, ...outcome });
}
