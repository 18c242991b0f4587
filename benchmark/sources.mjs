/**
 * Measures reads over HTTP: requests, bytes and time for each file.
 *
 *     npm run bench:sources -- [--files 60] [--smallest 2] [--largest 26] [--delays 0,20,100]
 *
 * Serves a library (`library.mjs`) by a local HTTP server that delays each answer by
 * some milliseconds. Each engine (`sources-child.mjs`) reads all files one after the
 * other, without pictures, in a process of its own. The server counts requests and
 * bytes.
 */
import { spawn } from 'node:child_process';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { install } from '../tools/install.mjs';
import { ROOT } from '../tools/repository.mjs';
import { installRuntimes, nodeAtLeast } from '../tools/runtimes.mjs';
import { makeLibrary } from './library.mjs';
import { median } from './median.mjs';

const ENGINES = ['taglib-wasi', 'music-metadata', 'music-metadata, 64 KiB at once'];
const CHILD = fileURLToPath(new URL('sources-child.mjs', import.meta.url));

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '60' },
    smallest: { type: 'string', default: '2' },
    largest: { type: 'string', default: '26' },
    delays: { type: 'string', default: '0,20,100' },
  },
});

installRuntimes();
install(path.join(ROOT, 'benchmark'), '--ignore-scripts');
const folder = path.join(ROOT, 'target', 'benchmark', 'sources');
const [files, smallest, largest] = [options.files, options.smallest, options.largest].map(Number);
await makeLibrary(folder, { files, smallest, largest, seed: 1 });
const names = readdirSync(folder, { recursive: true }).filter((name) => /\.\w+$/.test(name));

for (const delay of options.delays.split(',').map(Number)) {
  for (const engine of ENGINES) await measure(engine, delay);
}

/**
 * @param {string} engine
 * @param {number} delay In milliseconds.
 */
async function measure(engine, delay) {
  /** Requests and bytes by the path of the URL. @type {Map<string, { requests: number, bytes: number }>} */
  const counts = new Map();
  const server = createServer((request, response) => {
    setTimeout(() => respond(request, response, counts), delay);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const urls = names.map((name) => {
    const encoded = name.split(path.sep).map(encodeURIComponent).join('/');
    return `http://127.0.0.1:${port}/${encoded}`;
  });
  const child = spawn(nodeAtLeast(22, 6), [CHILD, engine], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(urls));
  const times = JSON.parse(await text(child.stdout));
  server.close();
  server.closeAllConnections();
  const all = [...counts].filter(([url]) => !url.endsWith('?warm-up')).map(([, count]) => count);
  const figures = {
    delay: `${delay} ms`,
    ms: Math.round(median(times)),
    requests: spread(all.map(({ requests }) => requests)),
    KiB: spread(all.map(({ bytes }) => Math.round(bytes / 1024))),
  };
  console.log(engine.padEnd(32), JSON.stringify(figures));
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {Map<string, { requests: number, bytes: number }>} counts
 */
function respond(request, response, counts) {
  const url = /** @type {string} */ (request.url);
  const { pathname } = new URL(url, 'http://localhost');
  const file = path.join(folder, decodeURIComponent(pathname));
  const { size } = statSync(file);
  const count = counts.get(url) ?? { requests: 0, bytes: 0 };
  counts.set(url, count);
  count.requests += 1;
  const headers = { 'Accept-Ranges': 'bytes', ETag: '"1"', 'Content-Type': 'audio/mpeg' };
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...headers, 'Content-Length': size }).end();
    return;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'Content-Length': end - start + 1,
    ...(range && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
  });
  const content = createReadStream(file, { start, end });
  content.on('data', (chunk) => {
    count.bytes += chunk.length;
  });
  content.pipe(response);
}

/**
 * Returns the smallest, the median and the largest.
 *
 * @param {number[]} numbers
 */
function spread(numbers) {
  return `${Math.min(...numbers)}, ${median(numbers)}, ${Math.max(...numbers)}`;
}
