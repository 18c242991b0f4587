/**
 * taglib-wasi: audio tags, read by TagLib in a WebAssembly sandbox, off the
 * main thread. The types and their documentation are in index.d.ts.
 *
 * CommonJS on purpose: `require` and `import` then share this one module, and
 * with it the preopens.
 */

const calls = require('./lib/calls.js');
const {
  checkFile,
  checkInitializeOptions,
  checkPreopens,
  checkReadOptions,
} = require('./lib/arguments.js');
const errors = require('./lib/errors.js');
const { native } = require('./lib/native.js');

function initialize(preopens, options) {
  return calls.fromCallSite(initialize, () =>
    calls.openSession(checkPreopens(preopens), checkInitializeOptions(options)),
  );
}

function isInitialized() {
  return calls.hasSession();
}

function shutdown() {
  return calls.closeSession();
}

function version() {
  return { package: require('./package.json').version, ...native().versions() };
}

function readTags(file, options) {
  return calls.fromCallSite(readTags, async () => {
    const { signal, pictures } = checkReadOptions(options);
    calls.throwIfAborted(signal);
    const session = calls.currentSession();
    const { path, bytes, blob } = checkFile(file);
    const input = path ?? bytes ?? new Uint8Array(await blob.arrayBuffer());
    const subject =
      path === undefined ? { bufferSize: input.byteLength } : { path: pathAsGiven(file, path) };
    return calls.submit(
      (cancellation) => native().readTags(session, input, pictures, cancellation),
      signal,
      subject,
    );
  });
}

/** Errors name the path as the caller wrote it. */
function pathAsGiven(file, path) {
  return typeof file === 'string' ? file : path;
}

exports.initialize = initialize;
exports.isInitialized = isInitialized;
exports.readTags = readTags;
exports.shutdown = shutdown;
exports.version = version;

exports.EnvironmentError = errors.EnvironmentError;
exports.FileOperationError = errors.FileOperationError;
exports.InvalidFormatError = errors.InvalidFormatError;
exports.MemoryError = errors.MemoryError;
exports.MetadataError = errors.MetadataError;
exports.ResourceLimitError = errors.ResourceLimitError;
exports.SUPPORTED_FORMATS = errors.SUPPORTED_FORMATS;
exports.TagLibError = errors.TagLibError;
exports.TagLibInitializationError = errors.TagLibInitializationError;
exports.UnsupportedFormatError = errors.UnsupportedFormatError;
