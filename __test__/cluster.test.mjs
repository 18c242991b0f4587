/** The cluster example, with a real Redis, while workers and Redis are killed. */
import assert from 'node:assert/strict';
import { copyFile, link, mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import taglib from '../index.js';
import { BOMBS } from './support/bombs.mjs';
import {
  commits,
  emptyFolders,
  freePort,
  installExample,
  Program,
  Redis,
  readRows,
  removeExample,
  whyNoCluster,
} from './support/cluster.mjs';
import { fixture, fixtureNames } from './support/files.mjs';
import { waveOfManyChunks } from './support/hostile.mjs';
import { run } from './support/installed.mjs';
import { size } from './support/sizes.mjs';

const FILES_IN_FOLDER = 100;

const skip = whyNoCluster();

// Tests wait for locks and deadlines, so they run together.
describe('the cluster example', { skip, concurrency: 3 }, () => {
  let folder;
  let example;

  before(async () => {
    folder = await installExample();
    example = path.join(folder, 'cluster');
    await taglib.initialize([folder]);
  });
  after(async () => {
    await taglib.shutdown();
    await removeExample(folder);
  });

  const files = size(2000, 20_000);
  const name = `gives each of ${files} files one row, although two of three workers and Redis are killed`;
  test(name, { timeout: 600_000 }, async (t) => {
    const [music, output] = await emptyFolders(folder);
    const paths = await makeLibrary(music, files);
    const redis = await Redis.start(path.join(folder, 'redis'), t);
    const partition = ['--partition', `${size(100, 500)}`];
    const options = ['--workers', '3', '--redis', redis.url, ...partition];
    const scan = new Program(example, ['scan', music, output, ...options]);

    const plan = await scan.planIn(output);
    const early = await commits(output, 1);
    const [first, second] = await scan.workers(3);
    await sleep(Math.random() * 200);
    process.kill(first, 'SIGKILL');
    await sleep(Math.random() * 500);
    process.kill(second, 'SIGKILL');
    await redis.restart();
    const late = await commits(output, Math.ceil(plan.partitions.length / 2));
    assert.equal(await scan.end(), 0, scan.text);
    t.diagnostic(`${plan.partitions.length} partitions, ${early.size} and ${late.size} kept`);

    const rows = await readRows(output);
    assert.deepEqual(rows.map((row) => row.path).sort(), paths.sort());
    const failed = new Map(rows.filter(({ code }) => code).map((row) => [row.path, row]));
    assert.equal(failed.get('junk.mp3').code, 'INVALID_FORMAT');
    assert.equal(failed.get('nested.mp3').code, 'RESOURCE_LIMIT');
    assert.equal(failed.get('not-unicode-�.mp3').errno, 'ENOENT');
    assert.equal(failed.size, 3);
    const last = await commits(output, plan.partitions.length);
    for (const [file, inode] of [...early, ...late]) assert.equal(last.get(file), inode, file);
    assert.match(scan.text, new RegExp(`\nFinished: ${paths.length} files, 3 of them failed\n$`));
  });

  test('continues when Redis loses its data', { timeout: 120_000 }, async (t) => {
    const [music, output] = await emptyFolders(folder);
    const paths = await makeLibrary(music, 2000);
    const data = path.join(folder, 'lost');
    const redis = await Redis.start(data, t);
    const options = ['--workers', '1', '--partition', '50', '--redis', redis.url];
    const scan = new Program(example, ['scan', music, output, ...options]);
    await scan.planIn(output);
    const early = await commits(output, 1);
    await redis.restart(() => rm(data, { recursive: true }).then(() => mkdir(data)));
    assert.equal(await scan.end(), 0, scan.errors);
    const rows = await readRows(output);
    assert.deepEqual(rows.map((row) => row.path).sort(), paths.sort());
    const last = await commits(output, 1);
    for (const [file, inode] of early) assert.equal(last.get(file), inode, file);
  });

  test('reads only the partitions of new files in a second scan, with a Redis of its own', async () => {
    const [music, output] = await emptyFolders(folder);
    await makeLibrary(music, 1500);
    const args = ['scan', music, output, '--workers', '2', '--partition', '200'];
    assert.equal(await new Program(example, args).end(), 0);
    const before = await commits(output, 1);

    const unchanged = new Program(example, args);
    assert.equal(await unchanged.end(), 0);
    assert.equal(unchanged.text, 'Finished: 1503 files, 3 of them failed\n');

    await utimes(path.join(music, 'junk.mp3'), 1, 1);
    const changed = new Program(example, args);
    assert.equal(await changed.end(), 0, changed.text);
    const now = await commits(output, 1);
    assert.equal(
      [...before].filter(([file, inode]) => now.get(file) === inode).length,
      now.size - 1,
    );
    const rows = await readRows(output);
    assert.equal(rows.length, 1503);
    assert.equal(rows.find((row) => row.path === 'junk.mp3').mtimeMs, 1000);

    const status = new Program(example, ['status', output]);
    await status.end();
    const text = 'Finished: 1503 files, 3 of them failed\nNo Redis is running.\n';
    assert.equal(status.text, text);
  });

  test('writes what readMetadata and readAudioHash read', async () => {
    const [music, output] = await emptyFolders(folder);
    for (const song of ['id3v24.mp3', 'vorbis-comment.flac']) {
      await copyFile(fixture(song), path.join(music, song));
    }
    const scan = new Program(example, ['scan', music, output, '--audio-hash', '--workers', '1']);
    assert.equal(await scan.end(), 0, scan.text);
    for (const row of await readRows(output)) {
      const file = path.join(music, row.path);
      const { tags, properties, hasCoverArt } = await taglib.readMetadata(file);
      assert.deepEqual(row.title, tags.title);
      assert.deepEqual(row.artist, tags.artist);
      assert.deepEqual(row.date, [tags.date].flat());
      assert.equal(row.track, tags.track);
      assert.equal(row.durationMs, properties.durationMs);
      assert.equal(row.codec, properties.codec);
      assert.equal(row.hasCoverArt, hasCoverArt);
      assert.equal(row.audioHash, await taglib.readAudioHash(file));
      assert.deepEqual([row.status, row.attempts, row.code], ['read', 1, null]);
      assert.equal(Number(row.size), (await stat(file)).size);
    }
  });

  test('reads without a queue what map.mjs gets from its input', async () => {
    const [music, output] = await emptyFolders(folder);
    const paths = await makeLibrary(music, 300);
    const plan = new Program(example, ['plan', music, output, '--partition', '100']);
    assert.equal(await plan.end(), 0, plan.errors);
    assert.ok(plan.text.split('\n').length > 3, plan.text);
    const map = new Program(example, [output], 'map.mjs');
    map.input.end(plan.text);
    assert.equal(await map.end(), 0, map.errors);
    assert.equal(map.text, plan.text.replaceAll('\n', ' done\n'));
    const scan = new Program(example, ['scan', music, output, '--partition', '100']);
    assert.equal(await scan.end(), 0, scan.errors);
    assert.equal(scan.text, `Finished: ${paths.length} files, 3 of them failed\n`);
  });

  test('finds failures, duplicates, missing covers and gaps in loudness with DuckDB', async () => {
    const [music, output] = await emptyFolders(folder);
    for (const song of ['one.mp3', 'two.mp3']) {
      await copyFile(fixture('id3v24.mp3'), path.join(music, song));
    }
    await copyFile(fixture('vorbis-comment.flac'), path.join(music, 'three.flac'));
    await writeFile(path.join(music, 'junk.mp3'), 'junk');
    await taglib.writeTags(path.join(music, 'two.mp3'), { replayGainTrackGain: '-7.5 dB' });
    await taglib.applyPicturesToFile(path.join(music, 'three.flac'), []);
    const scan = new Program(example, ['scan', music, output, '--audio-hash']);
    assert.equal(await scan.end(), 0, scan.errors);

    const answers = {
      failures: [
        { code: 'INVALID_FORMAT', errno: null, limit: null, files: 1, example: 'junk.mp3' },
      ],
      duplicates: [{ files: 2, paths: ['one.mp3', 'two.mp3'] }],
      covers: [{ artist: 'First Artist', album: 'The Fixtures', files: 1, without: 1 }],
      loudness: [
        { artist: 'Album Artist', album: 'The Fixtures', files: 2, without: 1, decibels: 0 },
      ],
    };
    for (const [name, rows] of Object.entries(answers)) {
      const query = new Program(example, [output, name], 'query.mjs');
      assert.equal(await query.end(), 0, query.errors);
      assert.deepEqual(
        query.text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
        rows,
      );
    }
  });

  test('reads a file that exceeds the deadline three times, and other files once', async () => {
    const [music] = await emptyFolders(folder);
    await writeFile(path.join(music, 'slow.wav'), waveOfManyChunks(1_000_000));
    await writeFile(path.join(music, 'junk.mp3'), 'junk');
    const program = `
      import { initialize } from 'taglib-wasi';
      import { openLibrary, readEntries } from './cluster/read.mjs';
      const root = ${JSON.stringify(music)};
      const read = await openLibrary({ kind: 'folder', root });
      await initialize({ '/library': root }, { deadlineMs: 100 });
      const entries = ['slow.wav', 'junk.mp3', 'none.mp3'].map((path) => ({ path }));
      entries.push({ path: 'secret', failure: 'EACCES' });
      const options = { audioHash: false };
      for (const { attempts, error } of await readEntries(entries, (some) => read(some, options))) {
        console.log(attempts, error.code, error.limit ?? error.details?.errno);
      }`;
    const { stdout } = await run(process.execPath, folder, program);
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      '3 RESOURCE_LIMIT deadline',
      '1 INVALID_FORMAT undefined',
      '1 FILE_OPERATION ENOENT',
      '1 FILE_OPERATION EACCES',
    ]);
  });

  describe('reads a file again, after 1 and 5 seconds,', { concurrency: 12 }, () => {
    const failure = (errno, details) => () =>
      new taglib.FileOperationError('read', errno, 'song.mp3', { errno, ...details });
    const limit = (name) => () => new taglib.ResourceLimitError(name, 'song.mp3: too much');

    /** Reads an entry with a library that fails so many times. */
    async function outcomeOf(error, failures) {
      const { readEntries } = await import(pathToFileURL(path.join(example, 'read.mjs')).href);
      let reads = 0;
      const read = async (entries) =>
        entries.map(() => {
          reads += 1;
          return reads <= failures ? { error: error() } : { metadata: { tags: {} } };
        });
      const [outcome] = await readEntries([{ path: 'song.mp3' }], read);
      assert.equal(outcome.attempts, reads);
      return outcome;
    }

    for (const [name, error] of [
      ['EIO', failure('EIO')],
      ['ESTALE', failure('ESTALE')],
      ['a deadline', limit('deadline')],
      ['the status 503', failure('EIO', { status: 503 })],
      ['the status 429', failure('EIO', { status: 429 })],
    ]) {
      for (const failures of [1, 2]) {
        test(`if it fails with ${name}, ${failures} of 2 times, and is a good row then`, async () => {
          const { attempts, error: last, metadata } = await outcomeOf(error, failures);
          assert.deepEqual([attempts, last, metadata.tags], [failures + 1, undefined, {}]);
        });
      }
      test(`if it fails with ${name}, which is its row after the third time`, async () => {
        const { attempts, error: last } = await outcomeOf(error, Number.POSITIVE_INFINITY);
        const { code, details, limit: exceeded } = error();
        assert.equal(attempts, 3);
        assert.deepEqual([last.code, last.details, last.limit], [code, details, exceeded]);
      });
    }

    for (const [name, error] of [
      ['ENOENT', failure('ENOENT')],
      ['EACCES', failure('EACCES')],
      ['the status 404', failure('EIO', { status: 404 })],
      ['the status 403', failure('EIO', { status: 403 })],
      ['an object that has changed', failure('ESTALE', { isFinal: true })],
      ['a memory limit', limit('memory')],
      ['junk', () => new taglib.InvalidFormatError('junk')],
    ]) {
      test(`but not if it fails with ${name}`, async () => {
        assert.equal((await outcomeOf(error, 1)).attempts, 1);
      });
    }
  });

  test('adds the jobs that a queue lacks, each once', async (t) => {
    const redis = await Redis.start(path.join(folder, 'queue'), t);
    const program = `
      import { fillQueue, openQueue } from './cluster/queue.mjs';
      import { connect } from './cluster/redis.mjs';
      const connection = connect(${JSON.stringify(redis.url)});
      const plan = { id: 'f'.repeat(64) };
      const ids = Array.from({ length: 1300 }, (_, index) => String(index).padStart(64, '0'));
      await fillQueue(plan, ids.slice(100, 700), connection);
      await fillQueue(plan, ids, connection);
      const jobs = await openQueue(plan, connection).getWaiting();
      console.log(jobs.length, new Set(jobs.map(({ id }) => id)).size);
      connection.disconnect();`;
    const { stdout } = await run(process.execPath, folder, program);
    // One job finishes the plan.
    assert.equal(stdout, '1301 1301\n');
  });

  test('continues after the scan itself was killed while it filled the queue', {
    timeout: 120_000,
  }, async (t) => {
    const [music, output] = await emptyFolders(folder);
    const paths = await makeLibrary(music, 2000);
    const redis = await Redis.start(path.join(folder, 'parts'), t);
    // Four parts of 500 jobs, or a little fewer.
    const args = [
      'scan',
      music,
      output,
      '--workers',
      '1',
      '--partition',
      '1',
      '--redis',
      redis.url,
    ];
    const killed = new Program(example, args);
    await killed.planIn(output);
    const early = await commits(output, 1);
    killed.kill();
    const again = new Program(example, args);
    assert.equal(await again.end(), 0, again.errors);
    const rows = await readRows(output);
    assert.deepEqual(rows.map((row) => row.path).sort(), paths.sort());
    const last = await commits(output, 1);
    for (const [file, inode] of early) assert.equal(last.get(file), inode, file);
  });

  test('says which folder or Redis is missing, and which option is wrong', async () => {
    const [music, output] = await emptyFolders(folder);
    const missing = new Program(example, ['scan', '/no/folder', output]);
    assert.equal(await missing.end(), 1);
    assert.match(missing.errors, /^ENOENT: .*'\/no\/folder'\n$/);
    await writeFile(path.join(music, 'junk.mp3'), 'junk');
    const url = `redis://:secret@127.0.0.1:${await freePort()}`;
    const nobody = new Program(example, ['scan', music, output, '--redis', url]);
    assert.equal(await nobody.end(), 1);
    const shown = url.replace(':secret@', '');
    assert.equal(nobody.errors, `No Redis answers at ${shown}, or it needs a password\n`);
    const wrong = new Program(example, ['scan', folder, output, '--workers', '0']);
    assert.equal(await wrong.end(), 1);
    assert.equal(wrong.errors, '--workers must be a whole number from 1 on, and is 0\n');
  });
});

/** Fills a library with links to fixtures and with files that can't be read; returns all paths. */
async function makeLibrary(music, files) {
  const paths = ['junk.mp3', 'nested.mp3', 'not-unicode-�.mp3'];
  BOMBS.find(({ name }) => name === '5,000 nested chapters').make(path.join(music, 'nested.mp3'));
  await writeFile(path.join(music, 'junk.mp3'), 'junk');
  // Node can list this name, but can't open it. It stands for a file that can't be read: the tests
  // run as root, who may read every file.
  await writeFile(Buffer.from(path.join(music, 'not-unicode-\xff.mp3'), 'latin1'), '');
  const sources = fixtureNames();
  for (const name of sources) await copyFile(fixture(name), path.join(music, `.${name}`));
  for (let index = 0; index < files; index += 1) {
    const name = sources[index % sources.length];
    const album = `album ${Math.floor(index / FILES_IN_FOLDER)}`;
    if (index % FILES_IN_FOLDER === 0) await mkdir(path.join(music, album));
    await link(path.join(music, `.${name}`), path.join(music, album, `${index} ${name}`));
    paths.push(`${album}/${index} ${name}`);
  }
  for (const name of sources) await rm(path.join(music, `.${name}`));
  return paths;
}
