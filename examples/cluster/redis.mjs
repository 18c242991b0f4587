/** Starts a Redis of its own for one output folder, and connects to any. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { exists } from './files.mjs';

/** Linux allows 107 bytes for the path of a socket, and macOS 103. */
const LONGEST_SOCKET = 103;

/** How long a new Redis may take until it answers, in milliseconds: it may load a large queue. */
const START_TIMEOUT = 60_000;

const INSTALL = `redis-server was not found. Install it (Debian and Ubuntu: apt-get install \
redis-server; macOS: brew install redis), or pass the URL of a Redis: --redis redis://HOST:6379`;

/**
 * Starts a Redis that only this user can reach, or finds the one that an earlier run has left.
 *
 * @param {string} output
 * @returns {Promise<string>} the path of its socket
 */
export async function startRedis(output) {
  const folder = path.join(output, 'redis');
  const socket = socketOf(output);
  if (Buffer.byteLength(socket) > LONGEST_SOCKET) {
    throw new Error(`${socket} is too long for a socket. Choose a shorter OUTPUT, or use --redis.`);
  }
  if (await answers(socket)) return socket;
  await mkdir(folder, { recursive: true });
  const listen = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'];
  // The queue survives a crash of Redis, without the loss of a second.
  const persist = ['--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  // In a process group of its own, so that Ctrl+C does not end it before the workers.
  const options = { stdio: 'ignore', detached: true };
  const server = spawn('redis-server', [...listen, ...persist], options);
  server.unref();
  const failed = once(server, 'exit').then(
    () => `Redis does not start. See what happens with: redis-server --dir ${folder}`,
    (error) => (error.code === 'ENOENT' ? INSTALL : error.message),
  );
  const end = Date.now() + START_TIMEOUT;
  while (!(await answers(socket))) {
    const message = await Promise.race([failed, sleep(50)]);
    if (message !== undefined) throw new Error(message);
    if (Date.now() > end) throw new Error(`Redis does not answer at ${socket}`);
  }
  return socket;
}

/**
 * Ends a Redis that {@link startRedis} has started.
 *
 * @param {string} socket
 */
export async function stopRedis(socket) {
  const redis = new Redis(socket, ONCE);
  redis.on('error', () => {});
  // It closes the connection instead of answering.
  await redis.shutdown().catch(() => {});
  redis.disconnect();
}

/**
 * Options of a connection for a single command. ioredis waits for this many milliseconds after the
 * other side has closed the connection.
 */
const ONCE = { retryStrategy: () => null, disconnectTimeout: 50 };

/** @param {string} output */
export function socketOf(output) {
  return path.join(path.resolve(output), 'redis', 'redis.sock');
}

/**
 * Whether there is a Redis that has loaded its data.
 *
 * @param {string} address
 */
export async function answers(address) {
  if (path.isAbsolute(address) && !(await exists(address))) return false;
  const redis = new Redis(address, { ...ONCE, lazyConnect: true, enableReadyCheck: false });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

/**
 * Rejects if there is no Redis. Without this, a wrong address would be tried again forever.
 *
 * @param {string} address
 */
export async function requireRedis(address) {
  if (await answers(address)) return;
  throw new Error(
    `No Redis answers at ${address.replace(/\/\/.*@/, '//')}, or it needs a password`,
  );
}

/**
 * Connects for a queue or a worker, and reconnects for as long as it takes.
 *
 * @param {string} address A URL, or the path of a socket.
 */
export function connect(address) {
  const redis = new Redis(address, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 50, 1000),
  });
  // A lost connection is an event for each attempt. The program waits until there is one again.
  redis.on('error', () => {});
  return redis;
}
