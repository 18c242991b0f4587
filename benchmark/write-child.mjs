/**
 * Saves a file several times with one engine: first with a longer title, for which
 * the audio has to move, then with titles that fit into the padding. Prints the
 * time of the first save and the median of the others, in milliseconds.
 */
import process from 'node:process';
import { median } from './median.mjs';

const SAVES = 7;

const [engine, file] = process.argv.slice(2);
const save = await opened(engine);
await save({ title: 'warm-up' });
const [moving, ...fitting] = await times(save);
console.log(JSON.stringify([moving, median(fitting)]));

async function times(save) {
  const times = [];
  for (let index = 0; index < SAVES; index += 1) {
    const title = index % 2 === 0 ? 'x'.repeat(20_000) : 'short';
    const started = performance.now();
    await save({ title });
    times.push(performance.now() - started);
  }
  return times;
}

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
