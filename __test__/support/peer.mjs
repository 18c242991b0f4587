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
const WRITE_CHILD = fileURLToPath(new URL('./peer-write-child.mjs', import.meta.url));
const PEER_NODE = nodeAtLeast(22, 6);

/**
 * For each file `{ byPath, byBytes }`: for each function that reads, by its
 * name, `{ value }` or `{ error, code }`.
 */
export async function peerAnswers(files) {
  const answers = await askAll('path,bytes', files);
  const incomplete = files.filter((_, index) => answers[index].byBytes === undefined);
  const rest = await askAll('bytes', incomplete);
  for (const answer of answers) answer.byBytes ??= rest.shift().byBytes;
  return answers;
}

/** For each file what every edit of `edits.mjs` on its bytes came to. */
export function peerEdits(files) {
  return ask([WRITE_CHILD], files);
}

function askAll(ways, files) {
  return ask([CHILD, ways], files);
}

/** Asks about the rest in a new process, where one ended early. */
async function ask(program, files) {
  const answers = [];
  while (answers.length < files.length) {
    const { stdout } = await promisify(execFile)(
      PEER_NODE,
      [...program, ...files.slice(answers.length)],
      { encoding: 'buffer', maxBuffer: 1 << 30 },
    );
    answers.push(...v8.deserialize(stdout));
  }
  return answers;
}

/**
 * Whose answers ours must be, by the rule: the path's where it has a tag or a
 * sample rate, otherwise the bytes' where there are any, otherwise nobody's:
 * that is an InvalidFormatError.
 */
export function expectedAnswers({ byPath, byBytes }) {
  const { value: tags } = byPath.readTags;
  const sampleRate = byPath.readProperties?.value?.sampleRate;
  if (tags && (Object.keys(tags).length > 0 || sampleRate > 0)) return byPath;
  return byBytes.readTags.value ? byBytes : undefined;
}
