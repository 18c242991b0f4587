/** The work: reads one partition, and commits its rows. */
import { exists, writeWhole } from './files.mjs';
import { toParquet } from './parquet.mjs';
import { readManifest, rowsFile } from './plan.mjs';
import { readEntries } from './read.mjs';
import { rowOf } from './schema.mjs';

/**
 * Does nothing if the rows of the partition are there, so a job may run any number of times.
 *
 * @param {string} output
 * @param {string} id
 */
export async function readPartition(output, id) {
  const file = rowsFile(output, id);
  if (await exists(file)) return;
  const { options, entries } = await readManifest(output, id);
  const outcomes = await readEntries(entries, options);
  const rows = entries.map((entry, index) => rowOf(entry, outcomes[index]));
  await writeWhole(file, toParquet(rows));
}
