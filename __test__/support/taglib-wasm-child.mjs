/**
 * Reads files with every read function of taglib-wasm, and prints the answers
 * that `taglib-wasm.mjs` describes. Arguments: `path`, `bytes` or both, and the
 * files.
 *
 * A crash of its sandbox, as opposed to one of its own errors, may leave the
 * module's memory in any state. The process then ends after that file, and the
 * parent starts another for the rest.
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import v8 from 'node:v8';
import { isTagLibError } from 'taglib-wasm';
import {
  readCoverArt,
  readFormat,
  readMetadata,
  readPictureMetadata,
  readPictures,
  readProperties,
  readTags,
} from 'taglib-wasm/simple';

const FUNCTIONS = [
  readTags,
  readProperties,
  readFormat,
  readMetadata,
  readPictures,
  readCoverArt,
  readPictureMetadata,
];

async function answersFor(input) {
  const answers = {};
  for (const read of FUNCTIONS) {
    try {
      answers[read.name] = { value: await read(input()) };
    } catch (error) {
      answers[read.name] = { error: error.name, code: error.code };
      answers.crashed = !isTagLibError(error);
      if (answers.crashed) break;
    }
  }
  return answers;
}

const [inputs, ...files] = process.argv.slice(2);
const answers = [];
for (const file of files) {
  const answer = {};
  if (inputs.includes('path')) answer.byPath = await answersFor(() => file);
  if (inputs.includes('bytes') && !answer.byPath?.crashed) {
    const bytes = new Uint8Array(await readFile(file));
    answer.byBytes = await answersFor(() => bytes);
  }
  answers.push(answer);
  if (answer.byPath?.crashed || answer.byBytes?.crashed) break;
}
process.stdout.write(v8.serialize(answers));
