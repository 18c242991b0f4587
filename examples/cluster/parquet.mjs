/** Makes Parquet of rows, and reads how many rows a file has. */
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { createParquetWriter } from 'taglib-wasi/rows';

/** The key of the metadata that has the number of files that could not be read. */
const FAILED_KEY = 'failed';

/** @param {import('taglib-wasi/rows').Row[]} rows */
export async function toParquet(rows) {
  const parts = [];
  const writer = await createParquetWriter((bytes) => void parts.push(bytes));
  for (const row of rows) await writer.add(row);
  const failed = rows.filter(({ status }) => status === 'failed').length;
  await writer.end({ [FAILED_KEY]: `${failed}` });
  return Buffer.concat(parts);
}

/**
 * Reads the counts in the footer of a file.
 *
 * @param {string} file
 */
export async function countRows(file) {
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(file));
  const failed = metadata.key_value_metadata?.find(({ key }) => key === FAILED_KEY)?.value;
  return { rows: Number(metadata.num_rows), failed: Number(failed) };
}
