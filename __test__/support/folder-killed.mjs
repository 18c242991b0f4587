/**
 * Makes one call of the folder API, or of the picture-file helpers, in two variants by turns
 * until the process is killed. Arguments: the call's name, and a folder with `song.mp3`,
 * `0.png` and `1.png`.
 */
import path from 'node:path';
import process from 'node:process';
import taglib from '../../index.js';
import { STATES } from './states.mjs';

const [name, folder] = process.argv.slice(2);
const song = path.join(folder, 'song.mp3');
const catalog = path.join(folder, 'catalog.json');

const CALLS = {
  updateFolderTags: async (variant) => {
    const { title } = STATES[variant];
    const { items } = await taglib.updateFolderTags([{ path: song, tags: { title } }]);
    if (items[0].status === 'error') throw items[0].error;
  },
  importCoverArt: (variant) => taglib.importCoverArt(song, path.join(folder, `${variant}.png`)),
  exportFolderMetadata: (variant) =>
    taglib.exportFolderMetadata(folder, catalog, { includeProperties: variant === 0 }),
};

await taglib.initialize([folder]);
for (let round = 0; ; round += 1) {
  await CALLS[name](round % 2);
  if (round === 0) console.log('saving');
}
