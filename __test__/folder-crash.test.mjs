/** The folder API and the picture-file helpers while the process is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import taglib from '../index.js';
import { library } from './support/library.mjs';
import { size } from './support/sizes.mjs';
import { STATES } from './support/states.mjs';

const KILLED = fileURLToPath(new URL('support/folder-killed.mjs', import.meta.url));
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const IMAGES = [1, 2].map((byte) => Buffer.concat([PNG, Buffer.alloc(50_000 * byte, byte)]));

after(taglib.shutdown);

const hashOf = (content) => createHash('sha256').update(content).digest('hex');

/** The hashes of what the changes in any order can make of a file. */
async function reachable(original, changes) {
  const hashes = new Set([hashOf(original)]);
  const contents = [original];
  for (const content of contents) {
    for (const change of changes) {
      const changed = await change(content);
      if (hashes.has(hashOf(changed))) continue;
      hashes.add(hashOf(changed));
      contents.push(changed);
    }
  }
  return hashes;
}

describe('a process that is killed during', () => {
  const kills = size(3, 100);

  /** Kills the process again and again, and checks the folder each time. */
  async function killed(folder, name, check) {
    for (let kill = 0; kill < kills; kill += 1) {
      const child = spawn(process.execPath, [KILLED, name, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await sleep(Math.random() * 20);
      child.kill('SIGKILL');
      await once(child, 'close');
      await check();
    }
  }

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
      const whole = await reachable(await readFile(song), changes);
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
