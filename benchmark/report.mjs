/** What a race came to: a table on the console; JSON, Markdown and a chart in `results/`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { chart } from './chart.mjs';

const FOLDER = new URL('results/', import.meta.url);

const COLUMNS = [
  ['µs per file', ({ time }) => time.toFixed(0)],
  ['ratio', ({ ratio }) => ratio.toFixed(2)],
  ['CPU µs', ({ cpu }) => cpu.toFixed(0)],
  ['main thread µs', ({ mainThread }) => mainThread?.toFixed(0)],
  ['files per second', ({ time }) => (1e6 / time).toFixed(0)],
  ['longest delay, ms', ({ delay }) => delay?.toFixed(1)],
  ['peak memory, MB', ({ memory }) => (memory / 1e6).toFixed(0)],
  ['first answer, ms', ({ firstAnswer }) => firstAnswer?.toFixed(0)],
];

export function printTable(run) {
  console.log(description(run));
  console.table(
    Object.fromEntries(
      run.results.map((result) => [
        result.name,
        Object.fromEntries(COLUMNS.map(([name, value]) => [name, value(result) ?? ''])),
      ]),
    ),
  );
}

export function writeResults(run) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL('results.json', FOLDER), `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(new URL('results.md', FOLDER), markdown(run));
  writeFileSync(new URL('chart.svg', FOLDER), chart(run));
}

function markdown(run) {
  const row = (cells) => `| ${cells.join(' | ')} |\n`;
  const lines = run.results.map((result) =>
    row([result.name, ...COLUMNS.map(([, value]) => value(result) ?? '')]),
  );
  return [
    `${description(run)}\n\n`,
    row(['reader', ...COLUMNS.map(([name]) => name)]),
    row(['---', ...COLUMNS.map(() => '--:')]),
    ...lines,
  ].join('');
}

function description({ files, averageSize, rounds, cache, cores, processor, system, node }) {
  return (
    `Medians of ${rounds} rounds over ${files} files of ${(averageSize / 1e6).toFixed(1)} MB on ` +
    `average, ${cache} cache; ${cores} cores of ${processor}, ${system}, Node ${node}. ` +
    'The ratio is to taglib-wasm by path.'
  );
}
