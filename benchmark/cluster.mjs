/**
 * Measures the cluster example: how its throughput grows with workers, and what the queue costs.
 *
 *     npm run bench:cluster -- [--files 20000] [--workers 1,2,4] [--rounds 3] [--jobs 10000]
 *
 * The library is that of `library.mjs`, 60 files of 1 to 4 MB, each under many names. Needs
 * redis-server and ffmpeg. Prints medians:
 *
 * - listing the library and writing the plan, which happens once, in one process;
 * - reading it in one process without a queue (`map.mjs`), and with a queue and 1, 2 and 4 workers,
 *   from an empty output folder to the end of the program;
 * - filling a queue with jobs that do nothing, and working through them; the memory of Redis, and
 *   the longest time in which it did not answer a PING.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { install } from '../tools/install.mjs';
import { ROOT } from '../tools/repository.mjs';
import { makeLibrary } from './library.mjs';
import { median } from './median.mjs';

const EXAMPLE = path.join(ROOT, 'examples', 'cluster');
const FOLDER = path.join(ROOT, 'target', 'benchmark', 'cluster');
const FILES_IN_FOLDER = 100;

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '1,2,4' },
    rounds: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '10000' },
  },
});

install(EXAMPLE, '--ignore-scripts');
const [files, rounds, jobs] = [options.files, options.rounds, options.jobs].map(Number);
const example = installExample();
const music = await fillLibrary();
const output = path.join(FOLDER, 'output');
const { makePlan } = await load('plan.mjs');
const { listing } = await load('listing.mjs');
const plan = () =>
  makePlan({ kind: 'folder', root: music, entries: listing(music) }, output, { audioHash: false });

const plans = await inRounds(async () => {
  await plan();
});
print('plan', { ms: plans, ...perFile(plans) });

const alone = await inRounds(async () => {
  const { partitions } = await plan();
  await run('map.mjs', [output], partitions.map(({ id }) => `${id}\n`).join(''));
});
print('no queue, 1 process', { ms: alone, ...perFile(alone) });

for (const workers of options.workers.split(',')) {
  const time = await inRounds(() =>
    run('cluster.mjs', ['scan', music, output, '--workers', workers]),
  );
  print(`workers: ${workers}`, { ms: time, ...perFile(time) });
}
await measureQueue();

/** Returns the median time of some rounds, each with an empty output folder. */
async function inRounds(round) {
  const times = [];
  for (let index = 0; index < rounds; index += 1) {
    rmSync(output, { recursive: true, force: true });
    const start = performance.now();
    await round();
    times.push(performance.now() - start);
  }
  return Math.round(median(times));
}

async function measureQueue() {
  const { startRedis, stopRedis, connect } = await load('redis.mjs');
  const { fillQueue, openWorker } = await load('queue.mjs');
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output);
  const address = await startRedis(output);
  const connection = connect(address);
  const memory = async (name) =>
    Number(new RegExp(`${name}:(\\d+)`).exec(await connection.info('memory'))?.[1]);
  const before = await memory('used_memory');
  const client = path.join(example, 'redis.mjs');
  const pings = fork(new URL('cluster-pings.mjs', import.meta.url), [client, address]);
  await once(pings, 'message');
  const empty = { id: '0'.repeat(64) };
  const ids = Array.from({ length: jobs }, (_, index) => `${index}`.padStart(64, 'a'));
  const started = performance.now();
  await fillQueue(empty, ids, connection);
  const filled = performance.now();
  pings.send('end');
  const [longest] = await once(pings, 'message');
  const bytes = (await memory('used_memory')) - before;
  const peak = await memory('used_memory_peak');
  const resumed = performance.now();
  await new Promise((resolve) => {
    const finish = async () => {
      resolve(undefined);
      return true;
    };
    openWorker(empty, { read: async () => {}, finish }, connection);
  });
  const ended = performance.now();
  print(`empty jobs: ${jobs}`, {
    'µs to add a job': Math.round(((filled - started) * 1000) / jobs),
    'longest answer of Redis meanwhile, ms': Math.round(longest),
    'µs to work on a job': Math.round(((ended - resumed) * 1000) / jobs),
    'bytes of Redis for a job': Math.round(bytes / jobs),
    'MB of Redis at most': Math.round(peak / 1e6),
    'MB of the filling process at most': Math.round(process.resourceUsage().maxRSS / 1000),
  });
  connection.disconnect();
  await stopRedis(address);
  process.exit();
}

/** Installs the example beside the package, as its users do. */
function installExample() {
  const folder = path.join(FOLDER, 'example');
  rmSync(folder, { recursive: true, force: true });
  const modules = path.join(EXAMPLE, 'node_modules');
  cpSync(EXAMPLE, folder, { recursive: true, filter: (name) => name !== modules });
  symlinkSync(modules, path.join(folder, 'node_modules'), 'junction');
  rmSync(path.join(FOLDER, 'node_modules'), { recursive: true, force: true });
  mkdirSync(path.join(FOLDER, 'node_modules'));
  symlinkSync(ROOT, path.join(FOLDER, 'node_modules', 'taglib-wasi'), 'junction');
  return folder;
}

async function fillLibrary() {
  const originals = path.join(FOLDER, 'originals');
  await makeLibrary(originals, { files: 60, smallest: 1, largest: 4, seed: 1 });
  const songs = readdirSync(originals, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.\w+$/.test(name),
  );
  const folder = path.join(FOLDER, `music-${files}`);
  if (existsSync(folder)) return folder;
  for (let index = 0; index < files; index += 1) {
    const song = songs[index % songs.length];
    const album = path.join(folder, `album-${Math.floor(index / FILES_IN_FOLDER)}`);
    if (index % FILES_IN_FOLDER === 0) mkdirSync(album, { recursive: true });
    linkSync(path.join(originals, song), path.join(album, `${index}${path.extname(song)}`));
  }
  return folder;
}

async function run(name, args, input = '') {
  const child = spawn(process.execPath, [name, ...args], {
    cwd: example,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with code ${code}`);
}

function load(name) {
  return import(pathToFileURL(path.join(example, name)).href);
}

function perFile(ms) {
  return { 'files per second': Math.round((files * 1000) / ms) };
}

function print(name, figures) {
  console.log(name.padEnd(24), JSON.stringify(figures));
}
