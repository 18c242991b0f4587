/**
 * taglib-wasm's answers, to compare ours with.
 *
 * The peer needs Node 22.6, so it runs in a process of its own, in a Node that
 * can run it.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import v8 from 'node:v8';
import { nodeAtLeast } from './runtimes.mjs';

const CHILD = fileURLToPath(new URL('./peer-child.mjs', import.meta.url));
const PEER_NODE = nodeAtLeast(22, 6);

/**
 * For each file `{ byPath, byBytes }`, each of them `{ tags, sampleRate }` or
 * `{ error, crashed }`.
 */
export async function peerAnswers(files) {
  const answers = await askAll('path,bytes', files);
  const incomplete = files.filter((_, index) => answers[index].byBytes === undefined);
  const rest = await askAll('bytes', incomplete);
  for (const answer of answers) answer.byBytes ??= rest.shift().byBytes;
  return answers;
}

async function askAll(ways, files) {
  const answers = [];
  while (answers.length < files.length) {
    const { stdout } = await promisify(execFile)(
      PEER_NODE,
      [CHILD, ways, ...files.slice(answers.length)],
      { encoding: 'buffer', maxBuffer: 1 << 30 },
    );
    answers.push(...v8.deserialize(stdout));
  }
  return answers;
}

/**
 * What our answer must be, by the rule: the path's answer where it has a tag
 * or a sample rate, otherwise the bytes' answer, otherwise `null` for an
 * InvalidFormatError.
 */
export function expectedTags({ byPath, byBytes }) {
  const conclusive = byPath.tags && (Object.keys(byPath.tags).length > 0 || byPath.sampleRate > 0);
  return (conclusive ? byPath.tags : byBytes.tags) ?? null;
}
