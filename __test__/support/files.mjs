/** The files that tests read, and folders for files that they make. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixture, ROOT } from '../../tools/repository.mjs';

export { FIXTURES, fixture, fixtureNames, ROOT } from '../../tools/repository.mjs';

/** TagLib's own test files, if they are beside the repository. */
const CORPUS = process.env.TAGLIB_WASI_CORPUS ?? path.join(ROOT, '..', 'shared', 'corpus');

/** The paths of the corpus; an empty list if there is no corpus. */
export function corpus() {
  if (!existsSync(CORPUS)) return [];
  return readdirSync(CORPUS, { recursive: true })
    .map((name) => path.join(CORPUS, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

/** Makes an empty folder that is removed after the test `t`. */
export async function scratch(t) {
  const folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Makes a folder of copies of fixtures that is removed after the test `t`.
 * `files` lists the fixtures, or maps the name of each copy to its fixture:
 * `{ 'album/song.mp3': 'id3v24.mp3' }`.
 */
export async function copies(t, files) {
  const folder = await scratch(t);
  const sources = Array.isArray(files) ? files.map((name) => [name, name]) : Object.entries(files);
  for (const [name, source] of sources) {
    const copy = path.join(folder, name);
    await mkdir(path.dirname(copy), { recursive: true });
    await copyFile(fixture(source), copy);
  }
  return folder;
}
