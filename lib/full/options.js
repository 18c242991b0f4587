'use strict';

/**
 * The options of the Full API's functions, with their defaults.
 *
 * @import { BlockingSaveOptions, CopyOptions, OpenOptions, TagLibOptions } from '../../index.js'
 */

const { checkBoolean, checkInteger, checkKeys } = require('../arguments/check.js');
const { checkLegacyEncoding } = require('../arguments/legacy-encoding.js');
const {
  checkApplyOptions,
  checkInitializeOptions,
  checkSaveOptions,
  checkSourceReadOptions,
} = require('../arguments/options.js');
const { checkPreopens } = require('../arguments/preopens.js');
const { argumentError } = require('../core/errors.js');

const OPEN_OPTIONS = [
  'signal',
  'pictures',
  'frames',
  'legacyEncoding',
  'transfer',
  'partial',
  'maxHeaderSize',
  'maxFooterSize',
];

/** @param {OpenOptions} [options] */
function checkOpenOptions(options = {}) {
  checkKeys('options', options, OPEN_OPTIONS);
  const { signal, pictures = true, frames = false, legacyEncoding, transfer } = options;
  const { partial = true } = options;
  checkBoolean('pictures', pictures);
  checkBoolean('frames', frames);
  checkBoolean('partial', partial);
  checkPartSizes(options);
  return {
    ...checkSourceReadOptions({ signal, transfer }),
    pictures,
    frames,
    partial,
    legacyEncoding: checkLegacyEncoding(legacyEncoding),
  };
}

/**
 * The sizes of taglib-wasm's partial loading. They make no difference: TagLib reads
 * the parts of a file that it needs.
 *
 * @param {OpenOptions} options
 */
function checkPartSizes({ maxHeaderSize, maxFooterSize }) {
  for (const [name, size] of Object.entries({ maxHeaderSize, maxFooterSize })) {
    if (size !== undefined) checkInteger(name, size, 0, Number.MAX_SAFE_INTEGER, 'bytes');
  }
}

/**
 * The options of a save to another path.
 *
 * @param {CopyOptions} [options]
 */
function checkCopyOptions(options = {}) {
  checkKeys('options', options, [
    ...['signal', 'hardLinks', 'preserveModified', 'inPlace', 'onLoss', 'overwrite'],
  ]);
  const { overwrite = true, ...others } = options;
  checkBoolean('overwrite', overwrite);
  return { ...checkSaveOptions(others), overwrite };
}

/**
 * The options of a blocking save, which can neither be aborted nor report.
 *
 * @param {BlockingSaveOptions} [options]
 */
function checkBlockingSaveOptions(options = {}) {
  checkKeys('options', options, ['hardLinks', 'preserveModified', 'inPlace', 'onLoss']);
  checkApplyOptions(options.onLoss === undefined ? {} : { onLoss: options.onLoss });
  return checkSaveOptions(options);
}

/** The options that only taglib-wasm's own module supports. */
const TAGLIB_WASM_OPTIONS = ['wasmBinary', 'wasmUrl', 'forceWasmType', 'disableOptimizations'];

/**
 * Returns whether the options ask for taglib-wasm's own module.
 *
 * @param {TagLibOptions} options
 */
function needsTaglibWasm({ wasmBinary, wasmUrl, forceWasmType }) {
  return wasmBinary !== undefined || wasmUrl !== undefined || forceWasmType === 'emscripten';
}

/**
 * Returns the directories and limits of `TagLib.initialize`, or undefined if it keeps those
 * of an earlier `initialize`. Without either there are no directories: bytes need none.
 *
 * @param {TagLibOptions} options
 * @param {boolean} isInitialized
 */
function checkTagLibOptions({ preopens, ...options }, isInitialized) {
  const limits = Object.fromEntries(
    Object.entries(options).filter(([name]) => !TAGLIB_WASM_OPTIONS.includes(name)),
  );
  const checked = checkInitializeOptions(limits);
  if (preopens === undefined && isInitialized) {
    if (Object.keys(limits).length === 0) return undefined;
    throw argumentError(
      TypeError,
      'ERR_INVALID_ARG_VALUE',
      'options must have preopens beside limits: `initialize` has set both before',
    );
  }
  return { preopens: checkPreopens(preopens ?? []), limits: checked };
}

module.exports = {
  checkBlockingSaveOptions,
  checkCopyOptions,
  checkOpenOptions,
  checkTagLibOptions,
  needsTaglibWasm,
};
