/**
 * Stands in for `taglib-wasm` itself: all that it exports, with the functions that take
 * files on their routes.
 */
export * from 'taglib-wasm';
export { setBufferMode } from '../core/taglib-wasm.js';
export { AudioFileImpl, TagLib } from './full.js';
export {
  copyCoverArt,
  exportAllPictures,
  exportCoverArt,
  exportFolderMetadata,
  exportPictureByType,
  findCoverArtFiles,
  findDuplicates,
  importCoverArt,
  importPictureWithType,
  loadPictureFromFile,
  savePictureToFile,
  scanFolder,
  updateFolderTags,
} from './paths.js';
export {
  addPicture,
  applyCoverArt,
  applyPictures,
  applyTags,
  applyTagsToFile,
  clearPictures,
  clearTags,
  createPictureGallery,
  isValidAudioFile,
  readCoverArt,
  readFormat,
  readMetadata,
  readMetadataBatch,
  readPictureMetadata,
  readPictures,
  readProperties,
  readPropertiesBatch,
  readTags,
  readTagsBatch,
  replacePictureByType,
  setCoverArtFromCanvas,
} from './routed.js';
