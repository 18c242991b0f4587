/**
 * taglib-wasi/simple: stands in for `taglib-wasm/simple`.
 *
 * A path inside a directory that {@link initialize} has preopened is read and
 * written natively, off the main thread and in a sandbox. Anything else (bytes,
 * a `File`, a path elsewhere, every path before `initialize`) goes to
 * taglib-wasm as it is. That is an optional peer dependency: without it, only
 * the calls that need it reject, and say how to install it.
 *
 * Errors are instances of taglib-wasm's classes, where it is installed; the
 * limits of the sandbox are its `TagLibError` with the code `RESOURCE_LIMIT`.
 * `NODE_DEBUG=taglib-wasi` prints which way each call goes.
 *
 * Of what a path call does natively, two things differ from taglib-wasm:
 * functions that give back bytes do not rewrite the file as well, and batches
 * run in parallel.
 */

import type * as ours from './index.js';
import type { AudioFileInput } from './index.js';

export type {
  AudioProperties,
  BatchItem,
  BatchOptions,
  BatchResult,
  ExtendedTag,
  FileMetadata,
  Picture,
  PictureType,
  Tag,
  TagInput,
} from './index.js';

/** With the options of the native function, which taglib-wasm leaves aside. */
type Routed<F> = F extends (file: never, ...rest: infer Rest) => infer Result
  ? (file: AudioFileInput, ...rest: Rest) => Result
  : never;

/**
 * As the main entry's, but for a platform where the addon can't be loaded: there
 * it resolves, with one warning of the code `TAGLIB_WASI_FALLBACK`, and all
 * paths go to taglib-wasm.
 */
export const initialize: typeof ours.initialize;
export const isInitialized: typeof ours.isInitialized;
export const shutdown: typeof ours.shutdown;

/** Which way a call goes, and why, in words. */
export interface Route {
  readonly via: 'native' | 'taglib-wasm';
  /** Such as `it is outside every preopened directory`. */
  readonly reason: string;
}

/** Which way a call with this input would go now. Looks at nothing on the disk. */
export function route(file: AudioFileInput): Route;

export const getTagLib: typeof ours.getTagLib;
export const setBufferMode: typeof ours.setBufferMode;

export const isValidAudioFile: Routed<typeof ours.isValidAudioFile>;
export const readCoverArt: Routed<typeof ours.readCoverArt>;
export const readFormat: Routed<typeof ours.readFormat>;
export const readMetadata: Routed<typeof ours.readMetadata>;
export const readPictureMetadata: Routed<typeof ours.readPictureMetadata>;
export const readPictures: Routed<typeof ours.readPictures>;
export const readProperties: Routed<typeof ours.readProperties>;
export const readTags: Routed<typeof ours.readTags>;

export const addPicture: Routed<typeof ours.addPicture>;
export const applyCoverArt: Routed<typeof ours.applyCoverArt>;
export const applyPictures: Routed<typeof ours.applyPictures>;
export const applyTags: Routed<typeof ours.applyTags>;
/** A string, as the main entry's; the type is that of taglib-wasm. */
export const applyTagsToFile: typeof ours.applyTagsToFile;
export const clearPictures: Routed<typeof ours.clearPictures>;
export const clearTags: Routed<typeof ours.clearTags>;
export const replacePictureByType: Routed<typeof ours.replacePictureByType>;

export const readMetadataBatch: Batch<ours.FileMetadata>;
export const readPropertiesBatch: Batch<ours.AudioProperties | undefined>;
export const readTagsBatch: Batch<ours.ExtendedTag>;

type Batch<T> = (
  files: AudioFileInput[],
  options?: ours.BatchOptions,
) => Promise<ours.BatchResult<T>>;

export const findPictureByType: typeof ours.findPictureByType;
export const PICTURE_TYPE_NAMES: typeof ours.PICTURE_TYPE_NAMES;
export const PICTURE_TYPE_VALUES: typeof ours.PICTURE_TYPE_VALUES;
