/** Reads objects of an object store, and other files on HTTP servers. */
import {
  FileOperationError,
  httpSource,
  initialize,
  readAudioHash,
  readMetadata,
} from 'taglib-wasi';
import { urlOf } from './objects.mjs';

/** How many objects are read at once. A read waits for the server most of the time. */
const CONCURRENCY = 16;

/**
 * @param {string | null} endpoint
 * @param {number} [concurrency]
 * @returns {Promise<import('./read.mjs').Read>}
 */
export async function openObjects(endpoint, concurrency = CONCURRENCY) {
  // Without a preopen, since no files are read.
  await initialize([]);
  return (entries, options) =>
    mapSome(entries, concurrency, (entry) => readObject(entry, urlOf(entry, endpoint), options));
}

async function readObject(entry, url, { audioHash }) {
  try {
    const source = await openUnchanged(entry, url);
    const metadata = await readMetadata(source, { pictures: false });
    const outcome = { metadata, size: source.size };
    return audioHash ? { ...outcome, audioHash: await readAudioHash(source) } : outcome;
  } catch (error) {
    return { error: withoutUrl(error, url, entry.path) };
  }
}

/** Opens an object, and checks that it is the one that was listed. */
async function openUnchanged({ path, size, etag }, url) {
  let answered;
  const source = await httpSource(url, {
    fetch: async (...request) => {
      const response = await fetch(...request);
      answered ??= response.headers.get('ETag');
      return response;
    },
  });
  if (size !== undefined && source.size !== size) throw changed(path, 'size', size, source.size);
  // Some servers send none.
  if (etag !== undefined && answered && opaque(answered) !== opaque(etag)) {
    throw changed(path, 'ETag', opaque(etag), opaque(answered));
  }
  return source;
}

/** Another attempt would find the same object, so it is not made. */
function changed(path, what, before, now) {
  const message = `ESTALE: the object has changed since it was listed: its ${what} was ${before}, and is ${now}`;
  return new FileOperationError('read', message, path, { errno: 'ESTALE', isFinal: true });
}

/** Listings have ETags with or without quotes. */
function opaque(etag) {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
}

/** A presigned URL is as good as a password, so rows must not contain it. */
function withoutUrl(error, url, path) {
  const { code, details, limit, message } = error;
  return { code, details, limit, message: message.replaceAll(url, path) };
}

async function mapSome(items, concurrency, work) {
  const results = new Array(items.length);
  const queue = items.entries();
  const run = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, run));
  return results;
}
