/**
 * taglib-wasi/rows: the records of {@link scan} as rows of a table, with the columns of
 * `taglib-wasi scan --format csv` and `--format parquet`. docs/scale.md describes the columns.
 *
 * @example
 * import { scan } from 'taglib-wasi';
 * import { rowOf } from 'taglib-wasi/rows';
 * for await (const record of scan('/music')) insert(rowOf(record));
 */

import type { AudioProperties, ExtendedTag } from './index.js';

/** The version of the columns. A change of a name, a type or a meaning raises it. */
export const SCHEMA_VERSION: number;

/** Parquet's types. A `LIST` has strings. */
export type ColumnType = 'STRING' | 'LIST' | 'INT32' | 'INT64' | 'DOUBLE' | 'BOOLEAN';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Where the value is in a record, unless it is in the record itself. */
  readonly group?: 'error' | 'tags' | 'properties';
  /** Whether the value is never null. */
  readonly isRequired: boolean;
}

/** All columns, in their order. */
export const COLUMNS: readonly Column[];

/** What a row is made of: a record of {@link scan}, or another one with such keys. */
export interface RowRecord {
  readonly path: string;
  readonly status: string;
  readonly size?: number;
  readonly mtimeMs?: number;
  readonly error?: {
    readonly code?: string;
    readonly errno?: unknown;
    readonly limit?: string;
    readonly message: string;
    readonly details?: { readonly errno?: unknown };
  };
  readonly tags?: Partial<ExtendedTag>;
  readonly properties?: Partial<AudioProperties>;
  /** How many pictures the file has, if that was read. */
  readonly pictures?: number;
  /** Default: whether `pictures` is more than 0. */
  readonly hasCoverArt?: boolean;
  readonly audioHash?: string;
  /** How often the file was read. */
  readonly attempts?: number;
}

/** A value for each of {@link COLUMNS}. An absent one is null. */
export interface Row {
  schemaVersion: number;
  path: string;
  status: string;
  [column: string]: string | number | boolean | string[] | null;
}

/** Returns the row of a record. A value that is not of its column's type is null. */
export function rowOf(record: RowRecord): Row;

/** Writes rows as one Parquet file. */
export interface ParquetWriter {
  /** Adds a row, and writes a group of rows when there are enough. */
  add(row: Row): Promise<void>;
  /**
   * Writes the rest and the footer. The key-value metadata is `schemaVersion` and what you add.
   */
  end(metadata?: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * Makes a writer that passes the bytes of the file to `write`, and waits for it. At most 10,000
 * rows are in memory, or 8 million characters of them.
 */
export function createParquetWriter(
  write: (bytes: Uint8Array) => Promise<void> | void,
): Promise<ParquetWriter>;
