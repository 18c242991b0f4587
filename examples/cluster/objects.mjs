/**
 * Lists of objects. A line is a URL, or JSON with the names of S3 or those in small letters:
 *
 *   https://example.org/music/song.mp3
 *   {"Key":"music/song.mp3","Size":4096,"ETag":"\"9a0364b9e99bb480dd25e1f0284c8555\""}
 *   {"key":"music/song.mp3","url":"https://bucket.example.org/music/song.mp3?X-Amz-Signature=…"}
 */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { SCAN_EXTENSIONS } from 'taglib-wasi';

const EXPECTED = 'a URL, or JSON with a key or a url, and perhaps a size and an etag';

/** Parameters of a URL that sign it. They change with each signature. */
const SIGNATURE =
  /^(?:x-amz-.*|x-goog-.*|awsaccesskeyid|googleaccessid|policy|key-pair-id|signature|expires)$/i;

const extensions = new Set(SCAN_EXTENSIONS);

/**
 * Yields the entries of a list, in its order. Keys without the extension of an audio file are left
 * out, as in a folder.
 *
 * @param {string} file
 * @param {string | null} endpoint The URL that keys are appended to.
 * @returns {AsyncGenerator<import('./plan.mjs').Entry>}
 */
export async function* objectsIn(file, endpoint) {
  const seen = new Set();
  let number = 0;
  const handle = await open(file);
  for await (const line of handle.readLines()) {
    number += 1;
    if (line.trim() === '') continue;
    try {
      const entry = entryOf(line.trim(), endpoint);
      if (entry === undefined) continue;
      if (seen.has(entry.path)) throw new Error(`${entry.path} is there twice`);
      seen.add(entry.path);
      yield entry;
    } catch (error) {
      throw new Error(`${file}, line ${number}: ${error.message}`);
    }
  }
}

/**
 * Returns where an object is.
 *
 * @param {import('./plan.mjs').Entry} entry
 * @param {string | null} endpoint
 */
export function urlOf({ path, url }, endpoint) {
  if (url !== undefined) return url;
  if (endpoint === null) return path;
  const base = endpoint.endsWith('/') ? endpoint : `${endpoint}/`;
  // `new URL` would take a key such as ../a or //b for a relative address.
  return new URL(base).href + path.split('/').map(encodeURIComponent).join('/');
}

function entryOf(line, endpoint) {
  const { key, url, size, etag } = fieldsOf(line);
  if (key === undefined) return { ...unsigned(url), size, etag };
  if (!extensions.has(path.extname(key).slice(1).toLowerCase())) return undefined;
  if (url !== undefined) return { path: key, url: httpUrl(url), size, etag };
  if (endpoint === null) throw new Error(`the key ${key} needs --endpoint, or a url`);
  return { path: key, size, etag };
}

function fieldsOf(line) {
  if (!line.startsWith('{')) return { url: line };
  let object;
  try {
    object = JSON.parse(line);
  } catch {
    throw new Error(`${line} is not ${EXPECTED}`);
  }
  const { Key, Size, ETag, key = Key, size = Size, etag = ETag, url } = object;
  const isRight =
    isTextOrAbsent(key) &&
    isTextOrAbsent(url) &&
    isTextOrAbsent(etag) &&
    (size === undefined || (Number.isSafeInteger(size) && size >= 0)) &&
    (key ?? url) !== undefined;
  if (!isRight) throw new Error(`${line} is not ${EXPECTED}`);
  return { key, url, size, etag };
}

function isTextOrAbsent(value) {
  return value === undefined || (typeof value === 'string' && value !== '' && value.isWellFormed());
}

/** Separates the signature of a URL: the plan and the rows must be the same with the next one. */
function unsigned(text) {
  const url = httpUrl(text);
  const plain = new URL(url);
  const signature = [...plain.searchParams.keys()].filter((name) => SIGNATURE.test(name));
  if (signature.length === 0) return { path: url };
  for (const name of signature) plain.searchParams.delete(name);
  return { path: plain.href, url };
}

/**
 * Returns the URL as it is sent.
 *
 * @param {string} text
 */
export function httpUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`${text} is not ${EXPECTED}`);
  }
  if (url.username !== '') throw new Error(`${url.host}: a URL must not have a user or a password`);
  return url.href;
}
