/**
 * taglib-wasi/folder: replaces `taglib-wasm/folder`.
 *
 * A call goes to the addon if all of its paths are inside directories that `initialize`
 * has preopened. Every other call goes to taglib-wasm, as in `taglib-wasi/simple`.
 * {@link updateFolderTags} chooses the route for each file.
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
