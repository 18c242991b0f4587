/** Saving when the process is killed, the disk is full, or another process saves as well. */
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { fixture, fixtureNames, scratch } from './support/files.mjs';
import { size } from './support/sizes.mjs';
import { STATES } from './support/states.mjs';

const run = promisify(execFile);
const SAVER = fileURLToPath(new URL('support/saver.mjs', import.meta.url));

after(taglib.shutdown);

/** A folder with copies of fixtures, preopened, and removed after `t`. */
async function library(t, ...names) {
  const folder = await scratch(t);
  for (const name of names) await copyFile(fixture(name), path.join(folder, name));
  await taglib.initialize([folder]);
  return folder;
}

const hash = async (file) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('a process that is killed while it saves', () => {
  // Without Matroska: its random identifiers make every file another.
  const names = ['id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a', 'opus.opus', 'id3.wav'];
  const kills = size(10, 200);

  for (const name of names) {
    test(`leaves ${name} whole, old or new, ${kills} times`, async (t) => {
      const folder = await library(t, name);
      const file = path.join(folder, name);
      const whole = await reachable(file);
      const counts = new Map();
      for (let kill = 0; kill < kills; kill += 1) {
        const saver = spawn(process.execPath, [SAVER, 'alternate', folder, name]);
        await once(saver.stdout, 'data');
        await sleep(Math.random() * 20);
        saver.kill('SIGKILL');
        await once(saver, 'close');
        const state = whole.get(await hash(file));
        assert.ok(state, 'neither the old file nor the new one');
        counts.set(state, (counts.get(state) ?? 0) + 1);
      }
      const left = (await readdir(folder)).length - 1;
      // A process cleans a directory once in a while only, so this one is new.
      await run(process.execPath, [SAVER, 'once', folder, name]);
      assert.deepEqual(await readdir(folder), [name], 'the next save cleans up');
      t.diagnostic(`${name}: ${kills} kills, ${left} copies left behind, ${[...counts]}`);
    });
  }
});

/** All files that saving one state after the other, from either, can come to. */
async function reachable(file) {
  const original = await readFile(file);
  const whole = new Map([[await hash(file), 'untouched']]);
  const open = [original];
  for (const content of open) {
    for (const state of STATES) {
      const changed = await taglib.applyTags(content, state);
      const key = createHash('sha256').update(changed).digest('hex');
      if (whole.has(key)) continue;
      whole.set(key, state.title);
      open.push(Buffer.from(changed));
    }
  }
  return whole;
}

describe('a full disk', () => {
  const names = fixtureNames().filter((name) => !/\.(it|mod|s3m|xm)$/.test(name));
  const mount = 'mount -t tmpfs -o size=2m taglib-wasi "$0" && exec "$@"';
  const onTmpfs = (folder, ...command) => ['-rm', 'sh', '-c', mount, folder, ...command];
  const works = spawnSync('unshare', onTmpfs('/mnt', 'true')).status === 0;

  for (const free of [0, 4096, 16_384, 65_536]) {
    const skip = !works && 'no file system can be mounted here';
    test(`with ${free} bytes free is ENOSPC, in every format`, { skip }, async (t) => {
      const folder = await scratch(t);
      const saver = [process.execPath, SAVER, 'fill', folder, String(free), ...names];
      const { stdout } = await run('unshare', onTmpfs(folder, ...saver));
      assert.deepEqual(
        JSON.parse(stdout),
        names.map((name) => ({
          name,
          errno: 'ENOSPC',
          same: true,
          files: ['filler', name].sort(),
        })),
      );
    });
  }
});

describe('saves of one file', () => {
  const writes = size(30, 100);

  test(`by two processes lose none of ${writes} each`, async (t) => {
    const folder = await library(t, 'id3v24.mp3');
    const fields = ['title', 'album'];
    await Promise.all(
      fields.map((field) =>
        run(process.execPath, [SAVER, 'count', folder, 'id3v24.mp3', field, String(writes)]),
      ),
    );
    const tags = await taglib.readTags(path.join(folder, 'id3v24.mp3'));
    for (const field of fields) assert.deepEqual(tags[field], [`${field} ${writes}`]);
    assert.deepEqual(await readdir(folder), ['id3v24.mp3']);
  });

  test('a hundred at once, and reads: all settle, and one of them stands', async (t) => {
    const folder = await library(t, 'vorbis-comment.flac');
    const file = path.join(folder, 'vorbis-comment.flac');
    const tags = Array.from({ length: 100 }, (_, index) => ({
      title: `title ${index}`,
      album: `album ${index}`,
      comment: `${index} `.repeat(index * 10),
    }));
    await taglib.writeTags(file, tags[0]);
    const outcomes = await Promise.allSettled(
      tags.flatMap((each) => [taglib.writeTags(file, each), taglib.readTags(file)]),
    );
    const failed = outcomes.filter(({ status }) => status === 'rejected');
    assert.deepEqual(failed, []);
    for (const { value } of outcomes.filter((_, index) => index % 2 === 1)) {
      assert.equal(value.title[0].slice('title'.length), value.album[0].slice('album'.length));
    }
    const { title, album, comment } = await taglib.readTags(file);
    const index = Number(title[0].split(' ')[1]);
    assert.deepEqual([title[0], album[0]], [tags[index].title, tags[index].album]);
    assert.equal(comment?.[0] ?? '', tags[index].comment);
    assert.deepEqual(await readdir(folder), ['vorbis-comment.flac']);
  });
});

test('data is on the disk before the rename, and the directory after it', async (t) => {
  const traced = ['-f', '-y', '-e', 'trace=fsync,fdatasync,rename,renameat,renameat2'];
  if (spawnSync('strace', [...traced, 'true']).status !== 0) return t.skip('no strace here');
  const folder = await library(t, 'id3v24.mp3');
  const { stderr } = await run('strace', [
    ...traced,
    ...[process.execPath, SAVER, 'once', folder, 'id3v24.mp3'],
  ]);
  const copy = String.raw`\.taglib-wasi-[0-9a-f]{32}\.tmp`;
  // A copy that was created without a name is shown by its inode number.
  const steps = [
    new RegExp(`fsync\\(\\d+<${folder}/(${copy}|#\\d+)>.*\\) += 0`),
    new RegExp(`rename(at2?)?\\(.*"${copy}".*"id3v24\\.mp3".*\\) += 0`),
    new RegExp(`fsync\\(\\d+<${folder}>\\) += 0`),
  ];
  const lines = stderr.split('\n').filter((line) => line.includes(folder));
  assert.equal(lines.length, steps.length, stderr);
  for (const [index, step] of steps.entries()) assert.match(lines[index], step);
});
