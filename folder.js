'use strict';

/**
 * taglib-wasi/folder: stands in for `taglib-wasm/folder`. The types and their
 * documentation are in folder.d.ts.
 */

const routed = require('./lib/drop-in/paths.js');

exports.exportFolderMetadata = routed.exportFolderMetadata;
exports.findDuplicates = routed.findDuplicates;
exports.scanFolder = routed.scanFolder;
exports.updateFolderTags = routed.updateFolderTags;
