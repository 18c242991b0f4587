/**
 * One engine's saves of one file: titles that are long and short by turns.
 * Prints the median time in milliseconds.
 */
import process from 'node:process';
import { median } from './median.mjs';

const SAVES = 6;

const [engine, file] = process.argv.slice(2);
const save = await opened(engine);
await save({ title: 'warm-up' });
const times = [];
for (let index = 0; index < SAVES; index += 1) {
  const title = index % 2 === 0 ? 'x'.repeat(20_000) : 'short';
  const started = performance.now();
  await save({ title });
  times.push(performance.now() - started);
}
console.log(median(times));

async function opened(name) {
  if (name === 'taglib-wasm') {
    const { applyTagsToFile } = await import('taglib-wasm/simple');
    return (tags) => applyTagsToFile(file, tags);
  }
  const { default: taglib } = await import('../index.js');
  await taglib.initialize([file.slice(0, file.lastIndexOf('/'))], { deadlineMs: 60_000 });
  const inPlace = name.endsWith('in place');
  return (tags) => taglib.writeTags(file, tags, { inPlace });
}
