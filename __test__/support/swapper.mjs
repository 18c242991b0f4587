/**
 * A worker that keeps putting one thing after the other under a name. Its data:
 * `name`; `things`, each `['link', existing]`, `['symlink', target]` or
 * `['move', existing]`; `swaps`, a shared Int32Array, whose first number counts
 * and whose second ends it.
 */
import { linkSync, renameSync, symlinkSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { name, things, swaps } = workerData;
const next = `${name}.next`;

const PUT = {
  link(existing) {
    linkSync(existing, next);
    renameSync(next, name);
  },
  symlink(target) {
    symlinkSync(target, next);
    renameSync(next, name);
  },
  /** What can't be replaced in one step (a directory) makes room first, and goes back. */
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
    PUT[kind](argument);
  } catch (error) {
    // A save has replaced the file between the look-up and the link.
    if (kind !== 'link' || error.code !== 'ENOENT') throw error;
  }
  Atomics.add(swaps, 0, 1);
}
