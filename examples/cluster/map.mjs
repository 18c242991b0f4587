// The map step without a queue: reads the partitions whose ids come in, one a line.
//
//   node map.mjs OUTPUT [--root DIRECTORY] < ids
//
// Any system that runs a program with lines as its input can use it, such as xargs, Spark or Ray.
import process from 'node:process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readPartition } from './partition.mjs';
import { readPlan } from './plan.mjs';
import { openLibrary } from './read.mjs';

const { positionals, values } = parseArgs({
  options: { root: { type: 'string' } },
  allowPositionals: true,
});
if (positionals.length !== 1) {
  console.error('Usage: node map.mjs OUTPUT [--root DIRECTORY] < ids');
  process.exit(2);
}
const [output] = positionals;
const plan = await readPlan(output);
const read = await openLibrary({ kind: plan.kind, root: values.root ?? plan.root });
for await (const id of createInterface({ input: process.stdin })) {
  await readPartition(output, id, read);
  console.log(`${id} done`);
}
