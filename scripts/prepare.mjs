/**
 * Brings a clone to the state in which the addon can be used: dependencies
 * installed, addon built. It imports no npm package, so that it works in a
 * fresh clone.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { install } from '../tools/install.mjs';
import { ROOT } from '../tools/repository.mjs';
import { run } from '../tools/run.mjs';

/** Installs and builds what has changed since the last time. */
export function prepare() {
  requireCargo();
  install(ROOT);
  console.error('Building the addon. The first build compiles Wasmtime, in about ten minutes.');
  run('npm', ['run', '--silent', 'build']);
}

function requireCargo() {
  const { error } = spawnSync('cargo', ['--version']);
  if (!error) return;
  console.error(
    'The addon is written in Rust, and cargo was not found: install Rust 1.95 or newer.',
  );
  process.exit(1);
}
