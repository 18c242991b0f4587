/**
 * `npm run bench`: compares readers of tags.
 *
 *     npm run bench -- [--files 200] [--smallest 2] [--largest 26] [--seed 1]
 *                      [--rounds 5] [--passes 3] [--small 10000]
 *                      [--folder FOLDER] [--quick]
 *
 * Makes a library (`library.mjs`; sizes in MiB), or uses the audio files in
 * FOLDER. In each round every engine reads each case (`cases.mjs`), in a process
 * of its own, one engine after the other. A process reads every file once to warm
 * up, and then `passes` times while it is measured; with a cold cache it reads
 * every file once. Medians and ratios are written to `results/` as JSON, tables
 * and a chart. `--quick` only checks that the race works: it reads few files and
 * writes no results.
 *
 * Compare only ratios, because they come from one run on one machine.
 *
 * Fields of a measurement, per file: `time`, `cpu`, and `mainThread` (the time in
 * which the event loop was busy), in microseconds, and `bytes`, what system calls have
 * read (on Linux). For the whole process: `delay`, the longest delay of the event loop;
 * `delay99`, the 99th percentile of delays minus that of an idle loop; `firstAnswer`,
 * the time from the start of the process, all in milliseconds; and `memory`, the peak
 * resident size in bytes. strace, if it is installed, counts system calls per file (`calls`) in a run of
 * its own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SCAN_EXTENSIONS } from '../index.js';
import { install } from '../tools/install.mjs';
import { ROOT } from '../tools/repository.mjs';
import { installRuntimes, nodeAtLeast } from '../tools/runtimes.mjs';
import { casesOf, dropCaches } from './cases.mjs';
import { makeLibrary } from './library.mjs';
import { median } from './median.mjs';
import { printTables, writeResults } from './report.mjs';
import { systemCalls } from './system-calls.mjs';

const SCRATCH = path.join(ROOT, 'target', 'benchmark');
const ENGINES = fileURLToPath(new URL('engines/', import.meta.url));

/** The engine that the ratios refer to. */
const BASE = 'taglib-wasm, by path';
const JAVASCRIPT = [
  'taglib-wasi',
  'taglib-wasi, no pictures',
  'taglib-wasi, properties only',
  'taglib-wasi, batch',
  BASE,
  'taglib-wasm, batch',
  'taglib-wasm, by buffer',
  'music-metadata',
  'node-taglib-sharp',
];

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '200' },
    smallest: { type: 'string', default: '2' },
    largest: { type: 'string', default: '26' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    passes: { type: 'string', default: '3' },
    small: { type: 'string', default: '10000' },
    folder: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
if (options.quick) {
  // One file of each format.
  const sizes = { files: '6', smallest: '1', largest: '2', small: '20' };
  Object.assign(options, { ...sizes, rounds: '1', passes: '1' });
}

installRuntimes();
install(path.join(ROOT, 'benchmark'), '--ignore-scripts');
const root = await libraryFolder();
const library = audioFiles(root);
const smallFolder = path.join(root, '..', options.quick ? 'quick-small' : 'small');
const numbers = { passes: Number(options.passes), small: Number(options.small) };
const cases = casesOf(library, { ...numbers, folder: smallFolder, quick: options.quick });
const engines = [...JAVASCRIPT.map(javascript), ...native()];
for (const one of cases) one.results = raced(one);
const run = { ...describeRun(), cases: cases.map(({ files, ...one }) => one) };
printTables(run);
if (!options.quick) writeResults(run);

/** The medians of every engine in a case. */
function raced(one) {
  const rounds = new Map(engines.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const engine of engines) {
      if (one.isCold) dropCaches();
      rounds.get(engine.name).push(measured(engine, one));
    }
  }
  const results = engines.map((engine) => ({
    name: engine.name,
    ...medians(rounds.get(engine.name)),
    ...(one.name === 'library' && { calls: systemCalls(engine.command(one), one) }),
  }));
  const base = results.find(({ name }) => name === BASE);
  for (const result of results) result.ratio = result.time / base.time;
  return results;
}

