'use strict';

/**
 * The options of the folder API, with taglib-wasm's defaults.
 *
 * @import { ExportFolderOptions, FolderScanOptions, UpdateFolderOptions } from '../../index.js'
 */

const {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOptionalFunction,
  typeError,
} = require('../arguments/check.js');
const {
  checkApplyOptions,
  checkSaveOptions,
  checkScanOptions,
} = require('../arguments/options.js');

/** The extensions that taglib-wasm scans for. `scan` has all that TagLib reads. */
const EXTENSIONS = [
  ...['mp3', 'm4a', 'mp4', 'flac', 'ogg', 'oga', 'opus', 'wav', 'wv', 'ape', 'mpc', 'tta'],
  ...['wma', 'mkv', 'mka', 'webm'],
];

const SCAN_OPTIONS = [
  ...['recursive', 'extensions', 'maxFiles', 'onProgress', 'includeProperties'],
  ...['continueOnError', 'criteria', 'signal', 'follow'],
];

/** @param {FolderScanOptions} [options] */
function checkFolderScanOptions(options = {}) {
  checkKeys('options', options, SCAN_OPTIONS);
  const {
    recursive = true,
    maxFiles = Number.POSITIVE_INFINITY,
    includeProperties = true,
    continueOnError = true,
    criteria = /** @type {const} */ (['artist', 'title']),
    onProgress,
    ...others
  } = options;
  checkBoolean('recursive', recursive);
  checkBoolean('includeProperties', includeProperties);
  checkBoolean('continueOnError', continueOnError);
  checkOptionalFunction('onProgress', onProgress);
  if (maxFiles !== Number.POSITIVE_INFINITY) {
    checkInteger('maxFiles', maxFiles, 0, Number.MAX_SAFE_INTEGER, 'files');
  }
  const { extensions, follow, signal } = checkScanOptions({ extensions: EXTENSIONS, ...others });
  return {
    ...{ recursive, extensions, maxFiles, onProgress, includeProperties, continueOnError },
    ...{ criteria: checkCriteria(criteria), signal, follow },
  };
}

/** @param {readonly string[]} criteria */
function checkCriteria(criteria) {
  if (Array.isArray(criteria) && criteria.every((name) => typeof name === 'string')) {
    return criteria;
  }
  throw typeError('criteria', 'an array of names of fields such as ["artist"]', criteria);
}

/** @param {UpdateFolderOptions} [options] */
function checkUpdateOptions(options = {}) {
  const { continueOnError = true, concurrency = 4, ...save } = options;
  checkBoolean('continueOnError', continueOnError);
  checkInteger('concurrency', concurrency, 1, Number.MAX_SAFE_INTEGER, 'files');
  checkApplyOptions(save.onLoss === undefined ? {} : { onLoss: save.onLoss });
  return { continueOnError, concurrency, signal: checkSaveOptions(save).signal, save };
}

/** @param {ExportFolderOptions} [options] */
function checkExportOptions(options = {}) {
  const { overwrite = true, ...scan } = options;
  checkBoolean('overwrite', overwrite);
  return { overwrite, scan };
}

module.exports = { checkExportOptions, checkFolderScanOptions, checkUpdateOptions };
