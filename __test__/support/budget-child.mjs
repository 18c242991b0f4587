/**
 * One hostile file in a process of its own, whose memory, time and event loop are
 * watched. Arguments: the file, and settings in JSON. Prints a JSON list with an
 * entry for each call: its name, how it ended, how long it took and the longest
 * gap of the event loop, in milliseconds, and by how much memory grew over that
 * of the idle process, in bytes.
 *
 * Settings: `deadlineMs`; `calls`, names of `CALLS`; `addressSpace`, in bytes,
 * which the process may take over what it has when it is idle; `abortAfter`, in
 * milliseconds: then entries have `stoppedAfter`, how long the thread went on.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import taglib from '../../index.js';
import { fixture } from './files.mjs';

const CALLS = {
  readTags: (signal) => taglib.readTags(file, { signal }),
  readTagsWithoutPictures: (signal) => taglib.readTags(file, { signal, pictures: false }),
  readMetadata: (signal) => taglib.readMetadata(file, { signal }),
  readPictures: (signal) => taglib.readPictures(file, { signal }),
  readTagsOfBytes: (signal) => taglib.readTags(bytes, { signal }),
  readTagsBatch: async (signal) => {
    const files = [ordinary, file, ordinary];
    const { items } = await taglib.readTagsBatch(files, { signal, concurrency: 3 });
    const [before, { error }, after] = items;
    if ([before, after].some(({ data }) => data?.title[0] !== TITLE)) throw new Error('not read');
    if (error) throw error;
  },
  readNative: (signal) => taglib.readNative(file, { signal }),
  readNativeOfBytes: (signal) => taglib.readNative(bytes, { signal }),
  readAudioHash: (signal) => taglib.readAudioHash(file, { signal }),
  applyTags: (signal) => taglib.applyTags(file, { title: 'new' }, { signal }),
  applyTagsToBytes: (signal) => taglib.applyTags(bytes, { title: 'new' }, { signal }),
  writeTags: (signal) => taglib.writeTags(file, { title: 'new' }, { signal }),
};

/** The title of the ordinary file. */
const TITLE = 'Grüße, 世界 🎵';

const [file, json] = process.argv.slice(2);
const { deadlineMs, calls, addressSpace, abortAfter } = JSON.parse(json);
const ordinary = fixture('id3v24.mp3');
const bytes = calls.some((name) => name.includes('Bytes')) ? readFileSync(file) : undefined;
const initialize = () =>
  taglib.initialize([path.dirname(file), path.dirname(ordinary)], { deadlineMs });
await initialize();
for (let count = 0; count < 100; count += 1) await taglib.readTags(ordinary);
globalThis.gc();
const idle = memory('VmRSS');
if (addressSpace !== undefined) {
  const limit = memory('VmSize') + addressSpace;
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${limit}`]);
}

const results = [];
for (const name of calls) results.push({ name, ...(await watch(CALLS[name])) });
console.log(JSON.stringify(results));

async function watch(call) {
  globalThis.gc();
  // What the main thread has freed of the answer before goes back with the next call
  // (`guest/src/freed_memory.rs`).
  if (addressSpace === undefined) await taglib.readTags(ordinary);
  // The high-water mark begins anew (proc_pid_clear_refs, 5).
  writeFileSync('/proc/self/clear_refs', '5');
  const signal = abortAfter === undefined ? undefined : AbortSignal.timeout(abortAfter);
  const started = performance.now();
  let last = started;
  let gap = 0;
  const beat = () => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
  };
  const ticker = setInterval(beat, 1);
  // Values are dropped here, so that none is held while the next call is watched.
  const outcome = await call(signal).then(
    () => 'answered',
    ({ name, code, limit }) =>
      code === undefined ? name : [code, limit].filter(Boolean).join(' '),
  );
  const milliseconds = performance.now() - started;
  // One turn more: what the last turn took is a gap as well.
  await wait(2);
  beat();
  clearInterval(ticker);
  const growth = memory('VmHWM') - idle;
  return { outcome, milliseconds, gap, growth, ...(await stopped()) };
}

/** How long threads go on after an abort: `shutdown` waits for them. */
async function stopped() {
  if (abortAfter === undefined) return {};
  const started = performance.now();
  await taglib.shutdown();
  const stoppedAfter = performance.now() - started;
  await initialize();
  return { stoppedAfter };
}

function memory(name) {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(status.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]) * 1024;
}
