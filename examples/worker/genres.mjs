// The worker thread. Each thread calls `initialize` for itself.
import { parentPort, workerData } from 'node:worker_threads';
import { initialize, scan } from 'taglib-wasi';

await initialize([{ path: workerData.directory, readOnly: true }]);

const counts = new Map();
let failed = 0;
for await (const record of scan(workerData.directory, { pictures: false })) {
  if (record.status === 'failed') failed += 1;
  else for (const genre of record.tags.genre ?? []) counts.set(genre, (counts.get(genre) ?? 0) + 1);
}

const genres = [...counts].sort(([, one], [, other]) => other - one);
parentPort.postMessage({ genres, failed });
