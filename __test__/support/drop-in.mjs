/**
 * A program that uses taglib-wasm alone. It must print the same with and
 * without `taglib-wasi/register`. Its argument is a folder with copies of
 * fixtures. `route.test.mjs` reads it as text, and runs it in another folder.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  isFileOperationError,
  isInvalidFormatError,
  RatingUtils,
  TagLib,
  TagLibError,
} from 'taglib-wasm';
import * as simple from 'taglib-wasm/simple';

const folder = process.argv[2];
const song = path.join(folder, 'id3v24.mp3');
const results = {};
const show = async (name, call) => {
  try {
    results[name] = await call();
  } catch (error) {
    const { name: kind, code, operation } = error;
    const guards = [isInvalidFormatError(error), isFileOperationError(error)];
    results[name] = { kind, code, operation, guards, ours: error instanceof TagLibError };
  }
};

for (const name of readdirSync(folder).sort()) {
  const file = path.join(folder, name);
  await show(`tags of ${name}`, () => simple.readTags(file));
  await show(`properties of ${name}`, () => simple.readProperties(file));
  await show(`format of ${name}`, () => simple.readFormat(file));
  await show(`validity of ${name}`, () => simple.isValidAudioFile(file));
}
await show('metadata', () => simple.readMetadata(song));
await show('pictures', () => simple.readPictures(song));
await show('one picture', async () =>
  simple.findPictureByType(await simple.readPictures(song), 'FrontCover'),
);
await show('cover', () => simple.readCoverArt(song));
await show('picture metadata', () => simple.readPictureMetadata(song));
await show('batch', async () => {
  const progress = [];
  const files = readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name));
  const { items } = await simple.readTagsBatch(files, {
    onProgress: (done, total) => progress.push([done, total]),
  });
  return { items: items.map(({ status, path, data }) => [status, path, data]), progress };
});
await show('bytes', () => simple.readTags(new Uint8Array(readFileSync(song))));
await show('named bytes', () => simple.readTags({ name: 'a', data: readFileSync(song) }));
await show('changed bytes', () => simple.applyTags(readFileSync(song), { title: 'New' }));
await show('saved', async () => {
  await simple.applyTagsToFile(song, { title: 'Saved', genre: ['Pop'] });
  return [await simple.readTags(song), readFileSync(song)];
});
await show('saved bytes', () => simple.applyTagsToFile(readFileSync(song), { title: 'x' }));
await show('full API', async () => {
  const file = await (await TagLib.initialize()).open(song);
  const title = file.tag().title;
  file.dispose();
  return title;
});
await show('helpers', () => [
  simple.PICTURE_TYPE_NAMES,
  simple.PICTURE_TYPE_VALUES,
  RatingUtils.toPopm(0.8),
]);

const plain = (_, value) => {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
};
console.log(JSON.stringify(results, plain, 1));
