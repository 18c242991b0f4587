/**
 * Brings a clone to the state in which the addon can be used: dependencies
 * installed, addon built. Both steps do nothing where nothing has changed.
 * It needs no dependency itself, so that it works in a fresh clone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export function prepare() {
  requireCargo();
  install(ROOT);
  console.error('Building the addon. The first build compiles Wasmtime, in about ten minutes.');
  run('npm', ['run', '--silent', 'build']);
}

/** Installs what a folder's lock file names, where that is not done yet. */
export function install(folder, ...options) {
  if (isInstalled(folder)) return;
  run('npm', ['ci', ...options, '--no-audit', '--no-fund', '--loglevel=error'], folder);
}

/** Runs a program, in the repository's root by default, and ends this one where it fails. */
export function run(program, args, cwd = ROOT) {
  const { status, error } = spawnSync(program, args, {
    cwd,
    stdio: 'inherit',
    // On Windows npm is a script, which only a shell can start.
    shell: process.platform === 'win32',
  });
  if (error) console.error(`${program} can't be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function requireCargo() {
  const { error } = spawnSync('cargo', ['--version']);
  if (!error) return;
  console.error(
    'The addon is written in Rust, and cargo is not to be found: install Rust 1.95 or newer.',
  );
  process.exit(1);
}

/** npm writes its own copy of the lock file after each installation. */
function isInstalled(folder) {
  const copy = path.join(folder, 'node_modules', '.package-lock.json');
  const lock = path.join(folder, 'package-lock.json');
  return existsSync(copy) && statSync(copy).mtimeMs >= statSync(lock).mtimeMs;
}
