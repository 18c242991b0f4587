/**
 * The queue of a plan: a job for each partition, and a parent job that runs after all of them.
 *
 * The queue only says who works on what. What is done is known from the files alone, so a lost
 * queue costs the time to fill it again.
 */
import { FlowProducer, Queue, Worker } from 'bullmq';

export const READ = 'read';
export const FINISH = 'finish';

/**
 * A worker renews its lock every half of this. A partition whose worker was killed goes to
 * another one after this time and the time between checks, in milliseconds.
 */
const LOCK_MS = 6000;
const CHECK_MS = 3000;

/**
 * How many workers may die with the same partition before it fails. With few, workers that are
 * killed for other reasons would make it fail.
 */
const MOST_DEATHS = 5;

/** A job fails only for reasons outside of the library's files, such as a full disk. */
const ATTEMPTS = { attempts: 3, backoff: { type: 'exponential', delay: 1000 } };

/** @param {import('./plan.mjs').Plan} plan */
export function queueName({ id }) {
  return `taglib-wasi-${id.slice(0, 16)}`;
}

/**
 * Puts the partitions in a new queue. A job that is there already is added only once.
 *
 * @param {import('./plan.mjs').Plan} plan
 * @param {string[]} ids of the partitions
 * @param {import('ioredis').Redis} connection
 */
export async function fillQueue(plan, ids, connection) {
  const queueOf = queueName(plan);
  const opts = { ...ATTEMPTS, removeOnComplete: true };
  const flow = new FlowProducer({ connection });
  flow.on('error', () => {});
  await flow.add({
    name: FINISH,
    queueName: queueOf,
    opts: { ...opts, jobId: plan.id },
    children: ids.map((id) => ({
      name: READ,
      queueName: queueOf,
      data: { id },
      opts: { ...opts, jobId: id },
    })),
  });
}

/**
 * @param {import('./plan.mjs').Plan} plan
 * @param {import('ioredis').Redis} connection
 */
export function openQueue(plan, connection) {
  const queue = new Queue(queueName(plan), { connection });
  queue.on('error', () => {});
  return queue;
}

/**
 * Starts to work on the jobs of a plan, one after the other.
 *
 * @param {import('./plan.mjs').Plan} plan
 * @param {{ read: (id: string) => Promise<void>, finish: () => Promise<void> }} work
 * @param {import('ioredis').Redis} connection
 */
export function openWorker(plan, { read, finish }, connection) {
  const process = (job) => (job.name === FINISH ? finish() : read(job.data.id));
  const worker = new Worker(queueName(plan), process, {
    connection,
    concurrency: 1,
    lockDuration: LOCK_MS,
    stalledInterval: CHECK_MS,
    maxStalledCount: MOST_DEATHS,
  });
  // Lost connections and lost locks. Both end with the job being done once more.
  worker.on('error', () => {});
  return worker;
}
