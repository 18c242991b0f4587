'use strict';

/**
 * The error classes: taglib-wasm's names, codes, constructor arguments and
 * fields, so that handlers written for it keep working, and one class of our own
 * for the limits of the sandbox.
 *
 * Native code can't throw them, since a napi-rs task rejects with plain errors only. It
 * returns a failure record, and `fromFailure` makes the error.
 *
 * @import { Failure } from '../../native/binding.js'
 * @import { TagLibErrorCode } from '../../index.js'
 *
 * @typedef {Record<string, unknown>} Details
 * @typedef {{ path?: string, bufferSize?: number }} ErrorContext The input of a call:
 * the path as the caller wrote it, or the size of its bytes.
 */

const SUPPORTED_FORMATS = ['MP3', 'MP4', 'M4A', 'FLAC', 'OGG', 'WAV', 'MKA'];

class TagLibError extends Error {
  /**
   * @param {TagLibErrorCode} code
   * @param {string} message
   * @param {Details} [details]
   */
  constructor(code, message, details) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

class TagLibInitializationError extends TagLibError {
  /**
   * @param {string} message
   * @param {Details} [details]
   */
  constructor(message, details) {
    super('INITIALIZATION', `TagLib is not ready: ${message}`, details);
  }
}

class InvalidFormatError extends TagLibError {
  /**
   * @param {string} message
   * @param {number} [bufferSize]
   * @param {Details} [details]
   */
  constructor(message, bufferSize, details) {
    const size = bufferSize === undefined ? '' : ` (${bufferSize} bytes)`;
    super('INVALID_FORMAT', `Not a readable audio file${size}: ${message}`, {
      ...details,
      bufferSize,
    });
    this.bufferSize = bufferSize;
  }
}

class UnsupportedFormatError extends TagLibError {
  /**
   * @param {string} format
   * @param {readonly string[]} [supportedFormats]
   * @param {Details} [details]
   */
  constructor(format, supportedFormats = SUPPORTED_FORMATS, details) {
    super(
      'UNSUPPORTED_FORMAT',
      `The format must be one of ${supportedFormats.join(', ')}, not ${format}`,
      { ...details, format, supportedFormats },
    );
    this.format = format;
    this.supportedFormats = supportedFormats;
  }
}

class FileOperationError extends TagLibError {
  /**
   * @param {string} operation
   * @param {string} message
   * @param {string} [path]
   * @param {Details} [details]
   */
  constructor(operation, message, path, details) {
    super('FILE_OPERATION', `Can't ${operation} ${path ?? 'the file'}: ${message}`, {
      ...details,
      operation,
      path,
    });
    this.operation = operation;
    this.path = path;
  }
}

class MetadataError extends TagLibError {
  /**
   * @param {string} operation
   * @param {string} message
   * @param {string} [field]
   * @param {Details} [details]
   */
  constructor(operation, message, field, details) {
    const object = field === undefined ? 'metadata' : `the field ${field}`;
    super('METADATA', `Can't ${operation} ${object}: ${message}`, {
      ...details,
      operation,
      field,
    });
    this.operation = operation;
    this.field = field;
  }
}

class MemoryError extends TagLibError {
  /**
   * @param {string} message
   * @param {Details} [details]
   */
  constructor(message, details) {
    super('MEMORY', `Out of memory: ${message}`, details);
  }
}

class EnvironmentError extends TagLibError {
  /**
   * @param {string} environment
   * @param {string} reason
   * @param {string} [requiredFeature]
   */
  constructor(environment, reason, requiredFeature) {
    const need = requiredFeature === undefined ? '' : `; it needs ${requiredFeature}`;
    super('ENVIRONMENT', `${environment} ${reason}${need}`);
    this.environment = environment;
    this.reason = reason;
    this.requiredFeature = requiredFeature;
  }
}

/** A limit of the sandbox stopped the call. */
class ResourceLimitError extends TagLibError {
  /**
   * @param {'deadline' | 'memory' | 'stack' | 'answer' | 'transfer'} limit
   * @param {string} message
   * @param {Details} [details]
   */
  constructor(limit, message, details) {
    super('RESOURCE_LIMIT', `Stopped at the ${limit} limit: ${message}`, { ...details, limit });
    this.limit = limit;
  }
}

// The names are strings here because a bundler may rename the classes.
const classes = {
  TagLibError,
  TagLibInitializationError,
  InvalidFormatError,
  UnsupportedFormatError,
  FileOperationError,
  MetadataError,
  MemoryError,
  EnvironmentError,
  ResourceLimitError,
};
for (const [name, ErrorClass] of Object.entries(classes)) ErrorClass.prototype.name = name;

/**
 * A read needs bytes of a random-access source that have not been fetched. Not an error for the
 * app.
 */
class MissingBytes extends Error {
  /**
   * @param {number} start
   * @param {number} end
   */
  constructor(start, end) {
    super(`bytes ${start} to ${end} are missing`);
    this.start = start;
    this.end = end;
  }
}

/** Has the name and the code of the AbortError that Node's own APIs reject with. */
class AbortError extends Error {
  /** @param {unknown} reason */
  constructor(reason) {
    super('The operation was aborted', { cause: reason });
    this.name = 'AbortError';
    this.code = 'ABORT_ERR';
  }
}

/** The TypeErrors and RangeErrors of this package. @type {WeakSet<Error>} */
const argumentErrors = new WeakSet();

/**
 * Makes a TypeError or RangeError with one of Node's codes.
 *
 * @param {typeof TypeError | typeof RangeError} ErrorClass
 * @param {string} code
 * @param {string} message
 */
function argumentError(ErrorClass, code, message) {
  const error = Object.assign(new ErrorClass(message), { code });
  argumentErrors.add(error);
  return error;
}

/**
 * Returns whether this package made the error, and not a callback of the app.
 *
 * @param {unknown} error
 */
function isOurs(error) {
  return (
    error instanceof TagLibError ||
    error instanceof AbortError ||
    argumentErrors.has(/** @type {Error} */ (error))
  );
}

/**
 * Makes the error for a failure record of the addon.
 *
 * @param {Failure} failure
 * @param {ErrorContext} [errorContext]
 */
function fromFailure(failure, errorContext = {}) {
  const { message, errno, operation = 'open', limit = 'deadline', lost } = failure;
  const path = failure.path ?? errorContext.path;
  const details = path === undefined ? {} : { path };
  const located = path === undefined ? message : `${path}: ${message}`;
  switch (failure.kind) {
    case 'initialization':
      return new TagLibInitializationError(
        message,
        errno === undefined ? details : { ...details, errno },
      );
    case 'invalidFormat':
      return new InvalidFormatError(located, errorContext.bufferSize, details);
    case 'fileOperation':
      return new FileOperationError(operation, `${errno}: ${message}`, path, {
        errno,
        ...(lost && { lost }),
      });
    case 'metadata':
      return new MetadataError('read', message, undefined, details);
    case 'memory':
      return new MemoryError(message, details);
    case 'resourceLimit':
      return new ResourceLimitError(limit, located, details);
    case 'missingBytes':
      return new MissingBytes(failure.start ?? 0, failure.end ?? 0);
    default:
      return new TagLibError('INTERNAL', message, details);
  }
}

module.exports = {
  AbortError,
  EnvironmentError,
  FileOperationError,
  InvalidFormatError,
  MemoryError,
  MetadataError,
  MissingBytes,
  ResourceLimitError,
  SUPPORTED_FORMATS,
  TagLibError,
  TagLibInitializationError,
  UnsupportedFormatError,
  argumentError,
  fromFailure,
  isOurs,
};
