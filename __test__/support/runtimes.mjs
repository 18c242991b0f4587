/**
 * Other runtimes than the Node that runs the tests, and tools, from
 * `__test__/runtimes`.
 *
 * `installRuntimes` comes first, and once: test files run side by side, and
 * two installations in one folder would tread on each other.
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { install } from '../../scripts/prepare.mjs';

const EXE = process.platform === 'win32' ? '.exe' : '';
const FOLDER = new URL('../runtimes/', import.meta.url);

/** Those that the package is for; the last is the newest. */
export const NODES = [20, 22, 24, 26];

/** The path of a Node, or undefined where none is published for this platform. */
export function node(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return installed(`node-${major}-${platform}-${process.arch}/bin/node${EXE}`);
}

export function deno() {
  const platforms = { linux: `linux-${process.arch}-glibc`, win32: `win32-${process.arch}` };
  return installed(`@deno/${platforms[process.platform]}/deno${EXE}`);
}

export function bun() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  return installed(`@oven/bun-${platform}-${arch}/bin/bun${EXE}`);
}

/** The path of a file of a package there. */
export function installed(name) {
  const file = new URL(`node_modules/${name}`, FOLDER);
  return existsSync(file) ? fileURLToPath(file) : undefined;
}

/** This Node where it is new enough, otherwise Node 24. */
export function nodeAtLeast(major, minor) {
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return process.execPath;
  const newer = node(24);
  if (newer === undefined) {
    throw new Error(
      `the tests compare with taglib-wasm, which needs Node ${major}.${minor}; this is ` +
        `${process.versions.node}, and __test__/runtimes has no Node 24 for ` +
        `${process.platform} ${process.arch}. Has \`npm test\` installed it?`,
    );
  }
  return newer;
}

export function installRuntimes() {
  install(fileURLToPath(FOLDER), '--ignore-scripts');
}
