// Scans a library with several processes, on one machine or more.
//
//   node cluster.mjs scan LIBRARY OUTPUT [--workers N] [--partition FILES] [--audio-hash]
//                                        [--endpoint URL] [--redis URL]
//   node cluster.mjs status OUTPUT [--redis URL]
//   node cluster.mjs plan LIBRARY OUTPUT [--partition FILES] [--audio-hash] [--endpoint URL]
//
// LIBRARY is a directory, or a file that lists URLs or keys of an object store (objects.mjs).
// The rows are in OUTPUT/rows/*.parquet. Run `scan` again after an interruption, or when files have
// changed: it reads only the partitions that are not done. Without --redis it starts a Redis. `plan`
// prints the ids of the partitions to read, for map.mjs.
import { realpath, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { listing } from './listing.mjs';
import { httpUrl, objectsIn } from './objects.mjs';
import { AVERAGE_ENTRIES, makePlan, readPlan } from './plan.mjs';
import { fillQueue, openQueue } from './queue.mjs';
import { answers, connect, requireRedis, socketOf, startRedis, stopRedis } from './redis.mjs';
import { committed, finishPlan, forgetResult, missing, resultOf } from './result.mjs';
import { Workers } from './workers.mjs';

const USAGE = `Usage: node cluster.mjs scan LIBRARY OUTPUT [--workers N] [--partition FILES]
                                [--audio-hash] [--endpoint URL] [--redis URL]
       node cluster.mjs status OUTPUT [--redis URL]
       node cluster.mjs plan LIBRARY OUTPUT [--partition FILES] [--audio-hash] [--endpoint URL]
LIBRARY is a directory, or a file that lists URLs, or keys below the endpoint.`;

/** One for two cores, since each reads several files at once. */
const DEFAULT_WORKERS = Math.ceil(availableParallelism() / 2);

/** How often `scan` looks at the progress, in milliseconds. */
const INTERVAL = 500;

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  const { positionals, values } = parseArgs({
    options: {
      workers: { type: 'string', default: `${DEFAULT_WORKERS}` },
      partition: { type: 'string', default: `${AVERAGE_ENTRIES}` },
      'audio-hash': { type: 'boolean', default: false },
      endpoint: { type: 'string' },
      redis: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [command, ...folders] = positionals;
  if (command === 'scan' && folders.length === 2) await scan(folders, values);
  else if (command === 'plan' && folders.length === 2) await printPlan(folders, values);
  else if (command === 'status' && folders.length === 1) await status(folders[0], values.redis);
  else throw new Error(USAGE);
}

async function scan(folders, options) {
  const count = numberIn(options, 'workers');
  const output = path.resolve(folders[1]);
  const plan = await planOf(folders, options);
  if ((await missing(output, plan)).length === 0) {
    await finishPlan(output, plan);
    console.log(await progressOf(output, plan));
    return;
  }
  const address = options.redis ?? (await startRedis(output));
  await requireRedis(address);
  const connection = connect(address);
  const queue = openQueue(plan, connection);
  const workers = new Workers(count, output, address);
  try {
    // What an interrupted scan has left. The files know what is done.
    await queue.obliterate({ force: true });
    workers.start();
    await untilDone(output, plan, { queue, connection, workers });
    await queue.obliterate({ force: true });
  } finally {
    await workers.stop();
    connection.disconnect();
    if (options.redis === undefined) await stopRedis(address);
  }
}

function numberIn(options, name) {
  const number = Number(options[name]);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${name} must be a whole number from 1 on, and is ${options[name]}`);
}

async function printPlan(folders, options) {
  const plan = await planOf(folders, options);
  for (const id of await missing(path.resolve(folders[1]), plan)) console.log(id);
}

/** Makes the plan, and removes the result of an earlier one if there is something to read. */
async function planOf([named, folder], options) {
  const average = numberIn(options, 'partition');
  const output = path.resolve(folder);
  const library = await libraryIn(named, options.endpoint);
  const plan = await makePlan(library, output, { audioHash: options['audio-hash'] }, average);
  if ((await missing(output, plan)).length > 0) await forgetResult(output);
  return plan;
}

/** Finds out what the argument names: a directory, or a list of objects. */
async function libraryIn(named, endpoint) {
  const file = await realpath(named);
  if ((await stat(file)).isDirectory()) {
    if (endpoint !== undefined)
      throw new Error('--endpoint is for a list of keys, not a directory');
    return { kind: 'folder', root: file, entries: listing(file) };
  }
  const root = endpoint === undefined ? null : httpUrl(endpoint);
  if (root?.includes('?'))
    throw new Error(`--endpoint must have no parameters, and is ${endpoint}`);
  return { kind: 'objects', root, entries: objectsIn(file, root) };
}

/**
 * Fills the queue whenever it has lost jobs, as at first and after Redis has lost its data.
 * Resolves when the result is there, and rejects when a job has failed for good.
 */
async function untilDone(output, plan, { queue, connection, workers }) {
  let shown;
  let filling;
  for (;;) {
    const jobs = Object.values(await queue.getJobCounts()).reduce((sum, count) => sum + count, 0);
    const progress = await progressOf(output, plan);
    if (progress !== shown) console.log(progress);
    shown = progress;
    // The result is written before the last job leaves the queue.
    if (await resultOf(output, plan)) return filling;
    if (filling === undefined && (await hasLostJobs(jobs, output, plan))) {
      filling = fillQueue(plan, await missing(output, plan), connection).finally(() => {
        filling = undefined;
      });
      filling.catch((error) => {
        workers.error ??= error;
      });
    }
    const [job] = await queue.getFailed(0, 0);
    if (job !== undefined) throw new Error(`A job failed: ${job.failedReason}`);
    if (workers.error !== undefined) throw workers.error;
    await sleep(INTERVAL);
  }
}

/** Whether the queue is empty, or has only the last job, which waits for the others. */
async function hasLostJobs(jobs, output, plan) {
  return jobs === 0 || (jobs === 1 && (await missing(output, plan)).length > 0);
}

async function status(output, redis) {
  const plan = await readPlan(output);
  console.log(await progressOf(output, plan));
  const address = redis ?? socketOf(output);
  if (!(await answers(address))) return console.log('No Redis is running.');
  const connection = connect(address);
  const { active, waiting, delayed, failed } = await openQueue(plan, connection).getJobCounts();
  console.log(`${active} at work, ${waiting} waiting, ${delayed} to be repeated, ${failed} failed`);
  connection.disconnect();
}

async function progressOf(output, plan) {
  const result = await resultOf(output, plan);
  if (result) return `Finished: ${result.files} files, ${result.failed} of them failed`;
  const done = await committed(output, plan);
  const sum = (partitions) => partitions.reduce((total, { files }) => total + files, 0);
  const files = sum(plan.partitions.filter(({ id }) => done.has(id)));
  return `${files} of ${sum(plan.partitions)} files, ${done.size} of ${plan.partitions.length} partitions`;
}
