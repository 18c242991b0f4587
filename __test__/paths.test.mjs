/** Paths that are not regular files, that lead outside, and files that change while read. */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  appendFile,
  copyFile,
  mkdir,
  readFile,
  stat,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import taglib from '../index.js';
import { FIXTURES, fixture, fixtureNames, scratch } from './support/files.mjs';
import { chaptersReadByOthers, readByOthers } from './support/other-readings.mjs';
import { size } from './support/sizes.mjs';
import { expectedAnswers, taglibWasmAnswers } from './support/taglib-wasm.mjs';

const RACER = fileURLToPath(new URL('support/racer.mjs', import.meta.url));

after(taglib.shutdown);

const posix = process.platform === 'win32' && 'Windows has no such files';

describe('a path that is not a regular file', { skip: posix }, () => {
  test('is refused at once, and blocks no thread', async (t) => {
    const folder = await scratch(t);
    execFileSync('mkfifo', [path.join(folder, 'pipe.mp3')]);
    const server = net.createServer().listen(path.join(folder, 'socket.mp3'));
    t.after(() => server.close());
    await taglib.initialize([folder, '/dev', '/proc']);
    const own = `/proc/${process.pid}`;
    for (const [file, errno] of [
      [path.join(folder, 'pipe.mp3'), 'EINVAL'],
      [path.join(folder, 'socket.mp3'), 'ENXIO'],
      ['/dev/zero', 'EINVAL'],
      ['/dev/tty', 'ENXIO'],
      [folder, 'EISDIR'],
      // Magic links (proc(5)), which lead elsewhere than their text says.
      [`${own}/exe`, 'ELOOP'],
      [`${own}/fd/0`, 'ELOOP'],
      [`${own}/root/etc/hostname`, 'ELOOP'],
    ]) {
      let quickest = Number.POSITIVE_INFINITY;
      for (let count = 0; count < 3; count += 1) {
        const started = performance.now();
        await assert.rejects(taglib.readTags(file), (error) => {
          assert.equal(error.name, 'FileOperationError', file);
          assert.ok(
            [errno, 'EINVAL', 'ENOTCAPABLE'].includes(error.details.errno),
            `${file} ${error}`,
          );
          return true;
        });
        quickest = Math.min(quickest, performance.now() - started);
      }
      assert.ok(quickest < 50, `${file}: ${quickest} ms`);
    }
    await taglib.initialize([FIXTURES]);
    assert.deepEqual((await taglib.readTags(fixture('id3v1.mp3'))).title, ['Old Title']);
  });
});

describe('paths that lead inside and outside by turns', { skip: posix }, () => {
  const traced = ['-f', '-y', '-e', 'trace=open,openat,openat2', '-e', 'status=successful'];
  const strace = spawnSync('strace', [...traced, 'true']).status === 0;

  async function race(t, reads, swaps, ...prefix) {
    const folder = await scratch(t);
    for (const name of ['inside/album', 'outside']) {
      await mkdir(path.join(folder, name), { recursive: true });
    }
    const bytes = await readFile(fixture('vorbis-comment.flac'));
    const titled = (title) => taglib.applyTags(bytes, { title });
    await taglib.initialize([FIXTURES]);
    const canary = await titled('CANARY');
    await writeFile(path.join(folder, 'outside', 'canary.flac'), canary);
    await writeFile(path.join(folder, 'outside', 'song.flac'), canary);
    for (const name of ['real.flac', 'song.flac', 'album/song.flac']) {
      await writeFile(path.join(folder, 'inside', name), await titled('inside'));
    }
    execFileSync('mkfifo', [path.join(folder, 'inside', 'pipe')]);
    await symlink('../outside', path.join(folder, 'inside', 'way-out'));
    const [program, ...args] = [
      ...prefix,
      ...[process.execPath, RACER, folder, String(reads), String(swaps)],
    ];
    const { stdout, stderr } = await promisify(execFile)(program, args, { maxBuffer: 1 << 30 });
    const { outcomes, swapped } = JSON.parse(stdout);
    t.diagnostic(`${swapped} swaps: ${JSON.stringify(outcomes)}`);
    assert.ok(outcomes.inside > 0);
    const expected = [
      'inside',
      'written',
      'ENOENT',
      'ENOTCAPABLE',
      'EINVAL',
      'EBUSY',
      'EMLINK',
      'ENOTDIR',
      'ELOOP',
    ];
    assert.deepEqual(
      Object.keys(outcomes).filter((it) => !expected.includes(it)),
      [],
    );
    for (const name of ['canary.flac', 'song.flac']) {
      assert.deepEqual(await readFile(path.join(folder, 'outside', name)), Buffer.from(canary));
    }
    return { stderr, outside: path.join(folder, 'outside') };
  }

  test('are never read or changed outside', async (t) => {
    await race(t, size(1000, 100_000), size(10_000, 1_000_000));
  });

  test('never make the process open a file outside', {
    skip: !strace && 'strace is not installed',
  }, async (t) => {
    const { stderr, outside } = await race(t, 200, 100, 'strace', ...traced);
    assert.ok(stderr.includes('/inside/'));
    assert.deepEqual(
      stderr.split('\n').filter((line) => line.includes(`<${outside}/`)),
      [],
    );
  });

  test('never do so where the kernel has no openat2', {
    skip: !strace && 'strace is not installed',
  }, async (t) => {
    const refused = ['-e', 'inject=openat2:error=ENOSYS'];
    const { stderr, outside } = await race(t, 200, 100, 'strace', ...traced, ...refused);
    assert.deepEqual(
      stderr.split('\n').filter((line) => line.includes(`<${outside}/`)),
      [],
    );
  });
});

