/** Kills processes while they change files, and knows what the files may then contain. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a process may run after its first output, in milliseconds. */
const LONGEST_RUN = 20;

/**
 * Runs a program and kills it at a random moment after its first output, `count` times. Calls
 * `check` after each kill.
 */
export async function killRepeatedly(count, program, args, check) {
  for (let kill = 0; kill < count; kill += 1) {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await sleep(Math.random() * LONGEST_RUN);
    child.kill('SIGKILL');
    await once(child, 'close');
    await check();
  }
}

export const hashOf = (content) => createHash('sha256').update(content).digest('hex');

/** Returns the hashes of the contents that the changes, in any order, can make of a file. */
export async function reachableHashes(original, changes) {
  const hashes = new Set([hashOf(original)]);
  const contents = [original];
  for (const content of contents) {
    for (const change of changes) {
      const changed = await change(content);
      if (hashes.has(hashOf(changed))) continue;
      hashes.add(hashOf(changed));
      contents.push(changed);
    }
  }
  return hashes;
}
