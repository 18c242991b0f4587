/**
 * A process that saves all files of a folder at once, again and again, each
 * time with a higher number in a field that no other process writes.
 *
 * Its arguments: the folder, the field, the number to end with, and for each
 * file the number that a former process of the same field has saved. It prints
 * a JSON line for each file that it has saved.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import taglib from '../../index.js';

const [folder, field, last, ...saved] = process.argv.slice(2);

await taglib.initialize([folder]);
const names = (await readdir(folder)).filter((name) => name.endsWith('.mp3')).sort();

/** Returns the number in this process's field of a file, or 0 if the field is absent. */
async function numberIn(name) {
  const { [field]: value } = await taglib.readTags(path.join(folder, name));
  const match = /^save (\d+)$/.exec(value?.[0] ?? '');
  return match ? Number(match[1]) : 0;
}

function report(record) {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

async function save(name, number) {
  try {
    await taglib.writeTags(path.join(folder, name), { [field]: `save ${number}` });
  } catch (error) {
    report({ rejected: `${name}: ${error.code} ${error.details?.errno} ${error.message}` });
    return;
  }
  report({ name, number });
  const found = await numberIn(name);
  if (found !== number) report({ lost: `${name}: ${field} is ${found} after save ${number}` });
}

for (const [index, name] of names.entries()) {
  const found = await numberIn(name);
  // One more where the process was killed before it could report the save.
  const known = Number(saved[index] ?? 0);
  if (found < known) report({ lost: `${name}: ${field} is ${found} after save ${known}` });
}
for (
  let number = Math.min(...names.map((_, index) => Number(saved[index] ?? 0))) + 1;
  number <= Number(last);
  number += 1
) {
  await Promise.all(names.map((name) => save(name, number)));
}
