/**
 * Reading a folder of audio files, side by side with taglib-wasm.
 *
 *     npm run bench:read -- FOLDER [ROUNDS]
 *
 * Each engine runs in a process of its own, in the same Node (24, since
 * taglib-wasm needs 22.6), in turn, for a number of rounds. A process reads
 * every file once to warm up and then three times for the clock. Prints the
 * median time and CPU time for one file in microseconds, and the time as a
 * ratio to taglib-wasm's by path. What counts is the ratio: it compares
 * engines in one run on one machine.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installRuntimes, nodeAtLeast } from '../__test__/support/runtimes.mjs';
import { median } from './median.mjs';

const CHILD = fileURLToPath(new URL('./read-child.mjs', import.meta.url));
const AUDIO =
  /\.(aac|aif[fc]?|ape|dff|dsf|flac|m4[abv]|mka|mkv|mp[34c]|og[ag]|opus|spx|tta|wav|webm|wma|wv)$/i;

const ENGINES = [
  'taglib-wasm by path',
  'taglib-wasm by buffer',
  'taglib-wasm batch',
  'taglib-wasi',
  'taglib-wasi, no pictures',
  'taglib-wasi batch',
];

const [folder, rounds = '5'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run bench:read -- FOLDER [ROUNDS]');
  process.exit(2);
}
const root = path.resolve(process.env.INIT_CWD ?? process.cwd(), folder);
const files = readdirSync(root, { recursive: true }).filter((name) => AUDIO.test(name));
if (files.length === 0) {
  console.error(`there are no audio files in ${root}`);
  process.exit(2);
}

installRuntimes();
const node = nodeAtLeast(22, 6);
const results = new Map(ENGINES.map((engine) => [engine, []]));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const engine of ENGINES) {
    const input = JSON.stringify({ engine, root, files });
    const output = execFileSync(node, [CHILD], { input, encoding: 'utf8' });
    results.get(engine).push(JSON.parse(output));
  }
}

const medianOf = (engine, field) => median(results.get(engine).map((result) => result[field]));
const base = medianOf(ENGINES[0], 'time');
console.log(`${files.length} files, ${rounds} rounds`);
console.table(
  Object.fromEntries(
    ENGINES.map((engine) => [
      engine,
      {
        'µs per file': Math.round(medianOf(engine, 'time')),
        'CPU µs per file': Math.round(medianOf(engine, 'cpu')),
        ratio: Number((medianOf(engine, 'time') / base).toFixed(2)),
      },
    ]),
  ),
);
