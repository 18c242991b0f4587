/** Many saves at once in one directory, from several processes, some of which are killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import taglib from '../index.js';
import { fixture, scratch } from './support/files.mjs';
import { size } from './support/sizes.mjs';

const ALBUM_SAVER = fileURLToPath(new URL('support/album-saver.mjs', import.meta.url));
const SAVER = fileURLToPath(new URL('support/saver.mjs', import.meta.url));

/** One for each process. */
const FIELDS = ['title', 'artist', 'album', 'comment'];

const TRACKS = Array.from(
  { length: 12 },
  (_, index) => `${String(index + 1).padStart(2, '0')}.mp3`,
);

after(taglib.shutdown);

async function album(t) {
  const folder = await scratch(t);
  for (const name of TRACKS) await copyFile(fixture('id3v24.mp3'), path.join(folder, name));
  return folder;
}

/**
 * Saves every track up to `last` times in one field. While `kills.left` lasts,
 * the process is killed at a random moment, and another goes on.
 */
async function saveAlbum(folder, field, last, kills) {
  const saved = new Map(TRACKS.map((name) => [name, 0]));
  const outcome = { saves: 0, killed: 0, problems: [] };
  for (let done = false; !done; ) {
    const numbers = [...saved.values()].map(String);
    const saver = spawn(process.execPath, [ALBUM_SAVER, folder, field, String(last), ...numbers], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(saver, 'close');
    const lines = createInterface(saver.stdout);
    lines.on('line', (line) => {
      const { name, number, ...problem } = JSON.parse(line);
      if (name) saved.set(name, number);
      else outcome.problems.push(problem);
      if (name) outcome.saves += 1;
    });
    const read = once(lines, 'close');
    if (kills.left > 0) {
      kills.left -= 1;
      const saving = once(lines, 'line').then(() => sleep(Math.random() * 300));
      await Promise.race([closed, saving]);
      if (saver.kill('SIGKILL')) outcome.killed += 1;
    }
    const [code, signal] = await closed;
    await read;
    if (code) outcome.problems.push({ exit: code });
    done = signal === null;
  }
  return outcome;
}

test('an album tagged track by track, all at once, has no rejected save', async (t) => {
  const folder = await album(t);
  await taglib.initialize([folder]);
  for (let round = 0; round < size(10, 1000); round += 1) {
    const saves = TRACKS.map((name) =>
      taglib.writeTags(path.join(folder, name), { album: `album ${round}` }),
    );
    const rejected = (await Promise.allSettled(saves)).filter(({ reason }) => reason);
    assert.deepEqual(rejected, []);
  }
  assert.deepEqual((await readdir(folder)).sort(), TRACKS);
});

const saves = size(768, 100_000);
const kills = size(8, 400);

test(`${saves} saves, 12 at once in each of 4 processes, ${kills} kills: none is rejected or lost`, async (t) => {
  const folder = await album(t);
  const last = Math.ceil(saves / FIELDS.length / TRACKS.length);
  const left = { left: kills };
  const outcomes = await Promise.all(FIELDS.map((field) => saveAlbum(folder, field, last, left)));
  assert.deepEqual(
    outcomes.flatMap(({ problems }) => problems),
    [],
  );
  const total = (key) => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  const abandoned = (await readdir(folder)).length - TRACKS.length;
  t.diagnostic(
    `${total('saves')} saves, ${total('killed')} kills, ${abandoned} copies left behind`,
  );

  await taglib.initialize([folder]);
  for (const name of TRACKS) {
    const tags = await taglib.readTags(path.join(folder, name));
    for (const field of FIELDS)
      assert.deepEqual(tags[field], [`save ${last}`], `${name}: ${field}`);
  }
  // A process cleans a directory once in a while only, so this one has to be new.
  const saver = spawn(process.execPath, [SAVER, 'once', folder, TRACKS[0]], { stdio: 'inherit' });
  assert.deepEqual(await once(saver, 'close'), [0, null]);
  assert.deepEqual((await readdir(folder)).sort(), TRACKS, 'the next save cleans up');
});
