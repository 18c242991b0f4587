/** The package as users get it: packed, and installed in a folder of its own. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { pack } from '../../scripts/pack.mjs';
import { ROOT } from './files.mjs';

const execute = promisify(execFile);
const shell = process.platform === 'win32';

/** A folder with the package and its addon in its node_modules. */
export async function installPackage() {
  const folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-package-'));
  const tarballs = pack(folder);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  // Scripts are off: nothing may have to run for the package to work. Peers are
  // left out, as users may.
  const options = ['--ignore-scripts', '--omit=peer', '--no-audit', '--no-fund'];
  const sources = tarballs.map((tarball) => `./${path.basename(tarball)}`);
  await execute('npm', ['install', ...sources, ...options], { cwd: folder, shell });
  return folder;
}

/** Puts taglib-wasm beside it. */
export async function addPeer(folder) {
  const peer = path.join(ROOT, 'node_modules', 'taglib-wasm');
  await mkdir(path.join(folder, 'node_modules'), { recursive: true });
  await symlink(peer, path.join(folder, 'node_modules', 'taglib-wasm'), 'junction');
}

export function removePackage(folder) {
  return rm(folder, { recursive: true, force: true });
}

/** Runs a program of this text in the folder, as an ES module. */
export async function run(runtime, folder, code, options = {}) {
  const { args = [], env = {}, programArgs = [] } = options;
  const file = path.join(folder, `program-${programs++}.mjs`);
  await writeFile(file, code);
  return execute(runtime, [...args, file, ...programArgs], {
    cwd: folder,
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
  });
}

let programs = 0;
