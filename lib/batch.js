'use strict';

/**
 * The batch functions: many files, results in the order of the files, progress
 * in the order in which they are done.
 */

const { checkBatchOptions, checkFiles } = require('./arguments.js');
const { onAbort } = require('./aborts.js');
const calls = require('./calls.js');
const { AbortError } = require('./errors.js');
const { read } = require('./read.js');

function readTagsBatch(files, options) {
  return calls.fromCallSite(readTagsBatch, (atCallSite) =>
    batch(files, 'tags', options, atCallSite),
  );
}

function readPropertiesBatch(files, options) {
  return calls.fromCallSite(readPropertiesBatch, (atCallSite) =>
    batch(files, 'properties', options, atCallSite),
  );
}

function readMetadataBatch(files, options) {
  return calls.fromCallSite(readMetadataBatch, (atCallSite) =>
    batch(files, 'metadata', options, atCallSite),
  );
}

/** `readOne` gets a file and how it is read natively, and may read it otherwise. */
function mixedBatch(files, options, query, readOne) {
  return calls.fromCallSite(mixedBatch, (atCallSite) =>
    batch(files, query, options, atCallSite, readOne),
  );
}

async function batch(files, query, options, atCallSite, readOne = (_, readNative) => readNative()) {
  const started = performance.now();
  checkFiles(files);
  const { concurrency, continueOnError, onProgress, signal, pictures } = checkBatchOptions(options);
  calls.throwIfAborted(signal);
  // Every file is read on this one, whatever `initialize` comes meanwhile.
  const session = calls.currentSession();

  // One signal for every file: the caller's, and our own for the first fault.
  const stop = new AbortController();
  const forget = signal && onAbort(signal, () => stop.abort(signal.reason));

  const items = new Array(files.length);
  let next = 0;
  let done = 0;
  const runner = async () => {
    while (next < files.length) {
      const index = next;
      next += 1;
      const file = files[index];
      const name = nameOf(file, index);
      const readNative = () => read(file, query, { signal: stop.signal, pictures }, session);
      items[index] = await itemOf(name, readOne(file, readNative), atCallSite);
      if (stop.signal.aborted) throw new AbortError(stop.signal.reason);
      if (items[index].status === 'error' && !continueOnError) throw items[index].error;
      done += 1;
      onProgress?.(done, files.length, name);
    }
  };

  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, runner));
  } catch (error) {
    stop.abort(error);
    throw error;
  } finally {
    forget?.();
  }
  return { items, duration: Math.round(performance.now() - started) };
}

async function itemOf(path, reading, atCallSite) {
  try {
    return { status: 'ok', path, data: await reading };
  } catch (error) {
    return { status: 'error', path, error: atCallSite(error) };
  }
}

/** What progress and results call a file that has no path. */
function nameOf(file, index) {
  if (typeof file === 'string') return file;
  if (typeof file?.name === 'string') return file.name;
  return file instanceof URL ? file.href : `buffer-${index}`;
}

module.exports = { mixedBatch, readMetadataBatch, readPropertiesBatch, readTagsBatch };
