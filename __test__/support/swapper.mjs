/**
 * A worker that replaces a file by others, in a loop. Its data: `name`, the
 * path; `things`, the replacements, each `['link', existing]`,
 * `['symlink', target]` or `['move', existing]`; and `swaps`, a shared
 * Int32Array: the worker counts in its first element, and ends when the second
 * is not 0.
 */
import { linkSync, renameSync, symlinkSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { name, things, swaps } = workerData;
const next = `${name}.next`;

const REPLACE = {
  link(existing) {
    linkSync(existing, next);
    renameSync(next, name);
  },
  symlink(target) {
    symlinkSync(target, next);
    renameSync(next, name);
  },
  /** For a directory, which can't be replaced in one step: it is moved away and back. */
  move(existing) {
    renameSync(name, `${name}.aside`);
    renameSync(existing, name);
    renameSync(name, existing);
    renameSync(`${name}.aside`, name);
  },
};

for (let index = 0; Atomics.load(swaps, 1) === 0; index += 1) {
  const [kind, argument] = things[index % things.length];
  try {
    REPLACE[kind](argument);
  } catch (error) {
    // A save may replace the file while it is being linked.
    if (kind !== 'link' || error.code !== 'ENOENT') throw error;
  }
  Atomics.add(swaps, 0, 1);
}
