/** The files that tests read, and folders for files that they make. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const FIXTURES = path.join(ROOT, '__test__', 'fixtures', 'audio');

/** TagLib's own test files, where they lie beside the repository. */
const CORPUS = process.env.TAGLIB_WASI_CORPUS ?? path.join(ROOT, '..', 'shared', 'corpus');

export function fixture(name) {
  return path.join(FIXTURES, name);
}

export function fixtureNames() {
  return readdirSync(FIXTURES).sort();
}

/** Paths of the corpus; none where there is no corpus. */
export function corpus() {
  if (!existsSync(CORPUS)) return [];
  return readdirSync(CORPUS, { recursive: true })
    .map((name) => path.join(CORPUS, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

/** An empty folder that is removed after the test `t`. */
export async function scratch(t) {
  const folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
