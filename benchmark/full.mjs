/**
 * Measures the Full API, for us and for taglib-wasm: opening a file, reading it and saving
 * one field; and 1,000 opens at once.
 *
 *     npm run bench:full -- FOLDER [ROUNDS]
 *
 * Makes 100 MP3 files of 1 MB with a cover in FOLDER. Each engine runs in a process of its
 * own, in turns. Prints medians of the rounds: times in milliseconds, the time that the
 * main thread was busy, the delay of the event loop (99th percentile and longest), and the
 * memory that an open file takes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import taglib from '../index.js';
import { fixture } from '../tools/repository.mjs';
import { installRuntimes, nodeAtLeast } from '../tools/runtimes.mjs';
import { median } from './median.mjs';

const CHILD = fileURLToPath(new URL('./full-child.mjs', import.meta.url));
const ENGINES = {
  edit: ['taglib-wasm', 'taglib-wasi'],
  // taglib-wasm always reads the pictures.
  open: ['taglib-wasm', 'taglib-wasi', 'taglib-wasi, without pictures'],
};
const FILES = 100;
const BYTES = 1_000_000;
const COVER_BYTES = 100_000;

const [folder, rounds = '5'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run bench:full -- FOLDER [ROUNDS]');
  process.exit(2);
}
installRuntimes();
const node = nodeAtLeast(22, 6);
const root = path.resolve(process.env.INIT_CWD ?? process.cwd(), folder);
const scratch = mkdtempSync(path.join(root, 'taglib-wasi-bench-'));
try {
  await makeFiles();
  for (const [task, engines] of Object.entries(ENGINES)) {
    const results = new Map(engines.map((engine) => [engine, []]));
    for (let round = 0; round < Number(rounds); round += 1) {
      for (const engine of engines) {
        const output = execFileSync(node, ['--expose-gc', CHILD, engine, task, scratch], {
          encoding: 'utf8',
        });
        results.get(engine).push(JSON.parse(output));
      }
    }
    print(task, results);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

async function makeFiles() {
  const song = readFileSync(fixture('id3v24.mp3'));
  const frame = readFileSync(fixture('plain.mp3'));
  const audio = new Array(Math.ceil(BYTES / frame.length)).fill(frame);
  const master = path.join(scratch, 'master.mp3');
  writeFileSync(master, Buffer.concat([song, ...audio]));
  await taglib.initialize([scratch]);
  const data = Uint8Array.from({ length: COVER_BYTES }, (_, index) => (index * 31) % 251);
  const cover = { mimeType: 'image/jpeg', data, type: 'FrontCover', description: '' };
  await taglib.applyPicturesToFile(master, [cover]);
  await taglib.shutdown();
  const content = readFileSync(master);
  rmSync(master);
  for (let index = 0; index < FILES; index += 1) {
    writeFileSync(path.join(scratch, `${index}.mp3`), content);
  }
}

function print(task, results) {
  console.log(
    task === 'edit'
      ? `open, read, save of one field: ${FILES} files one after the other, per file`
      : '1,000 opens at once',
  );
  const rows = [...results].map(([engine, rounds]) => {
    const names = Object.keys(rounds[0]);
    const medians = names.map((name) => [name, median(rounds.map((round) => round[name]))]);
    return [engine, Object.fromEntries(medians)];
  });
  console.table(Object.fromEntries(rows));
}
