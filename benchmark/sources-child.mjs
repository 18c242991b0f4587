/**
 * Reads files over HTTP with one engine. Takes their URLs from standard input, and prints
 * the milliseconds for each as JSON.
 */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { json } from 'node:stream/consumers';

/** @type {Record<string, () => Promise<(url: string) => Promise<unknown>>>} */
const ENGINES = {
  'taglib-wasi': async () => {
    const { default: taglib } = await import('../index.js');
    await taglib.initialize([process.cwd()]);
    return async (url) => taglib.readTags(await taglib.httpSource(url), { pictures: false });
  },
  'music-metadata': () => musicMetadata({}),
  'music-metadata, 64 KiB at once': () => musicMetadata({ minimumChunkSize: 64 << 10 }),
};

/** @param {{ minimumChunkSize?: number }} config */
async function musicMetadata(config) {
  const { parseFromTokenizer } = await import('music-metadata');
  const { makeTokenizer } = await import('@tokenizer/http');
  /** @param {string} url */
  return async (url) => parseFromTokenizer(await makeTokenizer(url, config), { skipCovers: true });
}

const urls = /** @type {string[]} */ (await json(process.stdin));
const read = await ENGINES[process.argv[2]]();
await read(`${urls[0]}${urls[0].includes('?') ? '&' : '?'}warm-up`);
const times = [];
for (const url of urls) {
  const started = performance.now();
  await read(url);
  times.push(performance.now() - started);
}
console.log(JSON.stringify(times));
