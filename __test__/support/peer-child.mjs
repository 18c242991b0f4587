/**
 * Asks taglib-wasm about files: every read function, by path and by bytes, in
 * the form that `peer.mjs` describes. A crash of its sandbox (not one of its
 * own errors) may leave the module's memory in any state, so this process then
 * ends after the file, and the parent starts another for the rest.
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

async function ask(input) {
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

const [ways, ...files] = process.argv.slice(2);
const answers = [];
for (const file of files) {
  const answer = {};
  if (ways.includes('path')) answer.byPath = await ask(() => file);
  if (ways.includes('bytes') && !answer.byPath?.crashed) {
    const bytes = new Uint8Array(await readFile(file));
    answer.byBytes = await ask(() => bytes);
  }
  answers.push(answer);
  if (answer.byPath?.crashed || answer.byBytes?.crashed) break;
}
process.stdout.write(v8.serialize(answers));
