/**
 * Reads one hostile file in a process of its own, and measures its memory.
 * Arguments: the file, and the deadline in milliseconds. Prints JSON: the
 * outcome, the time in milliseconds, the growth of memory in bytes, and the
 * different titles that many reads of an ordinary file give afterwards.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import taglib from '../../index.js';
import { fixture } from './files.mjs';
import { size } from './sizes.mjs';

const [file, deadline] = process.argv.slice(2);
const ordinary = fixture('id3v24.mp3');
await taglib.initialize([path.dirname(file), path.dirname(ordinary)], {
  deadlineMs: Number(deadline),
});
const title = async () => (await taglib.readTags(ordinary)).title[0];
for (let count = 0; count < 50; count += 1) await title();

// Resets the high-water mark VmHWM (proc_pid_clear_refs(5)).
writeFileSync('/proc/self/clear_refs', '5');
const before = memory('VmRSS');
const started = performance.now();
const outcome = await taglib.readTags(file).then(
  (tags) => ({ answered: true, fields: Object.keys(tags).length }),
  ({ name, code, limit }) => ({ name, code, limit }),
);
const milliseconds = performance.now() - started;
const growth = memory('VmHWM') - before;
const next = new Set();
for (let count = 0; count < size(50, 1000); count += 1) next.add(await title());
console.log(JSON.stringify({ ...outcome, milliseconds, growth, next: [...next] }));

function memory(name) {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(status.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]) * 1024;
}
