/** Reads a library several times in one way, and prints the best time per file in microseconds. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import taglib from '../index.js';

/** The first pass warms the page cache and the code. */
const PASSES = 4;

const [folder, name] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true })
  .filter((file) => /\.\w+$/.test(file))
  .map((file) => path.join(folder, file));
await taglib.initialize([{ path: folder, readOnly: true }], { deadlineMs: 60_000 });

const [read, option] = name.split(', ');
const options = option && optionsOf(option);
const times = [];
for (let pass = 0; pass < PASSES; pass += 1) {
  const started = performance.now();
  if (read === 'scan') await scanAll();
  else for (const file of files) await taglib[read](file, options);
  times.push(performance.now() - started);
}
console.log((Math.min(...times.slice(1)) * 1000) / files.length);

/** Returns the options that a text such as `pictures: false` names. */
function optionsOf(text) {
  const [key, value] = text.split(': ');
  return { [key]: JSON.parse(value) };
}

async function scanAll() {
  let count = 0;
  for await (const { status, error } of taglib.scan(folder, options)) {
    if (status !== 'read') throw error ?? new Error(`a file was ${status}`);
    count += 1;
  }
  if (count !== files.length) throw new Error(`${count} of ${files.length} files were read`);
}
