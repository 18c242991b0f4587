'use strict';

/**
 * The folder API and the picture-file helpers, each call on its route: to the addon if
 * all of its paths are in preopened directories.
 */

const exported = require('../pictures/export.js');
const { exportFolderMetadata } = require('../folder/export-folder-metadata.js');
const { findDuplicates } = require('../folder/find-duplicates.js');
const { scanFolder } = require('../folder/scan-folder.js');
const { updatedFolder } = require('../folder/update-folder-tags.js');
const { findCoverArtFiles } = require('../pictures/find.js');
const imported = require('../pictures/import.js');
const { picturesOf } = require('../simple/read.js');
const { applyTagsToFile } = require('../simple/save.js');
const { asTaglibWasmError, withTaglibWasmErrors } = require('./errors.js');
const { fieldsAlone } = require('./fields.js');
const { toleratingLosses } = require('./losses.js');
const { routeCall } = require('./route.js');
const { loadTaglibWasm } = require('../core/taglib-wasm.js');

/**
 * Makes a function that chooses its route. The arguments at `positions` are paths.
 *
 * @param {string} name
 * @param {(...args: any[]) => Promise<any>} nativeFunction
 * @param {number[]} [positions]
 */
function routedByPaths(name, nativeFunction, positions = [0]) {
  /** @param {any[]} args */
  return async (...args) => {
    for (const position of positions) {
      const { via, reason } = routeCall(name, args[position]);
      if (via === 'native') continue;
      const taglibWasm = /** @type {any} */ (await loadTaglibWasm(`${name} (${reason})`));
      return taglibWasm[name](...args);
    }
    return withItemErrors(nativeFunction(...args));
  };
}

/**
 * Makes a function whose reads and writes choose their routes. The trace shows the route of the
 * audio file, which is the first argument.
 *
 * @param {string} name
 * @param {(...args: any[]) => Promise<any>} nativeFunction
 */
function routedInParts(name, nativeFunction) {
  /** @param {any[]} args */
  return (...args) => {
    routeCall(name, args[0]);
    return withItemErrors(nativeFunction(...args));
  };
}

/**
 * Returns the result of a call, with taglib-wasm's errors, in the items as well.
 *
 * @param {Promise<any>} call
 */
async function withItemErrors(call) {
  const result = await withTaglibWasmErrors(call);
  for (const item of result?.items ?? []) {
    if (item.status === 'error') await asTaglibWasmError(item.error);
  }
  return result;
}

const save = toleratingLosses(fieldsAlone(applyTagsToFile));

/**
 * Makes each update on its own route. The items are in the order of the updates.
 *
 * @param {any[]} updates
 * @param {any} [options]
 */
function updateFolderTags(updates, options) {
  return withItemErrors(
    updatedFolder(updates, options, async (path, tags, saveOptions) => {
      const { via, reason } = routeCall('updateFolderTags', path);
      if (via === 'native') return save(path, tags, saveOptions);
      const taglibWasm = await loadTaglibWasm(`updateFolderTags (${reason})`);
      return taglibWasm.applyTagsToFile(path, tags);
    }),
  );
}

/**
 * Reads an image file on its route.
 *
 * @type {import('../pictures/import.js').ReadImage}
 */
async function readImage(image, options) {
  const { via, reason } = routeCall('loadPictureFromFile', image);
  if (via === 'native') return imported.readImageFile(image, options);
  const taglibWasm = await loadTaglibWasm(`loadPictureFromFile (${reason})`);
  return (await taglibWasm.loadPictureFromFile(image)).data;
}

/**
 * Reads the pictures of an audio file on its route.
 *
 * @type {import('../pictures/import.js').ReadPictures}
 */
async function readPictures(audio, options) {
  const { via, reason } = routeCall('readPictures', audio);
  if (via === 'native') return picturesOf(audio, options);
  const taglibWasm = await loadTaglibWasm(`readPictures (${reason})`);
  return taglibWasm.readPictures(audio);
}

/**
 * Writes an image file on its route.
 *
 * @type {import('../pictures/export.js').WriteImage}
 */
async function writeImage(image, data, options) {
  const { via, reason } = routeCall('savePictureToFile', image);
  if (via === 'native') return exported.writeImageFile(image, data, options);
  const taglibWasm = await loadTaglibWasm(`savePictureToFile (${reason})`);
  return taglibWasm.savePictureToFile({ mimeType: '', data, type: 'Other' }, image);
}

/**
 * An import or a copy is on the route of the audio file that it changes, so that its save is
 * a safe one. Each of the other files is read or written on its own route.
 */
const { copyCoverArt, importCoverArt, importPictureWithType } = imported.importsBy(
  readImage,
  readPictures,
);
const { exportAllPictures, exportCoverArt, exportPictureByType } = exported.exportsBy(
  readPictures,
  writeImage,
);

exports.exportFolderMetadata = routedByPaths('exportFolderMetadata', exportFolderMetadata, [0, 1]);
exports.findDuplicates = routedByPaths('findDuplicates', findDuplicates);
exports.scanFolder = routedByPaths('scanFolder', scanFolder);
exports.updateFolderTags = updateFolderTags;

exports.copyCoverArt = routedByPaths(
  'copyCoverArt',
  toleratingLosses((source, target, options) => copyCoverArt(source, target, options)),
  [1],
);
exports.exportAllPictures = routedInParts('exportAllPictures', exportAllPictures);
exports.exportCoverArt = routedInParts('exportCoverArt', exportCoverArt);
exports.exportPictureByType = routedInParts('exportPictureByType', exportPictureByType);
exports.findCoverArtFiles = routedByPaths('findCoverArtFiles', findCoverArtFiles);
exports.importCoverArt = routedByPaths(
  'importCoverArt',
  toleratingLosses((audio, image, options) => importCoverArt(audio, image, options)),
);
exports.importPictureWithType = routedByPaths(
  'importPictureWithType',
  toleratingLosses((audio, image, type, options) =>
    importPictureWithType(audio, image, type, options),
  ),
);
exports.loadPictureFromFile = routedByPaths('loadPictureFromFile', imported.loadPictureFromFile);
exports.savePictureToFile = routedByPaths('savePictureToFile', exported.savePictureToFile, [1]);
