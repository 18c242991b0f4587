/** Runs other programs on behalf of a script. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { ROOT } from './repository.mjs';

/** On Windows npm's programs are scripts, which only a shell can start. */
export const NEEDS_SHELL = process.platform === 'win32';

/**
 * Runs a program, and exits this process with its status if it fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] the repository's root and this
 *   process's environment by default
 */
export function run(program, args, { cwd = ROOT, env = process.env } = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    cwd,
    env,
    stdio: 'inherit',
    shell: NEEDS_SHELL,
  });
  if (error) console.error(`${program} can't be started: ${error.message}`);
  if (signal) console.error(`${program} was ended by ${signal}`);
  if (status !== 0) process.exit(status ?? 1);
}
