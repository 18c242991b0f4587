'use strict';

/**
 * The options of each function, with their defaults and ranges.
 *
 * @import { ApplyOptions, AudioHashOptions, BatchOptions, HttpSourceOptions, InitializeOptions, NativeReadOptions, ReadOptions, SaveOptions, ScanOptions, ScannedFile, SignalOptions, SourceReadOptions, TransferOptions } from '../../index.js'
 * @import { LossPolicy, SaveRecord } from '../../native/binding.js'
 */

const os = require('node:os');
const { EXTENSIONS } = require('../tables/extensions.js');
const {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOptionalFunction,
  isObject,
  rangeError,
  typeError,
} = require('./check.js');
const { checkLegacyEncoding } = require('./legacy-encoding.js');

/** A day, in milliseconds. A longer deadline is probably in the wrong unit. */
const MAX_DEADLINE_MS = 24 * 60 * 60 * 1000;
/** The memory with which a sandbox starts, in bytes: 256 pages of WebAssembly. */
const MIN_MEMORY = 16 * 1024 * 1024;
/** The maximum that TagLib's module declares, in bytes. */
const MAX_MEMORY = 2 * 1024 * 1024 * 1024;
/** Room for the tags of an ordinary file without pictures, in bytes. */
const MIN_ANSWER = 64 * 1024;
/** The most threads that libuv allows. */
const MAX_CONCURRENCY = 1024;

const DEFAULTS = {
  initialize: {
    /** In milliseconds. */
    deadlineMs: 5000,
    /** In bytes. */
    memoryLimit: 256 * 1024 * 1024,
    /** In bytes: the largest picture that TagLib's module answers with has 50 MB. */
    maxAnswerBytes: 64 * 1024 * 1024,
    /**
     * One more than there are cores. While the main thread takes the answers of one
     * thread and passes it the next files, another thread uses its core.
     */
    concurrency: os.availableParallelism() + 1,
  },
  read: { pictures: true },
  save: {
    hardLinks: /** @type {'refuse' | 'break'} */ ('refuse'),
    preserveModified: false,
    inPlace: false,
    onLoss: /** @type {'refuse' | 'report' | 'ignore'} */ ('refuse'),
  },
  /** For one file from a random-access source. `maxBytes` is as much as an answer may have. */
  transfer: { maxRequests: 64, maxBytes: 64 * 1024 * 1024, timeoutMs: 30_000 },
  /** All of the audio is read, in pieces of a megabyte. */
  audioHashTransfer: { maxRequests: 4096, maxBytes: 4096 * 1024 * 1024, timeoutMs: 600_000 },
  httpSource: { maxDownload: 0, timeoutMs: 30_000 },
  apply: { onLoss: /** @type {'refuse' | 'ignore'} */ ('refuse') },
  // The concurrency of `initialize` applies as well.
  batch: { concurrency: MAX_CONCURRENCY, continueOnError: true },
  scan: {
    extensions: EXTENSIONS,
    properties: false,
    follow: false,
    audioHash: false,
    concurrency: MAX_CONCURRENCY,
  },
};

/** @param {InitializeOptions} [options] */
function checkInitializeOptions(options = {}) {
  checkKeys('options', options, Object.keys(DEFAULTS.initialize));
  const {
    deadlineMs = DEFAULTS.initialize.deadlineMs,
    memoryLimit = DEFAULTS.initialize.memoryLimit,
    maxAnswerBytes = DEFAULTS.initialize.maxAnswerBytes,
    concurrency = DEFAULTS.initialize.concurrency,
  } = options;
  checkInteger('deadlineMs', deadlineMs, 1, MAX_DEADLINE_MS, 'milliseconds');
  checkInteger('memoryLimit', memoryLimit, MIN_MEMORY, MAX_MEMORY, 'bytes');
  checkInteger('maxAnswerBytes', maxAnswerBytes, MIN_ANSWER, MAX_MEMORY, 'bytes');
  checkInteger('concurrency', concurrency, 1, MAX_CONCURRENCY, 'calls');
  return { deadlineMs, memoryLimit, maxAnswerBytes, concurrency };
}

/** @param {ReadOptions} [options] */
function checkReadOptions(options = {}) {
  checkKeys('options', options, ['signal', 'pictures', 'legacyEncoding', 'transfer']);
  const { signal, pictures = DEFAULTS.read.pictures, legacyEncoding, transfer } = options;
  checkBoolean('pictures', pictures);
  return {
    signal: checkSignal(signal),
    pictures,
    legacyEncoding: checkLegacyEncoding(legacyEncoding),
    transfer: checkTransfer(transfer),
  };
}