test('a read opens the file for reading alone, and changes neither content nor time', async (t) => {
  const folder = await scratch(t);
  const file = path.join(folder, 'id3v24.mp3');
  await copyFile(fixture('id3v24.mp3'), file);
  const before = await stat(file, { bigint: true });
  const program = `
    const { initialize, readTags } = require(${JSON.stringify(path.resolve(FIXTURES, '../../..'))});
    initialize([${JSON.stringify(folder)}]).then(() => readTags(${JSON.stringify(file)}));
  `;
  const args = ['-f', '-e', 'trace=openat,openat2,open', process.execPath, '-e', program];
  const { status, stderr } = spawnSync('strace', args, { encoding: 'utf8' });
  if (status !== 0) return t.skip('strace is not installed');
  const opened = stderr.split('\n').filter((line) => line.includes('id3v24.mp3'));
  assert.ok(opened.length > 0);
  for (const line of opened) assert.ok(!/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line), line);
  const { mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  assert.deepEqual([mtimeNs, ctimeNs], [before.mtimeNs, before.ctimeNs]);
  assert.deepEqual(await readFile(file), await readFile(fixture('id3v24.mp3')));
});

test('a read of a file that is being changed gives an answer or an error of ours', async (t) => {
  const folder = await scratch(t);
  await taglib.initialize([folder]);
  const file = path.join(folder, 'song.flac');
  const content = await readFile(fixture('vorbis-comment.flac'));
  const changes = [
    () => writeFile(file, content),
    () => truncate(file, Math.floor(Math.random() * content.length)),
    () => appendFile(file, Buffer.alloc(5000, 0xff)),
    () => writeFile(file, Buffer.alloc(content.length, 7)),
    () => unlink(file),
  ];
  await writeFile(file, content);
  for (let count = 0; count < size(300, 20_000); count += 1) {
    const reads = Array.from({ length: 4 }, () => taglib.readTags(file));
    await changes[Math.floor(Math.random() * changes.length)]().catch(() => {});
    for (const { reason } of await Promise.allSettled(reads)) {
      assert.ok(reason === undefined || reason instanceof taglib.TagLibError, reason);
    }
  }
});

describe('a file that is cut off at any length', () => {
  for (const name of fixtureNames()) {
    test(`gives the answers of taglib-wasm, in ${name}`, async (t) => {
      const folder = await scratch(t);
      const content = await readFile(fixture(name));
      // The full test cuts at every byte, and so at every boundary of an atom, page or frame.
      const step = Math.ceil(content.length / size(12, content.length));
      const files = [];
      for (let length = 0; length < content.length; length += step) {
        files.push(path.join(folder, `${length}-${name}`));
        await writeFile(files.at(-1), content.subarray(0, length));
      }
      await taglib.initialize([folder]);
      const answers = await taglibWasmAnswers(files);
      for (const [index, file] of files.entries()) {
        const expected = expectedAnswers(answers[index]);
        if (expected) {
          // taglib-wasm's `compilation` is always false.
          const [ours, theirs] = [await taglib.readTags(file), expected.readTags.value];
          const known = { compilation: undefined };
          // What other programs read, too, may be cut off.
          for (const [key, value] of Object.entries(readByOthers(name))) {
            if (isDeepStrictEqual(ours[key], value)) known[key] = value;
          }
          const { chapters = [] } = chaptersReadByOthers(name);
          const starts = ours.chapters?.map(({ startTimeMs }) => startTimeMs) ?? [];
          if (chapters.some(({ startTimeMs }) => startTimeMs === starts[0])) {
            known.chapters = ours.chapters;
          }
          assert.deepEqual({ ...ours, ...known }, { ...theirs, ...known }, file);
        } else await assert.rejects(taglib.readTags(file), taglib.TagLibError, file);
      }
    });
  }
});
