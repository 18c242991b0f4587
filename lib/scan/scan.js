'use strict';

/**
 * `scan`: the tags of every audio file beneath a directory, one record after
 * the other, read ahead of the consumer by a few files and no more.
 */

const { checkPath, checkScanOptions } = require('../arguments.js');
const { onAbort } = require('../aborts.js');
const calls = require('../calls.js');
const { AbortError } = require('../errors.js');
const { read } = require('../read.js');
const { walk } = require('./walk.js');

/**
 * How many files are ahead of the consumer: being read, or read and waiting for
 * it. Many, since reads that wait go to a thread together; few after a large one,
 * since they are held in memory.
 */
const MOST_AHEAD = 24;
const FEW_AHEAD = 4;
/** Bytes of pictures in a record that make it a large one. */
const LARGE = 2 ** 20;

function scan(directory, options) {
  const top = { path: directory, absolute: checkPath('list', directory) };
  const checked = checkScanOptions(options);
  // Every file is read on this one, whatever `initialize` comes meanwhile.
  const session = calls.currentSession();
  return records(top, { ...checked, session }, calls.callSiteOf(scan));
}

async function* records(top, options, atCallSite) {
  const { signal, onProgress } = options;
  // One signal for the walk and every file: the caller's, and our own for the end.
  const stop = new AbortController();
  const forget = signal && onAbort(signal, () => stop.abort(signal.reason));
  const progress = { read: 0, failed: 0, skipped: 0, passedOver: 0 };
  const onPassedOver = () => {
    progress.passedOver += 1;
  };
  try {
    calls.throwIfAborted(signal);
    for await (const record of readAhead(top, { ...options, onPassedOver, signal: stop.signal })) {
      if (signal?.aborted) throw new AbortError(signal.reason);
      if (record.error) atCallSite(record.error);
      progress[record.status] += 1;
      onProgress?.({ ...progress, path: record.path });
      yield record;
    }
  } catch (error) {
    throw atCallSite(error);
  } finally {
    // What is still being read is of no use: the consumer has left, or there is none.
    stop.abort();
    forget?.();
  }
}

/** Records in the order in which they are done. */
async function* readAhead(top, options) {
  const files = walk(top, options);
  const reading = new Set();
  const done = [];
  let ahead = FEW_AHEAD;
  const hasRoom = () =>
    reading.size < options.concurrency &&
    reading.size + done.length < Math.min(ahead, 2 * options.concurrency);
  const start = (file) => {
    const record = recordOf(file, options).then((finished) => {
      reading.delete(record);
      done.push(finished);
      ahead = pictureBytes(finished) > LARGE ? FEW_AHEAD : Math.min(MOST_AHEAD, ahead + 1);
    });
    // Whoever waits for it hears of the failure; where nobody does, it is an abort.
    record.catch(() => {});
    reading.add(record);
  };
  let walked = false;
  try {
    for (;;) {
      while (!walked && hasRoom()) {
        const next = await files.next();
        walked = next.done;
        if (!walked) start(next.value);
      }
      if (done.length > 0) yield done.shift();
      else if (reading.size > 0) await Promise.race(reading);
      else return;
    }
  } finally {
    // The directory that it stands in is closed.
    await files.return();
  }
}

function pictureBytes({ tags }) {
  const pictures = tags?.pictures ?? [];
  return pictures.reduce((sum, { data }) => sum + data.length, 0);
}

async function recordOf({ path, absolute, size, mtimeMs, error }, options) {
  if (error !== undefined) return { path, status: 'failed', error };
  const file = { path, size, mtimeMs };
  if (await options.isKnown?.(file)) return { ...file, status: 'skipped' };
  try {
    return { ...file, status: 'read', ...(await content(absolute, options)) };
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    return { ...file, status: 'failed', error: failure };
  }
}

async function content(absolute, { session, signal, pictures, properties: wanted }) {
  const options = { signal, pictures };
  if (!wanted) return { tags: await read(absolute, 'tags', options, session) };
  const { tags, properties } = await read(absolute, 'metadata', options, session);
  return { tags, properties };
}

module.exports = { scan };
