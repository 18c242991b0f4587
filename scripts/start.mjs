/**
 * `npm start [-- FILE...]`: installs, builds, and prints the tags of the files,
 * or of a sample.
 */
import path from 'node:path';
import process from 'node:process';
import { fixture } from '../tools/repository.mjs';
import { prepare } from './prepare.mjs';

prepare();
const { initialize, readTags, version } = (await import('../index.js')).default;

// npm runs scripts in the repository's root; INIT_CWD is the user's folder.
const folder = process.env.INIT_CWD ?? process.cwd();
const named = process.argv.slice(2).map((file) => path.resolve(folder, file));
const files = named.length > 0 ? named : [fixture('id3v24.mp3')];

const { taglib, wasmtime } = version();
console.log(`TagLib ${taglib} in Wasmtime ${wasmtime}`);
await initialize([...new Set(files.map((file) => path.dirname(file)))]);
for (const file of files) {
  console.log(`\n${file}`);
  try {
    console.log(await readTags(file));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
