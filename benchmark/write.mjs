/**
 * Measures saves, for us and for taglib-wasm, which edits the file in place.
 *
 *     npm run bench:write -- FOLDER [MEGABYTES] [ROUNDS]
 *
 * Makes an MP3 and a FLAC file of that size (5 by default) in FOLDER, to measure its
 * file system. Each engine runs in a process of its own, one after the other.
 * Prints the median time in milliseconds and its ratio to taglib-wasm's, for a
 * save for which the audio has to move, and for one whose tags fit into the
 * padding.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { fixture } from '../tools/repository.mjs';
import { installRuntimes, nodeAtLeast } from '../tools/runtimes.mjs';
import { median } from './median.mjs';

const CHILD = fileURLToPath(new URL('./write-child.mjs', import.meta.url));
const ENGINES = ['taglib-wasm', 'taglib-wasi', 'taglib-wasi, in place'];

const [folder, megabytes = '5', rounds = '5'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run bench:write -- FOLDER [MEGABYTES] [ROUNDS]');
  process.exit(2);
}
installRuntimes();
const node = nodeAtLeast(22, 6);
const root = path.resolve(process.env.INIT_CWD ?? process.cwd(), folder);
const scratch = mkdtempSync(path.join(root, 'taglib-wasi-bench-'));
try {
  for (const name of ['plain.mp3', 'plain.flac']) {
    const file = path.join(scratch, name);
    const times = new Map(ENGINES.map((engine) => [engine, []]));
    for (let round = 0; round < Number(rounds); round += 1) {
      for (const engine of ENGINES) {
        writeFileSync(file, content(name));
        const output = execFileSync(node, [CHILD, engine, file], { encoding: 'utf8' });
        times.get(engine).push(JSON.parse(output));
      }
    }
    print(name, times);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

/** Returns the content of a fixture, with its audio repeated until it has the given size. */
function content(name) {
  const file = readFileSync(fixture(name));
  const audio = name.endsWith('.mp3') ? file : file.subarray(-1000);
  const count = Math.ceil((Number(megabytes) * 1e6 - file.length) / audio.length);
  return Buffer.concat([file, ...new Array(Math.max(0, count)).fill(audio)]);
}

function print(name, times) {
  console.log(`${name}, ${megabytes} MB, ${rounds} rounds`);
  const medians = ENGINES.map((engine) =>
    [0, 1].map((kind) => median(times.get(engine).map((time) => time[kind]))),
  );
  const [base] = medians;
  const rounded = (number) => Number(number.toFixed(2));
  console.table(
    Object.fromEntries(
      ENGINES.map((engine, index) => {
        const [moving, fitting] = medians[index];
        return [
          engine,
          {
            'ms, audio moves': rounded(moving),
            'ratio, audio moves': rounded(moving / base[0]),
            'ms, tags fit': rounded(fitting),
            'ratio, tags fit': rounded(fitting / base[1]),
          },
        ];
      }),
    ),
  );
}
