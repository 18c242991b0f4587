/** Installs the package as users do: from its tarballs, in a folder of its own. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { pack } from '../../tools/pack.mjs';
import { ROOT } from '../../tools/repository.mjs';
import { NEEDS_SHELL } from '../../tools/run.mjs';

const execute = promisify(execFile);

/** Makes a folder with the package and its addon in its node_modules. */
export async function installPackage() {
  const folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-package-'));
  const tarballs = pack(folder);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  // The package has to work without install scripts, and without its optional
  // peer dependency, taglib-wasm.
  const options = ['--ignore-scripts', '--omit=peer', '--no-audit', '--no-fund'];
  const sources = tarballs.map((tarball) => `./${path.basename(tarball)}`);
  await execute('npm', ['install', ...sources, ...options], { cwd: folder, shell: NEEDS_SHELL });
  return folder;
}

/** Installs taglib-wasm beside the package. */
export async function addTaglibWasm(folder) {
  const taglibWasm = path.join(ROOT, 'node_modules', 'taglib-wasm');
  await mkdir(path.join(folder, 'node_modules'), { recursive: true });
  await symlink(taglibWasm, path.join(folder, 'node_modules', 'taglib-wasm'), 'junction');
}

export function removePackage(folder) {
  return rm(folder, { recursive: true, force: true });
}

/** Runs `code` in the folder, as an ES module. */
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