/** @param {NativeReadOptions} [options] */
function checkNativeReadOptions(options = {}) {
  checkKeys('options', options, ['signal', 'legacyEncoding', 'transfer']);
  const { signal, legacyEncoding, transfer } = options;
  return {
    signal: checkSignal(signal),
    legacyEncoding: checkLegacyEncoding(legacyEncoding),
    transfer: checkTransfer(transfer),
  };
}

/** @param {SourceReadOptions} [options] */
function checkSourceReadOptions(options = {}) {
  checkKeys('options', options, ['signal', 'transfer']);
  return { signal: checkSignal(options.signal), transfer: checkTransfer(options.transfer) };
}

/** @param {AudioHashOptions} [options] */
function checkAudioHashOptions(options = {}) {
  checkKeys('options', options, ['signal', 'transfer']);
  const { signal, transfer } = options;
  return {
    signal: checkSignal(signal),
    transfer: checkTransfer(transfer, DEFAULTS.audioHashTransfer),
  };
}

/**
 * @param {TransferOptions} [transfer]
 * @param {Required<TransferOptions>} [defaults]
 */
function checkTransfer(transfer, defaults = DEFAULTS.transfer) {
  if (transfer === undefined) return defaults;
  checkKeys('transfer', transfer, Object.keys(defaults));
  const {
    maxRequests = defaults.maxRequests,
    maxBytes = defaults.maxBytes,
    timeoutMs = defaults.timeoutMs,
  } = transfer;
  checkInteger('transfer.maxRequests', maxRequests, 1, Number.MAX_SAFE_INTEGER, 'requests');
  checkInteger('transfer.maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER, 'bytes');
  checkInteger('transfer.timeoutMs', timeoutMs, 1, MAX_DEADLINE_MS, 'milliseconds');
  return { maxRequests, maxBytes, timeoutMs };
}

/** @param {HttpSourceOptions} [options] */
function checkHttpSourceOptions(options = {}) {
  const known = ['headers', 'fetch', 'signal', ...Object.keys(DEFAULTS.httpSource)];
  checkKeys('options', options, known);
  const {
    headers = {},
    fetch = globalThis.fetch,
    maxDownload = DEFAULTS.httpSource.maxDownload,
    timeoutMs = DEFAULTS.httpSource.timeoutMs,
    signal,
  } = options;
  checkOptionalFunction('fetch', fetch);
  checkInteger('maxDownload', maxDownload, 0, Number.MAX_SAFE_INTEGER, 'bytes');
  checkInteger('timeoutMs', timeoutMs, 1, MAX_DEADLINE_MS, 'milliseconds');
  if (!isObject(headers)) throw typeError('headers', 'an object with headers', headers);
  return { headers, fetch, maxDownload, timeoutMs, signal: checkSignal(signal) };
}

/** @param {SignalOptions} [options] */
function checkSignalOptions(options = {}) {
  checkKeys('options', options, ['signal']);
  return { signal: checkSignal(options.signal) };
}

/**
 * @param {SaveOptions} [options]
 * @returns {{ signal: AbortSignal | undefined, save: SaveRecord }}
 */
function checkSaveOptions(options = {}) {
  checkKeys('options', options, ['signal', ...Object.keys(DEFAULTS.save)]);
  const {
    signal,
    hardLinks = DEFAULTS.save.hardLinks,
    preserveModified = DEFAULTS.save.preserveModified,
    inPlace = DEFAULTS.save.inPlace,
    onLoss = DEFAULTS.save.onLoss,
  } = options;
  if (hardLinks !== 'refuse' && hardLinks !== 'break') {
    throw rangeError('hardLinks', '"refuse" or "break"', hardLinks);
  }
  checkBoolean('preserveModified', preserveModified);
  checkBoolean('inPlace', inPlace);
  // Without a copy losses are not detected, so an empty report would be wrong.
  checkLossPolicy(onLoss, inPlace ? ['refuse', 'ignore'] : ['refuse', 'report', 'ignore']);
  return {
    signal: checkSignal(signal),
    save: {
      breakHardLinks: hardLinks === 'break',
      preserveModified,
      inPlace,
      onLoss: asLossPolicy(onLoss),
    },
  };
}

/**
 * @param {ApplyOptions} [options]
 * @returns {{ signal: AbortSignal | undefined, onLoss: LossPolicy }}
 */
function checkApplyOptions(options = {}) {
  checkKeys('options', options, ['signal', ...Object.keys(DEFAULTS.apply)]);
  const { signal, onLoss = DEFAULTS.apply.onLoss } = options;
  checkLossPolicy(onLoss, ['refuse', 'ignore']);
  return { signal: checkSignal(signal), onLoss: asLossPolicy(onLoss) };
}

/**
 * @param {unknown} onLoss
 * @param {string[]} allowed
 */
function checkLossPolicy(onLoss, allowed) {
  if (!allowed.includes(/** @type {string} */ (onLoss))) {
    throw rangeError('onLoss', `one of ${allowed.join(', ')}`, onLoss);
  }
}

/**
 * An enum of napi-rs is a string, but TypeScript wants the enum's own type.
 *
 * @param {string} onLoss
 */
function asLossPolicy(onLoss) {
  return /** @type {LossPolicy} */ (onLoss);
}

/** @param {BatchOptions} [options] */
function checkBatchOptions(options = {}) {
  checkKeys('options', options, BATCH_OPTIONS);
  const {
    concurrency = DEFAULTS.batch.concurrency,
    continueOnError = DEFAULTS.batch.continueOnError,
    onProgress,
    signal,
    pictures,
    legacyEncoding,
    transfer,
  } = options;
  checkInteger('concurrency', concurrency, 1, Number.MAX_SAFE_INTEGER, 'files');
  checkBoolean('continueOnError', continueOnError);
  checkOptionalFunction('onProgress', onProgress);
  const readOptions = checkReadOptions({ signal, pictures, legacyEncoding, transfer });
  return { concurrency, continueOnError, onProgress, ...readOptions };
}

const BATCH_OPTIONS = [
  'concurrency',
  'continueOnError',
  'onProgress',
  'signal',
  'pictures',
  'legacyEncoding',
  'transfer',
];

/** @param {ScanOptions} [options] */
function checkScanOptions(options = {}) {
  checkKeys('options', options, SCAN_OPTIONS);
  const {
    extensions = DEFAULTS.scan.extensions,
    properties = DEFAULTS.scan.properties,
    follow = DEFAULTS.scan.follow,
    concurrency = DEFAULTS.scan.concurrency,
    pictures = DEFAULTS.read.pictures,
    audioHash = DEFAULTS.scan.audioHash,
    legacyEncoding,
    since,
    onProgress,
    signal,
  } = options;
  if (pictures !== 'metadata' && typeof pictures !== 'boolean') {
    throw rangeError('pictures', 'a boolean or "metadata"', pictures);
  }
  checkBoolean('properties', properties);
  checkBoolean('follow', follow);
  checkBoolean('audioHash', audioHash);
  checkSince(since);
  checkInteger('concurrency', concurrency, 1, MAX_CONCURRENCY, 'files');
  checkOptionalFunction('onProgress', onProgress);
  return {
    extensions: checkExtensions(extensions),
    properties,
    follow,
    concurrency,
    since,
    onProgress,
    pictures,
    audioHash,
    legacyEncoding: checkLegacyEncoding(legacyEncoding),
    signal: checkSignal(signal),
  };
}

const SCAN_OPTIONS = [
  'extensions',
  'pictures',
  'properties',
  'follow',
  'concurrency',
  'audioHash',
  'legacyEncoding',
  'since',
  'signal',
  'onProgress',
];

/**
 * Returns the extensions in lower case and without a dot.
 *
 * @param {readonly string[]} extensions
 */
function checkExtensions(extensions) {
  const expected = 'an array of extensions such as ["mp3", "flac"]';
  if (!Array.isArray(extensions)) throw typeError('extensions', expected, extensions);
  return new Set(
    extensions.map((extension) => {
      if (typeof extension !== 'string') throw typeError('extensions', expected, extension);
      return extension.replace(/^\./, '').toLowerCase();
    }),
  );
}

/** @param {ScanOptions['since']} since */
function checkSince(since) {
  if (since === undefined || typeof since === 'function') return;
  if (typeof since?.get === 'function') return;
  throw typeError('since', 'a Map of { size, mtimeMs } by path, or a function', since);
}

/**
 * Checks the shape and not the class: a signal may come from another realm, such as
 * Electron's preload script.
 *
 * @param {unknown} signal
 * @returns {AbortSignal | undefined}
 */
function checkSignal(signal) {
  if (signal === undefined) return undefined;
  if (
    !isObject(signal) ||
    typeof signal.aborted !== 'boolean' ||
    typeof signal.addEventListener !== 'function'
  ) {
    throw typeError('signal', 'an AbortSignal', signal);
  }
  return /** @type {AbortSignal} */ (signal);
}

module.exports = {
  checkApplyOptions,
  checkAudioHashOptions,
  checkBatchOptions,
  checkHttpSourceOptions,
  checkInitializeOptions,
  checkNativeReadOptions,
  checkReadOptions,
  checkSaveOptions,
  checkScanOptions,
  checkSignalOptions,
  checkSourceReadOptions,
  checkTransfer,
};
