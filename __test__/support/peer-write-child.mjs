/**
 * Has taglib-wasm make every edit of `edits.mjs` on the bytes of each file:
 * for each file an object of `{ hash, length }` or `{ error, code }` by the edit's name.
 * As in `peer-child.mjs`, a crash ends the process after its file.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import v8 from 'node:v8';
import { isTagLibError, TagLib } from 'taglib-wasm';
import * as simple from 'taglib-wasm/simple';
import { EDITS } from './edits.mjs';

const taglib = await TagLib.initialize();

/**
 * taglib-wasm gives a compilation flag back to TagLib as "true", where TagLib
 * wants "1": any change of tags then clears the flag, or writes that word into
 * a Vorbis comment. Told the flag, it gets it right, and that is what our
 * bytes have to be.
 */
async function withCompilation(content, tags) {
  const file = await taglib.open(content);
  const flag = file.getProperty('compilation');
  file.dispose();
  return flag === 'true' || flag === 'false' ? { compilation: flag === 'true', ...tags } : tags;
}

const answers = [];
for (const file of process.argv.slice(2)) {
  const content = new Uint8Array(await readFile(file));
  const answer = {};
  answers.push(answer);
  let crashed = false;
  for (const [name, [edit, ...args]] of Object.entries(EDITS)) {
    try {
      if (edit === 'applyTags') args[0] = await withCompilation(content, args[0]);
      // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the edits are named in a table
      const bytes = await simple[edit](content, ...args);
      const hash = createHash('sha256').update(bytes).digest('hex');
      answer[name] = { hash, length: bytes.length };
    } catch (error) {
      answer[name] = { error: error.name, code: error.code };
      crashed ||= !isTagLibError(error);
    }
  }
  if (crashed) break;
}
process.stdout.write(v8.serialize(answers));
