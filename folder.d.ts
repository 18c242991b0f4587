/**
 * taglib-wasi/folder: stands in for `taglib-wasm/folder`.
 *
 * A call whose paths are all in directories that `initialize` has preopened goes to the
 * addon, any other to taglib-wasm, as in `taglib-wasi/simple`. {@link updateFolderTags}
 * chooses the route of each file.
 */

export type {
  AudioDynamics,
  AudioFileMetadata,
  DuplicateGroup,
  ExportFolderOptions,
  FolderScanItem,
  FolderScanOptions,
  FolderScanResult,
  FolderUpdate,
  FolderUpdateItem,
  FolderUpdateResult,
  UpdateFolderOptions,
} from './index.js';
export {
  exportFolderMetadata,
  findDuplicates,
  scanFolder,
  updateFolderTags,
} from './index.js';
