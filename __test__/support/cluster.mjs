/** The cluster example, as its users run it, and the Redis that it needs. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { ROOT } from './files.mjs';

const EXAMPLE = path.join(ROOT, 'examples', 'cluster');
const MODULES = path.join(EXAMPLE, 'node_modules');

/** Why the example can't run here, or false. */
export function whyNoCluster() {
  if (process.platform !== 'linux') return 'the test uses names that only Linux allows';
  if (spawnSync('redis-server', ['--version']).error) return 'redis-server is not installed';
  if (!existsSync(path.join(MODULES, 'bullmq'))) return 'npm test installs the packages it needs';
  return false;
}

/** Makes a folder with the package in its node_modules, and the example in its folder `cluster`. */
export async function installExample() {
  const folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-cluster-'));
  await mkdir(path.join(folder, 'node_modules'));
  await symlink(ROOT, path.join(folder, 'node_modules', 'taglib-wasi'), 'junction');
  const example = path.join(folder, 'cluster');
  await cp(EXAMPLE, example, { recursive: true, filter: (name) => name !== MODULES });
  await symlink(MODULES, path.join(example, 'node_modules'), 'junction');
  return folder;
}

/** Removes the folder, and ends what a failed test has left. */
export async function removeExample(folder) {
  Program.killAll();
  await rm(folder, { recursive: true });
}

/** Makes a folder for the library of a test and one for its rows. */
export async function emptyFolders(folder) {
  const own = await mkdtemp(path.join(folder, 'test-'));
  const folders = ['music', 'output'].map((name) => path.join(own, name));
  for (const each of folders) await mkdir(each);
  return folders;
}

/** Reads the rows of a scan. */
export async function readRows(output) {
  const rows = [];
  for (const file of (await commits(output, 1)).keys()) {
    rows.push(...(await parquetReadObjects({ file: await asyncBufferFromFile(file) })));
  }
  return rows;
}

/** Maps the files of rows to their inodes, as soon as there are at least `count`. */
export async function commits(output, count) {
  const rows = path.join(output, 'rows');
  for (;;) {
    const names = (await readdir(rows)).filter((name) => name.endsWith('.parquet'));
    if (names.length >= count) {
      const files = names.map((name) => path.join(rows, name));
      return new Map(await Promise.all(files.map(async (file) => [file, (await stat(file)).ino])));
    }
    await sleep(10);
  }
}

/** A run of one of the example's programs. */
export class Program {
  text = '';
  errors = '';
  static #running = new Set();
  #child;
  #lines;

  constructor(example, args, name = 'cluster.mjs') {
    // In a process group of its own, to end its workers with it.
    this.#child = spawn(process.execPath, [name, ...args], { cwd: example, detached: true });
    Program.#running.add(this.#child);
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => {
      this.text += `${line}\n`;
    });
    this.#child.stderr.on('data', (chunk) => {
      this.errors += chunk;
    });
  }

  get input() {
    return this.#child.stdin;
  }

  /** Ends what a failed test has left. */
  static killAll() {
    for (const { pid } of Program.#running) process.kill(-pid, 'SIGKILL');
  }

  /** Kills the program and its workers. */
  kill() {
    process.kill(-this.#child.pid, 'SIGKILL');
    Program.#running.delete(this.#child);
  }

  /** Waits for the exit code. */
  async end() {
    const [code] = await once(this.#child, 'close');
    Program.#running.delete(this.#child);
    return code;
  }

  /** Waits for the plan. */
  async planIn(output) {
    await this.#until(() => existsSync(path.join(output, 'plan.json')));
    return JSON.parse(await readFile(path.join(output, 'plan.json'), 'utf8'));
  }

  /** Waits for the process ids of a number of workers. */
  async workers(count) {
    const ids = () => [...this.text.matchAll(/^Worker (\d+) has started$/gm)].map(([, id]) => +id);
    await this.#until(() => ids().length >= count);
    return ids();
  }

  async #until(isSo) {
    while (!isSo()) {
      assert.equal(this.#child.exitCode, null, this.errors);
      await sleep(10);
    }
  }
}

/** A Redis on a free port, with its data in a folder. */
export class Redis {
  #args;
  #server;

  static async start(folder, t) {
    await mkdir(folder, { recursive: true });
    const redis = new Redis();
    const port = await freePort();
    redis.url = `redis://127.0.0.1:${port}`;
    redis.#args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    redis.#args.push('--appendonly', 'yes', '--appendfsync', 'everysec');
    redis.#start();
    t.after(() => redis.#kill());
    return redis;
  }

  async restart(whileDown = () => sleep(Math.random() * 1000)) {
    await this.#kill();
    await whileDown();
    this.#start();
  }

  #start() {
    this.#server = spawn('redis-server', this.#args, { stdio: 'ignore' });
  }

  async #kill() {
    this.#server.kill('SIGKILL');
    await once(this.#server, 'exit');
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
