/**
 * taglib-wasi/simple: replaces `taglib-wasm/simple`.
 *
 * A path inside a directory that {@link initialize} has preopened is read and
 * written by the addon, off the main thread and in a sandbox. Anything else (bytes,
 * a `File`, a path elsewhere, every path before `initialize`) goes to taglib-wasm
 * unchanged. taglib-wasm is an optional peer dependency. Without it, only the calls
 * that need it reject, with a message that says how to install it.
 *
 * Errors are instances of taglib-wasm's classes if it is installed. A call that exceeds a
 * limit of the sandbox rejects with its `TagLibError` and the code `RESOURCE_LIMIT`.
 * `NODE_DEBUG=taglib-wasi` prints the route of each call.
 *
 * Native calls differ from taglib-wasm's in two ways: functions that return bytes do not
 * write the file, and batches run in parallel.
 *
 * A change that loses data that it was not asked to change is made, with one
 * warning for each kind of loss (`TAGLIB_WASI_LOSS`). With the environment variable
 * `TAGLIB_WASI_ON_LOSS=refuse`, or the option `onLoss`, it is refused.
 */

import type * as ours from './index.js';
import type { AudioFileInput, PictureMetadata } from './index.js';

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

/** A function with the options of the addon's function, which taglib-wasm ignores. */
type Routed<F> = F extends (file: never, ...rest: infer Rest) => infer Result
  ? (file: AudioFileInput, ...rest: Rest) => Result
  : never;

/**
 * Does the same as in the main entry. If the addon can't be loaded, it also resolves and
 * emits one warning with the code `TAGLIB_WASI_FALLBACK`. All calls then go to taglib-wasm.
 */
export const initialize: typeof ours.initialize;
export const isInitialized: typeof ours.isInitialized;
export const shutdown: typeof ours.shutdown;

/** The route of a call, and the reason for it. */
export interface Route {
  readonly via: 'native' | 'taglib-wasm';
  /** A text such as `it is outside every preopened directory`. */
  readonly reason: string;
}

/**
 * Returns the route that a call with this input would now take. Does not access the disk.
 * A call with several paths is native if all of them are inside preopens.
 *
 * @param call The name of the function, such as `scanFolder`. It matters for input that is
 *   not a path: `TagLib.open` and `TagLib.edit` take bytes natively. Default: `readTags`.
 */
export function route(file: AudioFileInput, call?: string): Route;

export const getTagLib: typeof ours.getTagLib;
export const setBufferMode: typeof ours.setBufferMode;

export const isValidAudioFile: Routed<typeof ours.isValidAudioFile>;
export const readCoverArt: Routed<typeof ours.readCoverArt>;
export const readFormat: Routed<typeof ours.readFormat>;
export const readMetadata: Routed<typeof ours.readMetadata>;
/** taglib-wasm, which gets the calls with bytes, tells only `type`, `mimeType` and `size`. */
export const readPictureMetadata: Routed<
  (
    ...args: Parameters<typeof ours.readPictureMetadata>
  ) => Promise<
    Array<Pick<PictureMetadata, 'type' | 'mimeType' | 'size'> & Partial<PictureMetadata>>
  >
>;
export const readPictures: Routed<typeof ours.readPictures>;
export const readProperties: Routed<typeof ours.readProperties>;
export const readTags: Routed<typeof ours.readTags>;

export const addPicture: Routed<typeof ours.addPicture>;
export const applyCoverArt: Routed<typeof ours.applyCoverArt>;
export const applyPictures: Routed<typeof ours.applyPictures>;
/**
 * Sets fields and lyrics. In native calls, other values that `readTags` returns are
 * accepted in `tags` and ignored.
 */
export function applyTags(
  file: AudioFileInput,
  tags: ours.TagInput,
  options?: ours.ApplyOptions,
): Promise<Uint8Array>;
/**
 * Does the same as `applyTags`, in the file on disk. Takes only a path, as in the main
 * entry and in taglib-wasm.
 */
export function applyTagsToFile(
  file: string,
  tags: ours.TagInput,
  options?: ours.SaveOptions,
): Promise<void>;
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
