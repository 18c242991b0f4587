/**
 * Other Nodes than the one that runs the tests, from `__test__/runtimes`.
 *
 * `installRuntimes` comes first, and once: test files run side by side, and
 * two installations in one folder would tread on each other.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../runtimes/', import.meta.url);

/** The path of Node 20 or 24, or undefined where none is published for this platform. */
export function node(major) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const file = new URL(
    `node_modules/node-${major}-${process.platform}-${process.arch}/bin/${name}`,
    FOLDER,
  );
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
  if (existsSync(new URL('node_modules/.package-lock.json', FOLDER))) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: FOLDER,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
