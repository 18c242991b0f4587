/** Reports a race: as tables on the console, and as JSON, Markdown and a chart in `results/`. */
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
  ['99 % of delays, ms above idle', ({ delay99 }) => delay99?.toFixed(1)],
  ['KiB read', ({ bytes }) => (bytes ? (bytes / 1024).toFixed(0) : undefined)],
  ['peak memory, MB', ({ memory }) => (memory / 1e6).toFixed(0)],
  ['system calls', ({ calls }) => calls?.toFixed(0)],
  ['first answer, ms', ({ firstAnswer }) => firstAnswer?.toFixed(0)],
];

export function printTables(run) {
  console.log(description(run));
  for (const { title, results } of run.cases) {
    console.log(title);
    console.table(Object.fromEntries(results.map((result) => [result.name, cellsOf(result)])));
  }
}

function cellsOf(result) {
  return Object.fromEntries(COLUMNS.map(([name, value]) => [name, value(result) ?? '']));
}

export function writeResults(run) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL('results.json', FOLDER), `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(new URL('results.md', FOLDER), markdown(run));
  writeFileSync(new URL('chart.svg', FOLDER), chart(run));
}

function markdown(run) {
  return `${description(run)}\n${run.cases.map(table).join('')}`;
}

function table({ title, results }) {
  const row = (cells) => `| ${cells.join(' | ')} |\n`;
  const lines = results.map((result) => row([result.name, ...Object.values(cellsOf(result))]));
  return [
    `\n## ${title}\n\n`,
    row(['reader', ...COLUMNS.map(([name]) => name)]),
    row(['---', ...COLUMNS.map(() => '--:')]),
    ...lines,
  ].join('');
}

function description({ files, averageSize, rounds, cores, processor, system, node }) {
  return (
    `Medians of ${rounds} rounds; a library of ${files} files of ${(averageSize / 1e6).toFixed(1)} ` +
    `MB on average, from a warm cache unless stated otherwise; ${cores} cores of ${processor}, ${system}, Node ${node}. ` +
    'The ratio is to taglib-wasm by path.'
  );
}
