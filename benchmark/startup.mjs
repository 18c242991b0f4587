/**
 * Measures the time from loading the package to the first answer, for us and for
 * taglib-wasm.
 *
 *     npm run bench:startup [-- ROUNDS]
 *
 * Each round starts a fresh process for each engine, one after the other, in the
 * same Node (24, since taglib-wasm needs 22.6). The clock starts before `require`
 * or `import` and stops when the tags are there, so the start of Node itself is
 * not counted. Prints the medians in milliseconds, and their ratio.
 */
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { FIXTURES, fixture, ROOT } from '../tools/repository.mjs';
import { installRuntimes, nodeAtLeast } from '../tools/runtimes.mjs';
import { median } from './median.mjs';

installRuntimes();

const NODE = nodeAtLeast(22, 6);
const FILE = JSON.stringify(fixture('id3v24.mp3'));
const CLOCK = `
  const started = process.hrtime.bigint();
  const stop = () => console.log(Number(process.hrtime.bigint() - started) / 1e6);
`;

const engines = {
  'taglib-wasi': [
    '-e',
    `${CLOCK}
    const { initialize, readTags } = require(${JSON.stringify(ROOT)});
    initialize([${JSON.stringify(FIXTURES)}]).then(() => readTags(${FILE})).then(stop);`,
  ],
  'taglib-wasm': [
    '--input-type=module',
    '-e',
    `${CLOCK}
    const { readTags } = await import(${JSON.stringify(
      pathToFileURL(`${ROOT}/node_modules/taglib-wasm/dist/simple.js`).href,
    )});
    await readTags(${FILE});
    stop();`,
  ],
};

const rounds = Number(process.argv[2] ?? 15);
const times = Object.fromEntries(Object.keys(engines).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, args] of Object.entries(engines)) {
    times[name].push(Number(execFileSync(NODE, args, { cwd: ROOT, encoding: 'utf8' })));
  }
}
const ours = median(times['taglib-wasi']);
const taglibWasm = median(times['taglib-wasm']);
console.log(`from load to first answer, median of ${rounds} fresh processes each`);
console.log(`taglib-wasi  ${ours.toFixed(1)} ms`);
console.log(`taglib-wasm  ${taglibWasm.toFixed(1)} ms`);
console.log(`ratio        ${(ours / taglibWasm).toFixed(2)}`);
