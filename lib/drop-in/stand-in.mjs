/**
 * Stands in for `taglib-wasm` itself: all that it exports, with the functions of
 * its simple API on their routes.
 */
export * from 'taglib-wasm';
export {
  addPicture,
  applyCoverArt,
  applyPictures,
  applyTags,
  applyTagsToFile,
  clearPictures,
  clearTags,
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
} from './routed.js';
export { setBufferMode } from './taglib-wasm.js';
