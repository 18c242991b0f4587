/** Installs npm packages from a lock file. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

/**
 * Installs the packages in a folder's lock file, unless they are installed.
 *
 * @param {string} folder
 * @param {...string} options further options of `npm ci`
 */
export function install(folder, ...options) {
  if (isInstalled(folder)) return;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['ci', ...options, ...quiet], { cwd: folder });
}

/**
 * npm writes its own copy of the lock file after each installation.
 *
 * @param {string} folder
 */
function isInstalled(folder) {
  const copy = path.join(folder, 'node_modules', '.package-lock.json');
  const lock = path.join(folder, 'package-lock.json');
  return existsSync(copy) && statSync(copy).mtimeMs >= statSync(lock).mtimeMs;
}
