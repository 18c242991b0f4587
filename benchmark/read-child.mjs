/**
 * One engine's part of `read.mjs`: gets `{ engine, root, files }` on standard
 * input, gives `{ time, cpu }` in microseconds for one file.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

const PASSES = 3;

const peer = () => import('taglib-wasm/simple');
async function ours(root) {
  const { default: taglib } = await import('../index.js');
  await taglib.initialize([root]);
  return taglib;
}

/** A function that reads files one after the other. */
function oneByOne(read) {
  return async (files) => {
    for (const file of files) await read(file).catch(() => {});
  };
}

const engines = {
  'taglib-wasm by path': async () => oneByOne((await peer()).readTags),
  'taglib-wasm by buffer': async () => {
    const { readTags } = await peer();
    return oneByOne(async (file) => readTags(new Uint8Array(await readFile(file))));
  },
  'taglib-wasm batch': async () => (await peer()).readTagsBatch,
  'taglib-wasi': async (root) => oneByOne((await ours(root)).readTags),
  'taglib-wasi, no pictures': async (root) => {
    const { readTags } = await ours(root);
    return oneByOne((file) => readTags(file, { pictures: false }));
  },
  'taglib-wasi batch': async (root) => (await ours(root)).readTagsBatch,
};

const { engine, root, files } = JSON.parse(readFileSync(0, 'utf8'));
const paths = files.map((file) => path.join(root, file));
const run = await engines[engine](root);
await run(paths);

const cpu = process.cpuUsage();
const started = performance.now();
for (let pass = 0; pass < PASSES; pass += 1) await run(paths);
const reads = PASSES * paths.length;
const time = ((performance.now() - started) * 1000) / reads;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ time, cpu: (user + system) / reads }));
