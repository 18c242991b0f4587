// node main.mjs DIRECTORY: scans a network share, and gives up when the share hangs.
//
// A read from a dead share can block inside the operating system. No deadline
// can interrupt it, and it keeps one of libuv's threads. The scan therefore runs
// in a child process, which can be killed. In Electron, use a utility process.
import { fork } from 'node:child_process';
import process from 'node:process';

/**
 * How long the scan may produce no record, in milliseconds. Allow for a slow
 * share, and for large directories without audio files.
 */
const MAX_SILENCE_MS = Number(process.env.MAX_SILENCE_MS ?? 30_000);

const [directory] = process.argv.slice(2);
const scanner = fork(new URL('scanner.mjs', import.meta.url), [directory]);
let files = 0;
let silence = setTimeout(giveUp, MAX_SILENCE_MS);

scanner.on('message', ({ path, title, error }) => {
  clearTimeout(silence);
  silence = setTimeout(giveUp, MAX_SILENCE_MS);
  files += 1;
  if (error === undefined) console.log(`${path}: ${title}`);
  else console.error(error);
});
scanner.on('exit', (code) => {
  clearTimeout(silence);
  if (code !== 0) process.exitCode = 1;
});

function giveUp() {
  console.error(`No record for ${MAX_SILENCE_MS} ms, after ${files} files: the scan is stopped.`);
  process.exitCode = 1;
  scanner.kill('SIGKILL');
  // A process that is blocked on a dead disk may not end before the disk answers.
  scanner.disconnect();
  scanner.unref();
}
