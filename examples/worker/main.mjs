// node main.mjs DIRECTORY: scans a directory in a worker thread, and counts genres.
//
// Reads never block the main thread. The worker also moves the processing of the
// tags off the main thread.
import process from 'node:process';
import { Worker } from 'node:worker_threads';

const [directory] = process.argv.slice(2);
const worker = new Worker(new URL('genres.mjs', import.meta.url), { workerData: { directory } });

worker.on('message', ({ genres, failed }) => {
  for (const [genre, count] of genres) console.log(`${count}\t${genre}`);
  console.log(`${failed} failed`);
});
worker.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
