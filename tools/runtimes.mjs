/**
 * JavaScript runtimes and development tools that are installed from
 * `tools/runtimes`: other versions of Node, Deno, Bun, bundlers, TypeDoc.
 *
 * Call `installRuntimes` before anything else, in one process: test files run
 * in parallel, and two installations in one folder would overwrite each other.
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { install } from './install.mjs';

const EXE = process.platform === 'win32' ? '.exe' : '';
const FOLDER = new URL('runtimes/', import.meta.url);

/** The versions of Node that the package supports, the newest last. */
export const NODES = [20, 22, 24, 26];

export function installRuntimes() {
  install(fileURLToPath(FOLDER), '--ignore-scripts');
}

/**
 * Returns the path of a Node, or undefined if none is published for this platform.
 *
 * @param {number} major
 */
export function node(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return installed(`node-${major}-${platform}-${process.arch}/bin/node${EXE}`);
}

/**
 * Returns the path of a Node of at least this version: this process's own if it is new
 * enough, otherwise Node 24.
 *
 * @param {number} major
 * @param {number} minor
 */
export function nodeAtLeast(major, minor) {
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return process.execPath;
  const newer = node(24);
  if (newer === undefined) {
    throw new Error(
      `Node ${major}.${minor} is needed to run taglib-wasm; this is ${process.versions.node}, ` +
        `and tools/runtimes has no Node 24 for ${process.platform} ${process.arch}. ` +
        'Run `npm test`, which installs it.',
    );
  }
  return newer;
}

/** Returns the path of Deno, or undefined if none is published for this platform. */
export function deno() {
  /** @type {Partial<Record<NodeJS.Platform, string>>} */
  const platforms = { linux: `linux-${process.arch}-glibc`, win32: `win32-${process.arch}` };
  return installed(`@deno/${platforms[process.platform]}/deno${EXE}`);
}

/** Returns the path of Bun, or undefined if none is published for this platform. */
export function bun() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  return installed(`@oven/bun-${platform}-${arch}/bin/bun${EXE}`);
}

/**
 * Returns the path of a file in an installed package, or undefined if it is missing.
 *
 * @param {string} name such as `typedoc/dist/index.js`
 */
export function installed(name) {
  const file = new URL(`node_modules/${name}`, FOLDER);
  return existsSync(file) ? fileURLToPath(file) : undefined;
}
