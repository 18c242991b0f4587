/** Writes files so that others see them whole or not at all. */
import { access, open, rename, rm } from 'node:fs/promises';
import process from 'node:process';

/**
 * Writes a file under a temporary name, waits for the disk, and renames it.
 *
 * @param {string} file
 * @param {string | Uint8Array} content
 * @param {number} [mode] Who may read it.
 */
export async function writeWhole(file, content, mode = 0o666) {
  // Two processes may write the same file.
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @param {string} file */
export function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}
