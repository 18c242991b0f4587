// Works on the jobs of a plan until all are done. `cluster.mjs scan` starts workers; start more on
// other machines that have OUTPUT and the library:
//
//   node worker.mjs OUTPUT --redis URL [--root DIRECTORY] [--concurrency N]
//
// DIRECTORY is where the library is on this machine, or the endpoint of its keys, and N how many
// files are read at once.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readPartition } from './partition.mjs';
import { readPlan } from './plan.mjs';
import { openWorker } from './queue.mjs';
import { openLibrary } from './read.mjs';
import { connect } from './redis.mjs';
import { finishIfComplete, resultOf } from './result.mjs';

const { positionals, values } = parseArgs({
  options: {
    redis: { type: 'string' },
    root: { type: 'string' },
    concurrency: { type: 'string' },
  },
  allowPositionals: true,
});
if (positionals.length !== 1 || values.redis === undefined) {
  console.error('Usage: node worker.mjs OUTPUT --redis URL [--root DIRECTORY] [--concurrency N]');
  process.exit(2);
}
const [output] = positionals;
const plan = await readPlan(output);
const library = { kind: plan.kind, root: values.root ?? plan.root };
const read = await openLibrary(library, values.concurrency && Number(values.concurrency));

// Waits for Redis, which may be about to be restarted.
const connection = connect(values.redis);
const work = {
  read: (id) => readPartition(output, id, read),
  finish: () => finishIfComplete(output, plan),
};
const worker = openWorker(plan, work, connection);

let isAsked = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  // A second signal ends the process at once.
  process.once(signal, () => {
    isAsked = true;
  });
}
while (!isAsked && !(await resultOf(output, plan))) await sleep(200);
// Waits for the partition at hand.
await worker.close();
connection.disconnect();
