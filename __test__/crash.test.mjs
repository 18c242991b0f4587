/** Saves while the process is killed, the disk is full, or another process saves too. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { fixtureNames, scratch } from './support/files.mjs';
import { killRepeatedly } from './support/kills.mjs';
import { library } from './support/library.mjs';
import { size } from './support/sizes.mjs';
import { STATES } from './support/states.mjs';

const run = promisify(execFile);
const SAVER = fileURLToPath(new URL('support/saver.mjs', import.meta.url));

after(taglib.shutdown);

const hash = async (file) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('a process that is killed while it saves', () => {
  const names = [
    ...['id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a', 'opus.opus', 'id3.wav', 'tagged.mka'],
  ];
  const kills = size(10, 200);

  for (const name of names) {
    test(`leaves ${name} as it was before or after a save, ${kills} times`, async (t) => {
      const folder = await library(t, [name]);
      const file = path.join(folder, name);
      const whole = await reachable(file);
      const counts = new Map();
      await killRepeatedly(kills, SAVER, ['alternate', folder, name], async () => {
        const state = whole.get(await hash(file));
        assert.ok(state, 'the file is neither the old one nor a new one');
        counts.set(state, (counts.get(state) ?? 0) + 1);
      });
      const left = (await readdir(folder)).length - 1;
      // A process cleans a directory once in a while only, so this one is new.
      await run(process.execPath, [SAVER, 'once', folder, name]);
      assert.deepEqual(await readdir(folder), [name], 'the next save cleans up');
      t.diagnostic(`${name}: ${kills} kills, ${left} copies left behind, ${[...counts]}`);
    });
  }
});

/** Maps the hash of each content that saves of the states can give to the last state's title. */
async function reachable(file) {
  const original = await readFile(file);
  const whole = new Map([[await hash(file), 'untouched']]);
  const contents = [original];
  for (const content of contents) {
    for (const state of STATES) {
      const changed = await taglib.applyTags(content, state);
      const key = createHash('sha256').update(changed).digest('hex');
      if (whole.has(key)) continue;
      whole.set(key, state.title);
      contents.push(Buffer.from(changed));
    }
  }
  return whole;
}

describe('a save on a full disk', () => {
  const names = fixtureNames().filter((name) => !/\.(it|mod|s3m|xm)$/.test(name));
  const mount = 'mount -t tmpfs -o size=2m taglib-wasi "$0" && exec "$@"';
  const onTmpfs = (folder, ...command) => ['-rm', 'sh', '-c', mount, folder, ...command];
  const works = spawnSync('unshare', onTmpfs('/mnt', 'true')).status === 0;

  for (const free of [0, 4096, 16_384, 65_536]) {
    const skip = !works && 'mounting a file system is not permitted';
    test(`with ${free} bytes left is refused with ENOSPC and changes no file, in every format`, {
      skip,
    }, async (t) => {
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

  test(`by two processes, ${writes} each, are all kept`, async (t) => {
    const folder = await library(t, ['id3v24.mp3']);
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

  test('a hundred at once, among reads, all resolve, and the file is that of one of them', async (t) => {
    const folder = await library(t, ['vorbis-comment.flac']);
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

test('a save syncs the copy before it renames it, and the directory afterwards', async (t) => {
  const traced = ['-f', '-y', '-e', 'trace=fsync,fdatasync,rename,renameat,renameat2'];
  if (spawnSync('strace', [...traced, 'true']).status !== 0)
    return t.skip('strace is not installed');
  const folder = await library(t, ['id3v24.mp3']);
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
