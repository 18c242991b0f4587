/**
 * The cases of a race: the library, parts of it, and ten thousand small files,
 * read from a warm page cache; and the library from a cold cache, if this process
 * may drop the cache (on Linux, as root).
 */
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fixture } from '../tools/repository.mjs';

export const DROP_CACHES = '/proc/sys/vm/drop_caches';

const SMALL = [
  'id3v24.mp3',
  'vorbis-comment.flac',
  'aac.m4a',
  'vorbis.ogg',
  'opus.opus',
  'id3.wav',
];

/**
 * @param {string[]} library
 * @param {{ passes: number, small: number, folder: string, quick: boolean }} options `small` is
 *   the number of files of some kilobytes to make in `folder`
 */
export function casesOf(library, { passes, small, folder, quick }) {
  const smallFiles = makeSmallFiles(folder, small);
  const cases = [
    { name: 'library', title: 'The library', files: library, passes },
    { name: 'single', title: 'One file', files: library.slice(0, 1), passes: quick ? 2 : 200 },
    { name: 'ten', title: 'Ten files', files: library.slice(0, 10), passes: quick ? 2 : 20 },
    {
      name: 'small tenth',
      title: `${(small / 10).toLocaleString('en')} small files`,
      files: smallFiles.slice(0, small / 10),
      passes: 1,
    },
    {
      name: 'small',
      title: `${small.toLocaleString('en')} small files`,
      files: smallFiles,
      passes: 1,
    },
  ];
  // A cold cache slows down every program on the machine, so a quick run leaves it out.
  if (quick || !canDropCaches()) return cases;
  return [
    ...cases,
    { name: 'cold', title: 'The library, cold', files: library, passes: 1, isCold: true },
  ];
}

function makeSmallFiles(folder, count) {
  const complete = path.join(folder, `complete-${count}`);
  const files = Array.from({ length: count }, (_, index) => {
    const name = SMALL[index % SMALL.length];
    const album = path.join(folder, String(Math.floor(index / 100)));
    return { name, album, file: path.join(album, `${index}-${name}`) };
  });
  if (!existsSync(complete)) {
    for (const { name, album, file } of files) {
      mkdirSync(album, { recursive: true });
      copyFileSync(fixture(name), file);
    }
    writeFileSync(complete, '');
  }
  return files.map(({ file }) => file);
}

function canDropCaches() {
  try {
    accessSync(DROP_CACHES, constants.W_OK);
    return process.platform === 'linux';
  } catch {
    return false;
  }
}

/** Drops the cached pages. Linux keeps those that are not yet written to the disk. */
export function dropCaches() {
  writeFileSync(DROP_CACHES, '3');
}
