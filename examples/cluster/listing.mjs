/** Lists a library in an order that depends only on the names in it. */
import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';
import { SCAN_EXTENSIONS } from 'taglib-wasi';

/** How many files' sizes are asked for at once. */
const STATS_AT_ONCE = 64;

const extensions = new Set(SCAN_EXTENSIONS);

/**
 * Yields the audio files beneath a directory, and what can't be listed. Only the names of one
 * directory are in memory. Symbolic links are not followed.
 *
 * @param {string} root
 * @param {string} [folder] Its path from the root, with forward slashes.
 * @returns {AsyncGenerator<import('./plan.mjs').Entry>}
 */
export async function* listing(root, folder = '') {
  const { files, folders, failure } = await namesIn(path.join(root, folder));
  if (failure !== undefined && folder === '') throw failure;
  if (failure !== undefined) yield { path: folder, failure: failure.code };
  for (let start = 0; start < files.length; start += STATS_AT_ONCE) {
    const some = files.slice(start, start + STATS_AT_ONCE);
    yield* await Promise.all(some.map((name) => entryOf(root, joined(folder, name))));
  }
  for (const name of folders) yield* listing(root, joined(folder, name));
}

async function namesIn(directory) {
  const files = [];
  const folders = [];
  let failure;
  try {
    for await (const entry of await opendir(directory)) {
      if (entry.isDirectory()) folders.push(entry.name);
      else if (entry.isFile() && isAudio(entry.name)) files.push(entry.name);
    }
  } catch (error) {
    failure = error;
  }
  return { files: files.sort(), folders: folders.sort(), failure };
}

/** A file that can't be looked at is planned all the same, so that its error gets a row. */
async function entryOf(root, file) {
  try {
    const { size, mtimeMs } = await lstat(path.join(root, file));
    return { path: file, size, mtimeMs };
  } catch {
    return { path: file };
  }
}

function isAudio(name) {
  return extensions.has(path.extname(name).slice(1).toLowerCase());
}

function joined(folder, name) {
  return folder === '' ? name : `${folder}/${name}`;
}
