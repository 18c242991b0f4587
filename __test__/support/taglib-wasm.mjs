/**
 * Asks taglib-wasm for its answers, to compare ours with them.
 *
 * It needs Node 22.6, so it runs in a process of its own, in a Node that can
 * run it.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import v8 from 'node:v8';
import { nodeAtLeast } from '../../tools/runtimes.mjs';

const READ_CHILD = fileURLToPath(new URL('./taglib-wasm-child.mjs', import.meta.url));
const EDIT_CHILD = fileURLToPath(new URL('./taglib-wasm-edit-child.mjs', import.meta.url));
const FULL_CHILD = fileURLToPath(new URL('./taglib-wasm-full-child.mjs', import.meta.url));
const NODE = nodeAtLeast(22, 6);

/**
 * Reads each file by path and by bytes. Returns `{ byPath, byBytes }` for each
 * file, both an object with `{ value }` or `{ error, code }` for each read
 * function, by its name.
 */
export async function taglibWasmAnswers(files) {
  const answers = await read('path,bytes', files);
  const incomplete = files.filter((_, index) => answers[index].byBytes === undefined);
  const rest = await read('bytes', incomplete);
  for (const answer of answers) answer.byBytes ??= rest.shift().byBytes;
  return answers;
}

/** Makes every edit of `edits.mjs` on the bytes of each file, and returns the outcomes. */
export function taglibWasmEdits(files) {
  return runChild([EDIT_CHILD], files);
}

function read(inputs, files) {
  return runChild([READ_CHILD, inputs], files);
}

/** Runs the program on the files, and again on the rest each time that it ends early. */
async function runChild(program, files) {
  const answers = [];
  while (answers.length < files.length) {
    const { stdout } = await promisify(execFile)(
      NODE,
      [...program, ...files.slice(answers.length)],
      { encoding: 'buffer', maxBuffer: 1 << 30 },
    );
    answers.push(...v8.deserialize(stdout));
  }
  return answers;
}

/**
 * Chooses the answers that ours must equal: those by path if they contain a tag
 * or a sample rate, otherwise those by bytes if there are any. Undefined if
 * there are none: then ours must be an InvalidFormatError.
 */
export function expectedAnswers({ byPath, byBytes }) {
  const { value: tags } = byPath.readTags;
  const sampleRate = byPath.readProperties?.value?.sampleRate;
  if (tags && (Object.keys(tags).length > 0 || sampleRate > 0)) return byPath;
  return byBytes.readTags.value ? byBytes : undefined;
}

/**
 * Opens each file with taglib-wasm's Full API by path, in the mode `wasi` or
 * `emscripten`. Returns what `answersOf` of `getters.mjs` gives, or `{ failure }`.
 */
export function taglibWasmGetters(mode, files) {
  return runChild([FULL_CHILD, mode], files);
}
