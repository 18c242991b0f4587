/**
 * Counts system calls per file: the difference between a run of two passes and a
 * run of one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Returns the system calls per file, or `undefined` if strace is not installed. `command`
 * makes an engine read the case.
 */
export function systemCalls(command, { files }) {
  const [one, two] = [1, 2].map((passes) => counted(withPasses(command, passes)));
  return one === undefined ? undefined : (two - one) / files.length;
}

function withPasses({ program, args, input }, passes) {
  if (args.length > 0 && /^\d+$/.test(args[0])) return { program, args: [String(passes)], input };
  return { program, args, input: JSON.stringify({ ...JSON.parse(input), passes }) };
}

function counted({ program, args, input }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'taglib-wasi-'));
  const log = path.join(folder, 'calls');
  const env = { ...process.env, STARTED: '0' };
  const traced = ['-f', '-c', '-o', log, program, ...args];
  const { error, status } = spawnSync('strace', traced, { input, env, maxBuffer: 2 ** 28 });
  try {
    if (error !== undefined || status !== 0) return undefined;
    const [, total] = /^100\.00\s+\S+\s+\S+\s+(\d+).*total$/m.exec(readFileSync(log, 'utf8')) ?? [];
    return Number(total);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
