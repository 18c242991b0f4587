/**
 * Makes every edit of `edits.mjs` with taglib-wasm, on the bytes of each file.
 * Prints an object for each file that maps the name of the edit to `{ tags }`, as
 * taglib-wasm reads them back, or to `{ error, crash }`.
 * A crash ends the process after its file, as in `taglib-wasm-child.mjs`.
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import v8 from 'node:v8';
import { isTagLibError, TagLib } from 'taglib-wasm';
import * as simple from 'taglib-wasm/simple';
import { EDITS } from './edits.mjs';

const taglib = await TagLib.initialize();

/**
 * Adds the file's compilation flag to the tags.
 *
 * taglib-wasm returns the flag to TagLib as "true", where TagLib expects "1":
 * any change of tags then clears the flag, or writes "true" into a Vorbis
 * comment. With the flag among the tags it writes the right bytes, which ours
 * have to equal.
 */
async function withCompilation(input, tags) {
  const file = await taglib.open(input);
  const flag = file.getProperty('compilation');
  file.dispose();
  const { compilation: _, ...others } = tags;
  return flag === 'true' || flag === 'false' ? { compilation: flag === 'true', ...others } : others;
}

async function inMemory(content, [edit, ...args]) {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the edits are named in a table
  return simple[edit](content, ...args);
}

async function outcome(edited) {
  try {
    return { tags: await simple.readTags(new Uint8Array(await edited)) };
  } catch (error) {
    const crash = !isTagLibError(error);
    crashed ||= crash;
    return { error: error.name, crash };
  }
}

let crashed = false;
const answers = [];
for (const file of process.argv.slice(2)) {
  const content = new Uint8Array(await readFile(file));
  const answer = {};
  answers.push(answer);
  for (const [name, edit] of Object.entries(EDITS)) {
    if (edit[0] === 'applyTags') {
      const byContent = () => withCompilation(content, edit[1]);
      edit[1] = await withCompilation(file, edit[1])
        .catch(byContent)
        .catch(() => edit[1]);
    }
    answer[name] = await outcome(inMemory(content, edit));
  }
  if (crashed) break;
}
process.stdout.write(v8.serialize(answers));
