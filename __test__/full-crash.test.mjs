/** The saves of the Full API while the process is killed, or the disk is full. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { scratch } from './support/files.mjs';
import { hashOf, killRepeatedly, reachableHashes } from './support/kills.mjs';
import { library } from './support/library.mjs';
import { size } from './support/sizes.mjs';
import { STATES } from './support/states.mjs';

const SAVER = fileURLToPath(new URL('support/full-saver.mjs', import.meta.url));

after(taglib.shutdown);

const TITLES = STATES.map(
  ({ title }) =>
    (content) =>
      taglib.applyTags(content, { title }),
);

describe('a process that is killed during', () => {
  const kills = size(3, 100);
  const calls = {
    save: true,
    saveToFile: true,
    'saveToFile(other)': false,
    copyWithTags: false,
    'saveToFile(other) of bytes': false,
  };

  for (const [name, changesSong] of Object.entries(calls)) {
    test(`${name} leaves each file old or new, ${kills} times`, async (t) => {
      const folder = await library(t, { 'song.mp3': 'id3v24.mp3' });
      const song = path.join(folder, 'song.mp3');
      const copy = path.join(folder, 'copy.mp3');
      const original = await readFile(song);
      const whole = await reachableHashes(original, TITLES);
      await killRepeatedly(kills, SAVER, ['alternate', folder, name], async () => {
        const hash = hashOf(await readFile(song));
        assert.ok(changesSong ? whole.has(hash) : hash === hashOf(original), 'the file is damaged');
        assert.equal(existsSync(copy), !changesSong);
        if (!changesSong) assert.ok(whole.has(hashOf(await readFile(copy))), 'the copy is damaged');
      });
    });
  }
});

test('a full disk refuses each save with ENOSPC, and changes no file', async (t) => {
  const mount = 'mount -t tmpfs -o size=2m taglib-wasi "$0" && exec "$@"';
  const onTmpfs = (folder, ...command) => ['-rm', 'sh', '-c', mount, folder, ...command];
  if (spawnSync('unshare', onTmpfs('/mnt', 'true')).status !== 0) {
    return t.skip('mounting a file system is not permitted');
  }
  const folder = await scratch(t);
  const { stdout } = await promisify(execFile)(
    'unshare',
    onTmpfs(folder, process.execPath, SAVER, 'fill', folder),
  );
  const outcomes = JSON.parse(stdout);
  assert.equal(outcomes.length, 5);
  for (const { name, errno, isSame, files } of outcomes) {
    assert.deepEqual([errno, isSame, files], ['ENOSPC', true, ['filler', 'song.mp3']], name);
  }
});
