/**
 * Measures reads over HTTP: requests, bytes and time for each file.
 *
 *     npm run bench:sources -- [--files 60] [--smallest 2] [--largest 26] [--delays 0,20,100]
 *
 * Serves a library (`library.mjs`) by a local HTTP server that delays each answer by
 * some milliseconds, and by moto, an S3 server, through a proxy, with presigned URLs. Each
 * engine (`sources-child.mjs`) reads all files one after the other, without pictures, in a
 * process of its own. The server or the proxy counts requests and bytes, each request as
 * one.
 */
import { spawn } from 'node:child_process';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { install } from '../tools/install.mjs';
import { ROOT } from '../tools/repository.mjs';
import { installRuntimes, nodeAtLeast } from '../tools/runtimes.mjs';
import { hasMoto, s3Server } from '../tools/s3.mjs';
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
  const paths = names.map((name) => `/${name.split(path.sep).map(encodeURIComponent).join('/')}`);
  const server = { name: `local, ${delay} ms`, delay, paths, respond: sendFile };
  for (const engine of ENGINES) await measure(engine, server);
}
if (hasMoto) await measureS3();
else console.log('S3 is left out: moto[server] and boto3 are not installed for python3');

async function measureS3() {
  const { urls, end } = await s3Server(
    Object.fromEntries(
      names.map((name) => [name.split(path.sep).join('/'), path.join(folder, name)]),
    ),
  );
  const all = Object.values(urls).map((url) => new URL(url));
  const paths = all.map(({ pathname, search }) => `${pathname}${search}`);
  const server = { name: 'S3 (moto)', delay: 0, paths, respond: forwardTo(all[0].origin) };
  try {
    for (const engine of ENGINES) await measure(engine, server);
  } finally {
    end();
  }
}

/**
 * @typedef {object} Count Of the requests for one URL.
 * @property {number} requests
 * @property {number} bytes
 *
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 *
 * @typedef {object} Server
 * @property {string} name
 * @property {number} delay In milliseconds.
 * @property {string[]} paths With their queries.
 * @property {(request: Request, response: Response, count: Count) => void} respond
 */

/**
 * @param {string} engine
 * @param {Server} server
 */
async function measure(engine, { name, delay, paths, respond }) {
  /** @type {Map<string, Count>} */
  const counts = new Map();
  const server = createServer((request, response) => {
    const url = /** @type {string} */ (request.url);
    const count = counts.get(url) ?? { requests: 0, bytes: 0 };
    counts.set(url, count);
    count.requests += 1;
    setTimeout(() => respond(request, response, count), delay);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const child = spawn(nodeAtLeast(22, 6), [CHILD, engine], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(paths.map((file) => `http://127.0.0.1:${port}${file}`)));
  const times = JSON.parse(await text(child.stdout));
  server.close();
  server.closeAllConnections();
  const read = [...counts].filter(([url]) => !url.endsWith('warm-up'));
  const ms = Math.round(median(times));
  print(engine, { server: name, ms, ...figuresOf(read.map(([, count]) => count)) });
  if (engine !== ENGINES[0]) return;
  const formatOf = ([url]) => path.extname(new URL(url, 'http://localhost').pathname);
  for (const format of new Set(read.map(formatOf))) {
    const some = read.filter((entry) => formatOf(entry) === format);
    print(`  ${format}`, figuresOf(some.map(([, count]) => count)));
  }
}

/** @param {Count[]} counts */
function figuresOf(counts) {
  return {
    requests: spread(counts.map(({ requests }) => requests)),
    KiB: spread(counts.map(({ bytes }) => Math.round(bytes / 1024))),
  };
}

/**
 * @param {string} what
 * @param {object} figures
 */
function print(what, figures) {
  console.log(what.padEnd(32), JSON.stringify(figures));
}

/**
 * @param {Request} request
 * @param {Response} response
 * @param {Count} count
 */
function sendFile(request, response, count) {
  const { pathname } = new URL(/** @type {string} */ (request.url), 'http://localhost');
  const file = path.join(folder, decodeURIComponent(pathname));
  const { size } = statSync(file);
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
  sendBody(createReadStream(file, { start, end }), response, count);
}

/**
 * Answers requests with what another server answers.
 *
 * @param {string} origin
 * @returns {Server['respond']}
 */
function forwardTo(origin) {
  return ({ url, method, headers }, response, count) => {
    const host = new URL(origin).host;
    const sent = send(`${origin}${url}`, { method, headers: { ...headers, host } }, (answer) => {
      response.writeHead(/** @type {number} */ (answer.statusCode), answer.headers);
      sendBody(answer, response, count);
    });
    sent.on('error', (error) => response.destroy(error));
    response.on('close', () => sent.destroy());
    sent.end();
  };
}

/**
 * @param {import('node:stream').Readable} body
 * @param {Response} response
 * @param {Count} count
 */
function sendBody(body, response, count) {
  body.on('data', (chunk) => {
    count.bytes += chunk.length;
  });
  body.pipe(response);
}

/**
 * Returns the smallest, the median and the largest.
 *
 * @param {number[]} numbers
 */
function spread(numbers) {
  return `${Math.min(...numbers)}, ${median(numbers)}, ${Math.max(...numbers)}`;
}
