'use strict';

/**
 * Checks of what the caller passes. Every refusal names the argument, says
 * what was expected and what came.
 */

const os = require('node:os');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { argumentError, FileOperationError } = require('./errors.js');
const { PICTURE_TYPE_VALUES } = require('./picture-types.js');
const { EXTENSIONS } = require('./scan/extensions.js');

/** The sandbox starts with this much memory, in bytes. */
const MIN_MEMORY = 16 * 1024 * 1024;
/** TagLib's module can address no more, in bytes. */
const MAX_MEMORY = 2 * 1024 * 1024 * 1024;
/** A day, in milliseconds: longer is surely a mistake of units. */
const MAX_DEADLINE = 24 * 60 * 60 * 1000;

/** libuv has no more threads. */
const MAX_CONCURRENCY = 1024;

const DEFAULT_DEADLINE = 5000;
const DEFAULT_MEMORY = 256 * 1024 * 1024;

function typeError(name, expected, found) {
  const message = `${name} must be ${expected}, not ${describe(found)}`;
  return argumentError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
}

function rangeError(name, expected, found) {
  const message = `${name} must be ${expected}, not ${describe(found)}`;
  return argumentError(RangeError, 'ERR_OUT_OF_RANGE', message);
}

function describe(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(value)}`;
    case 'object':
      return `an instance of ${value.constructor?.name ?? 'Object'}`;
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Refuses what is no object, and keys that are not known: a misspelled option must not pass. */
function checkKeys(name, options, known) {
  if (!isObject(options)) throw typeError(name, 'an object', options);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      const message = `${name} has no option "${key}", expected ${known.join(', ')}`;
      throw argumentError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
    }
  }
}

function checkInteger(name, value, lowest, highest, unit) {
  if (typeof value !== 'number') throw typeError(name, `a number of ${unit}`, value);
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw rangeError(name, `an integer from ${lowest} to ${highest} (${unit})`, value);
  }
  return value;
}

/**
 * The records of the preopens. The object form is `{ guestPath: directory }`,
 * the array form a list of directories seen under their own absolute paths; a
 * directory is a path or `{ path, readOnly }`.
 */
function checkPreopens(preopens) {
  const entries = Array.isArray(preopens)
    ? preopens.map((directory, index) => [undefined, directory, `preopens[${index}]`])
    : checkPreopenObject(preopens);
  const records = entries.map(([guestPath, directory, name]) => {
    const { hostPath, readOnly } = checkDirectory(name, directory);
    return { guestPath: guestPath ?? guestPathOf(hostPath), hostPath, readOnly };
  });
  refuseDoubles(records);
  return records;
}

function checkPreopenObject(preopens) {
  if (!isObject(preopens)) {
    throw typeError(
      'preopens',
      'an object of guest paths and directories, or an array of directories',
      preopens,
    );
  }
  return Object.entries(preopens).map(([guestPath, directory]) => {
    if (!guestPath.startsWith('/') || guestPath.includes('\0')) {
      throw rangeError('a guest path in preopens', 'an absolute path such as "/music"', guestPath);
    }
    return [guestPath, directory, `preopens[${JSON.stringify(guestPath)}]`];
  });
}

function checkDirectory(name, directory) {
  let hostPath = directory;
  let readOnly = false;
  if (isObject(directory)) {
    checkKeys(name, directory, ['path', 'readOnly']);
    hostPath = directory.path;
    readOnly = directory.readOnly ?? false;
    checkBoolean(`${name}.readOnly`, readOnly);
  }
  if (typeof hostPath !== 'string') {
    throw typeError(name, 'the path of a directory, or { path, readOnly }', hostPath);
  }
  if (hostPath === '' || hostPath.includes('\0')) {
    throw rangeError(name, 'the path of a directory', hostPath);
  }
  return { hostPath: path.resolve(hostPath), readOnly };
}

/** WASI knows neither drives nor backslashes: `C:\Music` is seen as `/C/Music`. */
function guestPathOf(hostPath) {
  if (path.sep === '/') return hostPath;
  return `/${hostPath.replaceAll('\\', '/').replace(':', '')}`;
}

function refuseDoubles(records) {
  const seen = new Map();
  for (const { guestPath, hostPath } of records) {
    const normal = path.posix.join(guestPath, '/');
    const other = seen.get(normal);
    if (other !== undefined) {
      throw rangeError(
        'preopens',
        `a set with one directory for ${guestPath}`,
        `${other} and ${hostPath}`,
      );
    }
    seen.set(normal, hostPath);
  }
}

function checkInitializeOptions(options = {}) {
  checkKeys('options', options, ['deadlineMs', 'memoryLimit', 'concurrency']);
  const {
    deadlineMs = DEFAULT_DEADLINE,
    memoryLimit = DEFAULT_MEMORY,
    concurrency = defaultConcurrency(),
  } = options;
  checkInteger('deadlineMs', deadlineMs, 1, MAX_DEADLINE, 'milliseconds');
  checkInteger('memoryLimit', memoryLimit, MIN_MEMORY, MAX_MEMORY, 'bytes');
  checkInteger('concurrency', concurrency, 1, MAX_CONCURRENCY, 'calls');
  return { deadlineMs, memoryLimit, concurrency };
}

/**
 * One more than there are cores: while the main thread takes the answers of one
 * thread and gives it the next files, another has its core.
 */
function defaultConcurrency() {
  return os.availableParallelism() + 1;
}

/** `known`: the options of the function at hand. */
function checkReadOptions(options = {}, known = ['signal']) {
  checkKeys('options', options, known);
  const { signal, pictures = known.includes('pictures') } = options;
  checkBoolean('pictures', pictures);
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw typeError('signal', 'an AbortSignal', signal);
  }
  return { signal, pictures };
}

function checkSignalOptions(options) {
  const { signal } = checkReadOptions(options);
  return { signal };
}

function checkSaveOptions(options = {}) {
  checkKeys('options', options, ['signal', 'hardLinks', 'preserveModified', 'inPlace']);
  const { signal, hardLinks = 'refuse', preserveModified = false, inPlace = false } = options;
  if (hardLinks !== 'refuse' && hardLinks !== 'break') {
    throw rangeError('hardLinks', '"refuse" or "break"', hardLinks);
  }
  checkBoolean('preserveModified', preserveModified);
  checkBoolean('inPlace', inPlace);
  const breakHardLinks = hardLinks === 'break';
  return { ...checkSignalOptions({ signal }), breakHardLinks, preserveModified, inPlace };
}

/**
 * What `readTags` gives besides text fields. Input for `applyTags` is often
 * made from its answer, so they are let pass, and stay as the file has them.
 */
const NOT_FIELDS = new Set(['pictures', 'ratings', 'chapters', 'bext', 'bextData', 'ixml']);
const NUMBER_FIELDS = new Set(['year', 'track', 'discNumber', 'totalTracks', 'totalDiscs', 'bpm']);

/** The fields to set, as lists of texts; `date` goes before `year`. */
function checkTagInput(tags) {
  if (!isObject(tags)) throw typeError('tags', 'an object of tag fields', tags);
  const fields = Object.entries(tags).filter(
    ([name, value]) =>
      value !== undefined && !NOT_FIELDS.has(name) && !(name === 'year' && tags.date !== undefined),
  );
  return fields.map(([name, value]) => ({ name, values: fieldValues(name, value) }));
}

function fieldValues(name, value) {
  const label = `tags.${name}`;
  if (name === 'lyrics') return asList(value).map((entry) => lyricsText(label, entry));
  if (Array.isArray(value)) return value.map((text) => checkText(label, text));
  if (name === 'compilation') {
    checkBoolean(label, value);
    return [value ? '1' : '0'];
  }
  if (NUMBER_FIELDS.has(name) && typeof value === 'number') {
    if (!Number.isFinite(value)) throw rangeError(label, 'a finite number', value);
    return [String(value)];
  }
  return [checkText(label, value)];
}

function asList(value) {
  return Array.isArray(value) ? value : [value];
}

/** As given, or as `readTags` gives them. */
function lyricsText(name, entry) {
  return checkText(name, isObject(entry) ? entry.text : entry);
}

function checkText(name, value) {
  if (typeof value === 'string') return value;
  throw typeError(name, 'a string or an array of strings, [] to remove the field', value);
}

function checkPictures(pictures) {
  if (!Array.isArray(pictures)) throw typeError('pictures', 'an array of pictures', pictures);
  return pictures.map((picture, index) => checkPicture(`pictures[${index}]`, picture));
}

function checkPicture(name, picture) {
  if (!isObject(picture)) throw typeError(name, 'a picture', picture);
  const { mimeType, data, type, description = '' } = picture;
  if (typeof mimeType !== 'string') throw typeError(`${name}.mimeType`, 'a string', mimeType);
  if (!isBytes(data)) throw typeError(`${name}.data`, 'a Uint8Array', data);
  if (typeof description !== 'string') {
    throw typeError(`${name}.description`, 'a string', description);
  }
  if (!Object.hasOwn(PICTURE_TYPE_VALUES, type)) {
    throw rangeError(`${name}.type`, `one of ${Object.keys(PICTURE_TYPE_VALUES).join(', ')}`, type);
  }
  // Copied, as the call may have to wait while the caller goes on using them.
  return { mimeType, data: new Uint8Array(toBytes(data)), type, description };
}

function checkBatchOptions(options = {}) {
  checkKeys('options', options, BATCH_OPTIONS);
  const { concurrency = MAX_CONCURRENCY, continueOnError = true, onProgress, ...rest } = options;
  checkInteger('concurrency', concurrency, 1, Number.MAX_SAFE_INTEGER, 'files');
  checkBoolean('continueOnError', continueOnError);
  checkCallback('onProgress', onProgress);
  const reading = checkReadOptions(rest, ['signal', 'pictures']);
  return { concurrency, continueOnError, onProgress, ...reading };
}

/** `signal` and the rest of a scan's options, checked; `since` as a function. */
function checkScanOptions(options = {}) {
  checkKeys('options', options, SCAN_OPTIONS);
  const {
    extensions = EXTENSIONS,
    properties = false,
    follow = false,
    concurrency = MAX_CONCURRENCY,
    since,
    onProgress,
    ...rest
  } = options;
  checkBoolean('properties', properties);
  checkBoolean('follow', follow);
  checkInteger('concurrency', concurrency, 1, MAX_CONCURRENCY, 'files');
  checkCallback('onProgress', onProgress);
  return {
    extensions: checkExtensions(extensions),
    properties,
    follow,
    concurrency,
    isKnown: checkSince(since),
    onProgress,
    ...checkReadOptions(rest, ['signal', 'pictures']),
  };
}

const SCAN_OPTIONS = [
  'extensions',
  'pictures',
  'properties',
  'follow',
  'concurrency',
  'since',
  'signal',
  'onProgress',
];

/** In lower case and without a dot. */
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

/** What tells of a file whether the caller knows it: nobody, a function, or a map of what it was. */
function checkSince(since) {
  if (since === undefined) return undefined;
  if (typeof since === 'function') return since;
  if (typeof since?.get !== 'function') {
    throw typeError('since', 'a Map of { size, mtimeMs } by path, or a function', since);
  }
  return ({ path: file, size, mtimeMs }) => {
    const known = since.get(file);
    return known !== undefined && known.size === size && known.mtimeMs === mtimeMs;
  };
}

function checkCallback(name, value) {
  if (value !== undefined && typeof value !== 'function')
    throw typeError(name, 'a function', value);
}

const BATCH_OPTIONS = ['concurrency', 'continueOnError', 'onProgress', 'signal', 'pictures'];

function checkBoolean(name, value) {
  if (typeof value !== 'boolean') throw typeError(name, 'a boolean', value);
}

function checkFiles(files) {
  if (!Array.isArray(files)) throw typeError('files', 'an array of files', files);
}

/** By shape: a signal may come from another realm, such as Electron's preload script. */
function isAbortSignal(value) {
  return (
    isObject(value) &&
    typeof value.aborted === 'boolean' &&
    typeof value.addEventListener === 'function'
  );
}

/**
 * What to read: `{ path }` with an absolute path, `{ bytes }`, or `{ blob }`
 * whose bytes are yet to come.
 */
function checkFile(file) {
  if (typeof file === 'string') return { path: absolutePath(file) };
  if (isBytes(file)) return { bytes: toBytes(file) };
  if (typeof File !== 'undefined' && file instanceof File) return { blob: file };
  if (isObject(file) && isBytes(file.data) && typeof file.name === 'string') {
    return { bytes: toBytes(file.data) };
  }
  if (file instanceof URL) return { path: fileUrlPath(file) };
  throw new FileOperationError(
    'read',
    `expected a path, a file: URL, a Uint8Array, an ArrayBuffer, a File or { name, data }, not ${describe(file)}`,
    undefined,
    { errno: 'EINVAL' },
  );
}

/** The path that an operation is about, absolute. */
function checkPath(operation, file) {
  if (typeof file === 'string') return absolutePath(file);
  throw new FileOperationError(
    operation,
    `EINVAL: expected a path as a string, not ${describe(file)}`,
    undefined,
    { errno: 'EINVAL' },
  );
}

function absolutePath(file) {
  if (file === '') {
    throw new FileOperationError('open', 'ENOENT: the path is empty', file, { errno: 'ENOENT' });
  }
  if (file.includes('\0')) {
    throw new FileOperationError('open', 'EINVAL: the path holds a NUL', file, { errno: 'EINVAL' });
  }
  // Joined, not normalised: what `..` means is the sandbox's business.
  return path.isAbsolute(file) ? file : `${process.cwd()}${path.sep}${file}`;
}

function fileUrlPath(url) {
  try {
    return absolutePath(fileURLToPath(url));
  } catch (error) {
    if (error instanceof FileOperationError) throw error;
    throw new FileOperationError('open', `EINVAL: ${error.message}`, url.href, { errno: 'EINVAL' });
  }
}

function isBytes(value) {
  return value instanceof Uint8Array || isBuffer(value);
}

function isBuffer(value) {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/**
 * The addon copies the bytes, but shared memory may change while it does:
 * those are copied here, by the engine that knows the rules for them. (Not by
 * `slice`, which in Node's Buffer copies nothing.)
 */
function toBytes(value) {
  const bytes = isBuffer(value) ? new Uint8Array(value) : value;
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}

module.exports = {
  absolutePath,
  checkBatchOptions,
  checkFile,
  checkFiles,
  checkInitializeOptions,
  checkPath,
  checkPreopens,
  checkPicture,
  checkPictures,
  checkReadOptions,
  checkSaveOptions,
  checkScanOptions,
  checkSignalOptions,
  checkTagInput,
};