function measured(engine, one) {
  const { program, args, input } = engine.command(one);
  const env = { ...process.env, STARTED: String(Date.now()), COLD: one.isCold ? '1' : '' };
  return JSON.parse(execFileSync(program, args, { input, encoding: 'utf8', env }));
}

async function libraryFolder() {
  if (options.folder !== undefined) {
    return path.resolve(process.env.INIT_CWD ?? process.cwd(), options.folder);
  }
  const folder = path.join(SCRATCH, options.quick ? 'quick' : 'library');
  const numbers = ['files', 'smallest', 'largest', 'seed'].map((name) => [name, +options[name]]);
  await makeLibrary(folder, Object.fromEntries(numbers));
  return folder;
}

function audioFiles(folder) {
  const found = readdirSync(folder, { recursive: true })
    .filter((name) => SCAN_EXTENSIONS.includes(path.extname(name).slice(1).toLowerCase()))
    .map((name) => path.join(folder, name))
    .sort();
  if (found.length === 0) throw new Error(`there are no audio files in ${folder}`);
  return found;
}

/** An engine, with the command that makes it read a case. */
function javascript(name) {
  const program = nodeAtLeast(22, 6);
  const args = [path.join(ENGINES, 'engine.mjs')];
  const folders = [root, smallFolder];
  const command = ({ files, passes }) => ({
    program,
    args,
    input: JSON.stringify({ engine: name, folders, files, passes }),
  });
  return { name, command };
}

/** The native engines that can be built on this machine; prints the names of the others. */
function native() {
  mkdirSync(SCRATCH, { recursive: true });
  const builders = {
    'TagLib 2 through pytaglib': pytaglib,
    'TagLib in C++, as installed': libtag,
    'open, read 64 KiB, close': floor,
  };
  return Object.entries(builders).flatMap(([name, build]) => {
    try {
      return [{ name, command: build() }];
    } catch (error) {
      console.error(`Left out: ${name} (${error.message.split('\n')[0]})`);
      return [];
    }
  });
}

function pytaglib() {
  const environment = path.join(SCRATCH, 'python');
  const python = path.join(environment, 'bin', 'python');
  if (!existsSync(python)) {
    quietly('python3', ['-m', 'venv', environment]);
    quietly(python, ['-m', 'pip', 'install', '--quiet', 'pytaglib==3.2.0']);
  }
  const args = [path.join(ENGINES, 'pytaglib.py')];
  return ({ files, passes }) => ({
    program: python,
    args,
    input: JSON.stringify({ files, passes }),
  });
}

function libtag() {
  const flags = quietly('pkg-config', ['--cflags', '--libs', 'taglib']).trim().split(/\s+/);
  const source = path.join(ENGINES, 'libtag.cpp');
  return compiled('libtag', 'c++', ['-O2', '-std=c++17', source, ...flags]);
}

function floor() {
  return compiled('floor', 'cc', ['-O2', path.join(ENGINES, 'floor.c')]);
}

function compiled(name, compiler, args) {
  const program = path.join(SCRATCH, name);
  quietly(compiler, ['-o', program, ...args]);
  return ({ files, passes }) => ({
    program,
    args: [String(passes)],
    input: `${files.join('\n')}\n`,
  });
}

function quietly(program, args) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function medians(measurements) {
  const fields = Object.keys(measurements[0]);
  return Object.fromEntries(
    fields.map((field) => [field, median(measurements.map((one) => one[field]))]),
  );
}

function describeRun() {
  const bytes = library.reduce((sum, file) => sum + statSync(file).size, 0);
  const node = execFileSync(nodeAtLeast(22, 6), ['--version'], { encoding: 'utf8' }).trim();
  return {
    files: library.length,
    averageSize: bytes / library.length,
    rounds: Number(options.rounds),
    cores: os.availableParallelism(),
    processor: os.cpus()[0].model,
    system: `${os.type()} ${os.release()}`,
    node,
  };
}
