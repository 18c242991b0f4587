/** Reads files beneath a directory. */
import { FileOperationError, initialize, readAudioHash, readMetadataBatch } from 'taglib-wasi';

const LIBRARY = '/library';

/**
 * Preopens the library.
 *
 * @param {string} root
 * @param {number} [concurrency] How many files are read at once.
 * @returns {Promise<import('./read.mjs').Read>}
 */
export async function openFolder(root, concurrency) {
  await initialize({ [LIBRARY]: { path: root, readOnly: true } }, { concurrency });
  return readFiles;
}

async function readFiles(entries, { audioHash }) {
  const listed = entries.filter(({ failure }) => failure === undefined);
  const paths = listed.map(({ path }) => `${LIBRARY}/${path}`);
  const { items } = await readMetadataBatch(paths, { pictures: false });
  const outcomes = await Promise.all(
    items.map(async ({ path, data, error }) => {
      if (error !== undefined) return { error };
      if (!audioHash) return { metadata: data };
      try {
        return { metadata: data, audioHash: await readAudioHash(path) };
      } catch (hashError) {
        return { error: hashError };
      }
    }),
  );
  return entries.map((entry) => (entry.failure ? unlisted(entry) : outcomes.shift()));
}

/** The outcome of a directory that could not be listed when the plan was made. */
function unlisted({ path, failure }) {
  const message = `${path} can't be listed: ${failure}`;
  return { error: new FileOperationError('open', message, path, { errno: failure }) };
}
