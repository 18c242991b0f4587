/**
 * Opens files with taglib-wasm's Full API by path, and prints what every getter gives.
 * Arguments: the mode, `wasi` or `emscripten`, and the files.
 *
 * After a crash of its sandbox the process ends, and the parent starts another for the
 * rest.
 */
import process from 'node:process';
import v8 from 'node:v8';
import { isTagLibError, TagLib } from 'taglib-wasm';
import { answersOf } from './getters.mjs';

const [mode, ...files] = process.argv.slice(2);
const taglib = await TagLib.initialize({ forceWasmType: mode });
const answers = [];
for (const name of files) {
  try {
    // Whole: a part of a large file has not all of its tags.
    const file = await taglib.open(name, { partial: false });
    answers.push(answersOf(file));
    file.dispose();
  } catch (error) {
    answers.push({ failure: error.name });
    if (!isTagLibError(error)) break;
  }
}
process.stdout.write(v8.serialize(answers));
