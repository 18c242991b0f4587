/** The folder API and the picture-file helpers while the process is killed. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import taglib from '../index.js';
import { hashOf, killRepeatedly, reachableHashes } from './support/kills.mjs';
import { library } from './support/library.mjs';
import { size } from './support/sizes.mjs';
import { STATES } from './support/states.mjs';

const KILLED = fileURLToPath(new URL('support/folder-killed.mjs', import.meta.url));
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const IMAGES = [1, 2].map((byte) => Buffer.concat([PNG, Buffer.alloc(50_000 * byte, byte)]));

after(taglib.shutdown);

describe('a process that is killed during', () => {
  const kills = size(3, 100);

  const killed = (folder, name, check) => killRepeatedly(kills, KILLED, [name, folder], check);

  async function album(t) {
    const folder = await library(t, { 'song.mp3': 'id3v24.mp3' });
    for (const [index, image] of IMAGES.entries()) {
      await writeFile(path.join(folder, `${index}.png`), image);
    }
    return folder;
  }

  for (const [name, changes] of Object.entries({
    updateFolderTags: STATES.map(
      ({ title }) =>
        (content) =>
          taglib.applyTags(content, { title }),
    ),
    importCoverArt: IMAGES.map(
      (image) => (content) => taglib.applyCoverArt(content, image, 'image/png'),
    ),
  })) {
    test(`${name} leaves the file old or new, ${kills} times`, async (t) => {
      const folder = await album(t);
      const song = path.join(folder, 'song.mp3');
      const whole = await reachableHashes(await readFile(song), changes);
      await killed(folder, name, async () => {
        assert.ok(whole.has(hashOf(await readFile(song))), 'the file is damaged');
      });
    });
  }

  test(`exportFolderMetadata leaves the export old or new, ${kills} times`, async (t) => {
    const folder = await album(t);
    await killed(folder, 'exportFolderMetadata', async () => {
      const catalog = JSON.parse(await readFile(path.join(folder, 'catalog.json'), 'utf8'));
      assert.equal(catalog.summary.totalFiles, 1);
      assert.equal(catalog.files.length, 1);
    });
  });
});
