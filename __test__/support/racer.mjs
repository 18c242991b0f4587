/**
 * Reads and changes files while `swapper.mjs` makes their names lead into the
 * preopened folder and out of it by turns. Arguments: a folder with `inside` and
 * `outside`, and the least number of reads and of swaps. Prints JSON: how often
 * each outcome occurred, and the number of swaps.
 */
import path from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import taglib from '../../index.js';

const [folder, reads, swaps] = process.argv.slice(2);
const inside = path.join(folder, 'inside');
const RACES = {
  'song.flac': [
    ['link', path.join(inside, 'real.flac')],
    ['symlink', path.join(folder, 'outside', 'canary.flac')],
    ['link', path.join(inside, 'pipe')],
    ['symlink', '../outside/canary.flac'],
    ['symlink', 'real.flac'],
  ],
  // A directory that a link to the outside replaces from time to time.
  'album/song.flac': [['move', path.join(inside, 'way-out')]],
};

await taglib.initialize([inside], { deadlineMs: 10_000 });
const outcomes = {};
let swapped = 0;
for (const [name, things] of Object.entries(RACES)) {
  const counter = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('swapper.mjs', import.meta.url), {
    workerData: { name: path.join(inside, name.split('/')[0]), things, swaps: counter },
  });
  worker.on('error', (error) => {
    throw error;
  });
  const file = path.join(inside, name);
  for (
    let count = 0;
    count < Number(reads) || Atomics.load(counter, 0) < Number(swaps);
    count += 1
  ) {
    const call =
      count % 20 === 19 ? taglib.writeTags(file, { comment: `${count}` }) : taglib.readTags(file);
    const outcome = await call.then(
      (tags) => tags?.title?.[0] ?? 'written',
      ({ name, message, details }) => details?.errno ?? `${name}: ${message}`,
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  Atomics.store(counter, 1, 1);
  await new Promise((resolve) => worker.once('exit', resolve));
  swapped += Atomics.load(counter, 0);
}
console.log(JSON.stringify({ outcomes, swapped }));
