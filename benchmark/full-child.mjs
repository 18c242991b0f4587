/**
 * Runs a task of `full.mjs` with one engine, and prints the measurements as JSON. Needs
 * `--expose-gc`.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

const OPENS = 1000;

const [engine, task, folder] = process.argv.slice(2);
const files = readdirSync(folder).map((name) => path.join(folder, name));
const taglib = await opener();
await edit(files[0], 'warm-up');
console.log(JSON.stringify(await { edit: edits, open: opens }[task]()));

async function opener() {
  if (engine === 'taglib-wasm') {
    return (await import('taglib-wasm')).TagLib.initialize();
  }
  const { TagLib } = (await import('../index.js')).default;
  return TagLib.initialize({ preopens: [folder] });
}

/** Opens, reads and saves each file. */
async function edits() {
  const { time, ...measured } = await measure(async () => {
    for (const [index, file] of files.entries()) await edit(file, `title ${index}`);
  });
  const perFile = Object.entries({ ms: time, 'ms busy': measured['ms busy'] }).map(
    ([name, total]) => [name, rounded(total / files.length)],
  );
  return { ...Object.fromEntries(perFile), ...delays(measured) };
}

async function edit(name, title) {
  const file = await taglib.open(name);
  const { artist } = file.tag();
  if (artist === '' || file.getPictures().length === 0 || !file.audioProperties()) {
    throw new Error(`${name} was not read`);
  }
  file.tag().setTitle(title);
  await file.saveToFile();
  file.dispose();
}

/** Opens many files at once, and keeps them. */
async function opens() {
  const options = engine.endsWith('without pictures') ? { pictures: false } : undefined;
  globalThis.gc();
  const before = process.memoryUsage.rss();
  let opened;
  const { time, ...measured } = await measure(async () => {
    const calls = Array.from({ length: OPENS }, (_, index) =>
      taglib.open(files[index % files.length], options),
    );
    opened = await Promise.all(calls);
  });
  globalThis.gc();
  const memory = (process.memoryUsage.rss() - before) / opened.length;
  return {
    ms: rounded(time),
    'ms busy': rounded(measured['ms busy']),
    ...delays(measured),
    'kB per open file': rounded(memory / 1000),
  };
}

async function measure(work) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  // Each sample is the time since the previous one, so the first must precede the work.
  await delay(10);
  const utilization = performance.eventLoopUtilization();
  const started = performance.now();
  await work();
  const time = performance.now() - started;
  const { active } = performance.eventLoopUtilization(utilization);
  await delay(5);
  histogram.disable();
  return {
    time,
    'ms busy': active,
    p99: histogram.percentile(99) / 1e6,
    max: histogram.max / 1e6,
  };
}

function delays({ p99, max }) {
  return { 'delay, 99th percentile': rounded(p99), 'longest delay': rounded(max) };
}

function rounded(number) {
  return Number(number.toFixed(2));
}
