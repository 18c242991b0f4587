/** The types of the folder API; index.d.ts exports them. */

import type {
  AudioDynamics,
  AudioProperties,
  ExtendedTag,
  SaveOptions,
  SignalOptions,
  Tag,
  TagInput,
} from '../../index.js';

/** Options of {@link scanFolder}, {@link findDuplicates} and {@link exportFolderMetadata}. */
export interface FolderScanOptions extends SignalOptions {
  /** Whether subdirectories are scanned. Default: `true`. */
  readonly recursive?: boolean;
  /**
   * The extensions of the files to read; case and a leading dot do not matter. Default:
   * the sixteen of taglib-wasm. `SCAN_EXTENSIONS` contains all that TagLib reads.
   */
  readonly extensions?: readonly string[];
  /** The maximum number of files to read, counted from the first. Default: all. */
  readonly maxFiles?: number;
  /** Called after each file. */
  readonly onProgress?: (processed: number, total: number, currentFile: string) => void;
  /** Whether audio properties are read. Default: `true`. */
  readonly includeProperties?: boolean;
  /** Whether a file that can't be read becomes an item. With `false` the call rejects. Default: `true`. */
  readonly continueOnError?: boolean;
  /** The fields that {@link findDuplicates} compares. Default: `['artist', 'title']`. */
  readonly criteria?: readonly (keyof Tag)[];
  /** Whether symbolic links are followed, within the preopened directory. Default: `false`. */
  readonly follow?: boolean;
}

/** Options of {@link exportFolderMetadata}. */
export interface ExportFolderOptions extends FolderScanOptions {
  /** Whether an existing file is replaced; `false` rejects with `EEXIST`. Default: `true`. */
  readonly overwrite?: boolean;
}

/** The metadata of a file, without the bytes of its pictures. */
export interface AudioFileMetadata {
  /** Begins with the scanned directory as the caller passed it. */
  path: string;
  tags: ExtendedTag;
  properties?: AudioProperties;
  hasCoverArt?: boolean;
  dynamics?: AudioDynamics;
}

/** A file, or a file or directory that can't be read. */
export type FolderScanItem =
  | ({ status: 'ok' } & AudioFileMetadata)
  | { status: 'error'; path: string; error: Error };

/** The result of {@link scanFolder}. */
export interface FolderScanResult {
  /** In the order of a walk that sorts each directory by name. */
  items: FolderScanItem[];
  /** In milliseconds. */
  duration: number;
}

/** A change of one file. */
export interface FolderUpdate {
  readonly path: string;
  readonly tags: Partial<TagInput>;
}

/** Options of {@link updateFolderTags}, and of each of its saves. */
export interface UpdateFolderOptions extends SaveOptions {
  /** Whether a save that fails becomes an item. With `false` the call rejects. Default: `true`. */
  readonly continueOnError?: boolean;
  /** How many files are changed at once. Default: 4. */
  readonly concurrency?: number;
  readonly onLoss?: 'refuse' | 'ignore';
}

/** The result of one update. */
export type FolderUpdateItem =
  | { status: 'ok'; path: string }
  | { status: 'error'; path: string; error: Error };

/** The result of {@link updateFolderTags}. */
export interface FolderUpdateResult {
  /** In the order of the updates. */
  items: FolderUpdateItem[];
  /** In milliseconds. */
  duration: number;
}

/** Files with the same values in the compared fields. */
export interface DuplicateGroup {
  /** The compared values by field; fields without a value are left out. */
  criteria: Record<string, string>;
  files: AudioFileMetadata[];
}

/**
 * Reads the metadata of every audio file beneath a directory into one list. For a library
 * that is larger than memory, use `scan`.
 *
 * @throws {FileOperationError} The directory itself can't be listed.
 */
export function scanFolder(
  folderPath: string,
  options?: FolderScanOptions,
): Promise<FolderScanResult>;

/**
 * Changes the tags of each file, as `writeTags` does. Updates of one file are saved one
 * after another, in their order.
 */
export function updateFolderTags(
  updates: FolderUpdate[],
  options?: UpdateFolderOptions,
): Promise<FolderUpdateResult>;

/**
 * Groups the files beneath a directory that have the same values in the fields of
 * `criteria`. Files that have none of these fields are left out.
 *
 * @throws As {@link scanFolder}.
 */
export function findDuplicates(
  folderPath: string,
  options?: FolderScanOptions,
): Promise<DuplicateGroup[]>;

/**
 * Writes the metadata of every audio file beneath a directory to a JSON file, which is
 * never incomplete. Errors are written with their name, code and message, and bytes as
 * base64.
 *
 * @throws {FileOperationError} The directory can't be listed, or the file can't be written.
 */
export function exportFolderMetadata(
  folderPath: string,
  outputPath: string,
  options?: ExportFolderOptions,
): Promise<void>;
