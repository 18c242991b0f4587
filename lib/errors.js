'use strict';

/**
 * The error classes: taglib-wasm's names, codes, constructor arguments and
 * fields, so that a handler written for it goes on working, and one class of
 * our own for the limits of the sandbox.
 *
 * Native code can't throw these itself (a napi-rs task rejects with plain
 * errors only). It returns a failure record, and `fromFailure` makes the error.
 */

const SUPPORTED_FORMATS = ['MP3', 'MP4', 'M4A', 'FLAC', 'OGG', 'WAV', 'MKA'];

class TagLibError extends Error {
  constructor(code, message, details) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

class TagLibInitializationError extends TagLibError {
  constructor(message, details) {
    super('INITIALIZATION', `TagLib is not ready: ${message}`, details);
  }
}

class InvalidFormatError extends TagLibError {
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
  constructor(format, supportedFormats = SUPPORTED_FORMATS, details) {
    super(
      'UNSUPPORTED_FORMAT',
      `The format ${format} can't be used here, expected one of ${supportedFormats.join(', ')}`,
      { ...details, format, supportedFormats },
    );
    this.format = format;
    this.supportedFormats = supportedFormats;
  }
}

class FileOperationError extends TagLibError {
  constructor(operation, message, path, details) {
    const subject = path === undefined ? 'the file' : path;
    super('FILE_OPERATION', `Can't ${operation} ${subject}: ${message}`, {
      ...details,
      operation,
      path,
    });
    this.operation = operation;
    this.path = path;
  }
}

class MetadataError extends TagLibError {
  constructor(operation, message, field, details) {
    const subject = field === undefined ? 'metadata' : `the field ${field}`;
    super('METADATA', `Can't ${operation} ${subject}: ${message}`, {
      ...details,
      operation,
      field,
    });
    this.operation = operation;
    this.field = field;
  }
}

class MemoryError extends TagLibError {
  constructor(message, details) {
    super('MEMORY', `Out of memory: ${message}`, details);
  }
}

class EnvironmentError extends TagLibError {
  constructor(environment, reason, requiredFeature) {
    const need = requiredFeature === undefined ? '' : `; it needs ${requiredFeature}`;
    super('ENVIRONMENT', `${environment} ${reason}${need}`);
    this.environment = environment;
    this.reason = reason;
    this.requiredFeature = requiredFeature;
  }
}

/** A call was stopped by a limit: `limit` is "deadline", "memory" or "stack". */
class ResourceLimitError extends TagLibError {
  constructor(limit, message, details) {
    super('RESOURCE_LIMIT', `Stopped at the ${limit} limit: ${message}`, { ...details, limit });
    this.limit = limit;
  }
}

// Names as text: a bundler that renames the classes must not rename the errors.
const named = {
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
for (const [name, ErrorClass] of Object.entries(named)) ErrorClass.prototype.name = name;

/** Node's AbortError: the name and code that its own APIs reject with. */
class AbortError extends Error {
  constructor(reason) {
    super('The operation was aborted', { cause: reason });
    this.name = 'AbortError';
    this.code = 'ABORT_ERR';
  }
}

/** The errors about arguments that we made: their classes are JavaScript's. */
const argumentErrors = new WeakSet();

/** A TypeError or RangeError with one of Node's codes. */
function argumentError(ErrorClass, code, message) {
  const error = new ErrorClass(message);
  error.code = code;
  argumentErrors.add(error);
  return error;
}

/** Whether we made the error, and not a callback of the caller's. */
function isOurs(error) {
  return error instanceof TagLibError || error instanceof AbortError || argumentErrors.has(error);
}

/**
 * The error for a failure record. `subject` is what the call was about:
 * `{ path }` or `{ bufferSize }`.
 */
function fromFailure(failure, subject = {}) {
  const { message, errno, limit } = failure;
  const path = failure.path ?? subject.path;
  const details = path === undefined ? {} : { path };
  const about = path === undefined ? message : `${path}: ${message}`;
  switch (failure.kind) {
    case 'initialization':
      return new TagLibInitializationError(
        message,
        errno === undefined ? details : { ...details, errno },
      );
    case 'invalidFormat':
      return new InvalidFormatError(about, subject.bufferSize, details);
    case 'fileOperation':
      return new FileOperationError(failure.operation, `${errno}: ${message}`, path, { errno });
    case 'metadata':
      return new MetadataError('read', message, undefined, details);
    case 'memory':
      return new MemoryError(message, details);
    case 'resourceLimit':
      return new ResourceLimitError(limit, about, details);
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
  ResourceLimitError,
  SUPPORTED_FORMATS,
  TagLibError,
  TagLibInitializationError,
  UnsupportedFormatError,
  argumentError,
  fromFailure,
  isOurs,
};
