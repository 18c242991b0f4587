/**
 * Calls every function of the folder API and of the picture-file helpers that writes,
 * in a folder whose disk is full, and prints how each ended. Its argument is the folder.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import taglib from '../../index.js';
import { fixture } from './files.mjs';

const folder = process.argv[2];
const [song, other, image, output] = ['a.mp3', 'b.flac', 'cover.png', 'output'].map((name) =>
  path.join(folder, name),
);
copyFileSync(fixture('id3v24.mp3'), song);
copyFileSync(fixture('vorbis-comment.flac'), other);
writeFileSync(image, Buffer.alloc(100_000, 1));
writeFileSync(output, 'old');
await taglib.initialize([folder]);
const picture = await taglib.loadPictureFromFile(image);
const { bavail, bsize } = statfsSync(folder);
writeFileSync(path.join(folder, 'filler'), Buffer.alloc(bavail * bsize));

const CALLS = {
  updateFolderTags: async () => {
    const tags = { title: 'x'.repeat(200_000) };
    const { items } = await taglib.updateFolderTags([{ path: song, tags }]);
    throw items[0].error;
  },
  exportFolderMetadata: () => taglib.exportFolderMetadata(folder, output),
  copyCoverArt: () => taglib.copyCoverArt(song, other),
  importCoverArt: () => taglib.importCoverArt(song, image),
  importPictureWithType: () => taglib.importPictureWithType(song, image, 'Artist'),
  exportAllPictures: () => taglib.exportAllPictures(song, folder, { nameFormat: () => 'output' }),
  exportCoverArt: () => taglib.exportCoverArt(song, output),
  exportPictureByType: () => taglib.exportPictureByType(song, output, 'FrontCover'),
  savePictureToFile: () => taglib.savePictureToFile(picture, output),
};

const before = hashes();
const outcomes = {};
for (const [name, call] of Object.entries(CALLS)) {
  const errno = await call().then(
    () => 'none',
    ({ details, message }) => details?.errno ?? message,
  );
  const now = hashes();
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  outcomes[name] = { errno, changed: [...names].filter((file) => before[file] !== now[file]) };
}
console.log(JSON.stringify(outcomes));

function hashes() {
  const names = readdirSync(folder);
  const hash = (name) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
  return Object.fromEntries(names.map((name) => [name, hash(name)]));
}
