/** Writes rows as Parquet, and reads how many rows a file has. */
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { COLUMNS, SCHEMA_VERSION } from './schema.mjs';

/** The key under which a file states the version of the schema. */
const VERSION_KEY = 'taglib-wasi.schema';
const FAILED_KEY = 'taglib-wasi.failed';

/** @param {Record<string, any>[]} rows */
export function toParquet(rows) {
  const failed = rows.filter(({ status }) => status === 'failed').length;
  const buffer = parquetWriteBuffer({
    columnData: COLUMNS.map(({ name, type }) => ({
      name,
      data: rows.map((row) => storedValue(row[name], type)),
    })),
    schema: [{ name: 'root', num_children: COLUMNS.length }, ...COLUMNS.flatMap(elements)],
    rowGroupSize: rows.length,
    kvMetadata: [
      { key: VERSION_KEY, value: `${SCHEMA_VERSION}` },
      { key: FAILED_KEY, value: `${failed}` },
    ],
  });
  return new Uint8Array(buffer);
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

function storedValue(value, type) {
  if (value === undefined) return null;
  if (type === 'INT64') return BigInt(value);
  // Tags are untrusted: a number of a track may be of any size.
  if (type === 'INT32') return value === (value | 0) ? value : null;
  return value;
}

/** Returns the elements of Parquet's schema for a column. */
function elements({ name, type, isRequired }) {
  const repetition_type = isRequired ? 'REQUIRED' : 'OPTIONAL';
  const string = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  if (type === 'STRING') return [{ name, repetition_type, ...string }];
  if (type !== 'LIST') return [{ name, repetition_type, type }];
  return [
    { name, repetition_type, converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...string },
  ];
}
