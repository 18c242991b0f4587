/**
 * Measures one JavaScript engine, in a process of its own. Reads `{ engine,
 * folders, files, passes }` from standard input, reads every file once to warm up
 * (unless `COLD` is set) and then `passes` times, and prints a measurement, whose
 * fields `../race.mjs` describes.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const taglibWasm = () => import('taglib-wasm/simple');
async function taglibWasi(folders) {
  const { default: taglib } = await import('../../index.js');
  await taglib.initialize(folders);
  return taglib;
}

/** Makes a function that reads files one after the other. */
function oneByOne(read) {
  return async (files) => {
    for (const file of files) await read(file).catch(() => {});
  };
}

const ENGINES = {
  'taglib-wasi': async (folders) => oneByOne((await taglibWasi(folders)).readTags),
  'taglib-wasi, no pictures': async (folders) => {
    const { readTags } = await taglibWasi(folders);
    return oneByOne((file) => readTags(file, { pictures: false }));
  },
  'taglib-wasi, properties only': async (folders) =>
    oneByOne((await taglibWasi(folders)).readProperties),
  'taglib-wasi, batch': async (folders) => (await taglibWasi(folders)).readTagsBatch,
  'taglib-wasm, by path': async () => oneByOne((await taglibWasm()).readTags),
  'taglib-wasm, batch': async () => (await taglibWasm()).readTagsBatch,
  'taglib-wasm, by buffer': async () => {
    const { readTags } = await taglibWasm();
    return oneByOne(async (file) => readTags(new Uint8Array(await readFile(file))));
  },
  'music-metadata': async () => {
    const { parseFile } = await import('music-metadata');
    return oneByOne((file) => parseFile(file));
  },
  'node-taglib-sharp': async () => {
    const { File } = (await import('node-taglib-sharp')).default;
    return oneByOne(async (name) => {
      const file = File.createFromPath(name);
      const { tag, properties } = file;
      // Reading a field parses it.
      const fields = [tag.title, tag.performers, tag.album, tag.albumArtists, tag.composers];
      fields.push(tag.genres, tag.year, tag.track, tag.disc, tag.comment, tag.isrc);
      fields.push(
        tag.musicBrainzTrackId,
        tag.musicBrainzReleaseId,
        properties.durationMilliseconds,
      );
      fields.push(...tag.pictures.map((picture) => picture.data.length));
      file.dispose();
      return fields;
    });
  },
};

/** The bytes that this process has read, or undefined where the system does not count them. */
function bytesRead() {
  try {
    return Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

const { engine, folders, files, passes } = JSON.parse(await text(process.stdin));
const run = await ENGINES[engine](folders);
await run(files.slice(0, 1));
const firstAnswer = performance.now() + performance.timeOrigin - Number(process.env.STARTED);
if (!process.env.COLD) await run(files);

const idle = monitorEventLoopDelay({ resolution: 1 });
idle.enable();
await sleep(100);
idle.disable();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const bytes = bytesRead();
const cpu = process.cpuUsage();
const loop = performance.eventLoopUtilization();
const started = performance.now();
for (let pass = 0; pass < passes; pass += 1) await run(files);
const reads = passes * files.length;
const milliseconds = performance.now() - started;
const { active } = performance.eventLoopUtilization(loop);
const { user, system } = process.cpuUsage(cpu);
delay.disable();
const bytesPerFile = bytes === undefined ? undefined : ((bytesRead() ?? 0) - bytes) / reads;
// If the loop was blocked the whole time, no delay has been recorded.
const blocked = delay.count === 0;
console.log(
  JSON.stringify({
    time: (milliseconds * 1000) / reads,
    cpu: (user + system) / reads,
    mainThread: ((blocked ? milliseconds : active) * 1000) / reads,
    delay: blocked ? milliseconds : delay.max / 1e6,
    delay99: blocked ? milliseconds : (delay.percentile(99) - idle.percentile(99)) / 1e6,
    bytes: bytesPerFile,
    memory: process.resourceUsage().maxRSS * 1024,
    firstAnswer,
  }),
);
