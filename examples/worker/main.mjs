// node main.mjs DIRECTORY: scans it in a worker thread, and counts the genres.
//
// Reading blocks no thread of JavaScript's anyway; a worker also takes what is
// done with the tags off the main one.
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
