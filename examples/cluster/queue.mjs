/**
 * The queue of a plan: a job for each partition, and one that finishes the plan when all rows are
 * there.
 *
 * The queue only says who works on what. What is done is known from the files alone, so a lost
 * queue costs the time to fill it again. For the same reason the last job is not the parent of the
 * others in a flow: BullMQ adds a flow in one transaction, for which Redis needs seconds if it has
 * 100,000 jobs, and four times the memory.
 */
import { DelayedError, Queue, Worker } from 'bullmq';

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

/** How many jobs one command adds. Redis answers no other client until the command ends. */
const JOBS_AT_ONCE = 500;

/** How long the last job waits before it looks again whether all rows are there, in milliseconds. */
const FINISH_WAIT_MS = 1000;

/** A job fails only for reasons outside of the library's files, such as a full disk. */
const ATTEMPTS = { attempts: 3, backoff: { type: 'exponential', delay: 1000 } };

/** @param {import('./plan.mjs').Plan} plan */
export function queueName({ id }) {
  return `taglib-wasi-${id.slice(0, 16)}`;
}

/**
 * Puts partitions in the queue, some at a time. A job that is there already is not added again, so
 * a queue that was filled in part can be filled once more.
 *
 * @param {import('./plan.mjs').Plan} plan
 * @param {string[]} ids of the partitions
 * @param {import('ioredis').Redis} connection
 */
export async function fillQueue(plan, ids, connection) {
  const queue = openQueue(plan, connection);
  const opts = { ...ATTEMPTS, removeOnComplete: true };
  for (let start = 0; start < ids.length; start += JOBS_AT_ONCE) {
    const some = ids.slice(start, start + JOBS_AT_ONCE);
    await queue.addBulk(
      some.map((id) => ({ name: READ, data: { id }, opts: { ...opts, jobId: id } })),
    );
  }
  await queue.add(FINISH, {}, { ...opts, jobId: plan.id });
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
 * @param {object} work
 * @param {(id: string) => Promise<void>} work.read
 * @param {() => Promise<boolean>} work.finish Returns whether all rows are there.
 * @param {import('ioredis').Redis} connection
 */
export function openWorker(plan, { read, finish }, connection) {
  const process = async (job, token) => {
    if (job.name === READ) return read(job.data.id);
    if (await finish()) return;
    await job.moveToDelayed(Date.now() + FINISH_WAIT_MS, token);
    throw new DelayedError();
  };
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
