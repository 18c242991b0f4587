/** Scanning a directory. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import taglib from '../index.js';
import { FIXTURES, fixture, fixtureNames } from './support/files.mjs';
import { library } from './support/library.mjs';

const { applyPicturesToFile, initialize, readMetadata, readTags, scan } = taglib;

after(taglib.shutdown);

const notLinux = process.platform !== 'linux' && 'descriptors are counted on Linux';

async function records(folder, options) {
  return collect(scan(folder, options));
}

async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

const byPath = (one, other) => (one.path < other.path ? -1 : 1);
const paths = (found, folder) => found.map((record) => path.relative(folder, record.path)).sort();

/** A library in which each file is a copy of the same fixture. */
function songs(t, names) {
  return library(t, Object.fromEntries(names.map((name) => [name, 'id3v24.mp3'])));
}

test('a scan gives the answers of readTags, with size and time of each file', async () => {
  await initialize({ '/music': FIXTURES });
  const found = (await records('/music')).sort(byPath);
  assert.deepEqual(
    found.map((record) => record.path),
    fixtureNames().map((name) => `/music/${name}`),
  );
  for (const record of found) {
    const { size, mtimeMs } = await stat(fixture(path.basename(record.path)));
    const tags = await readTags(record.path);
    assert.deepStrictEqual(record, { path: record.path, size, mtimeMs, status: 'read', tags });
  }
});

test('a scan gives properties and leaves out pictures if the options say so', async () => {
  await initialize([FIXTURES]);
  for (const record of await records(FIXTURES, { properties: true, pictures: false })) {
    const { tags, properties } = await readMetadata(record.path, { pictures: false });
    assert.deepStrictEqual({ ...record.tags }, { ...tags });
    assert.deepStrictEqual(record.properties, properties);
  }
});

test('paths begin with the directory as the caller wrote it', async (t) => {
  const folder = await songs(t, ['a/1.mp3']);
  const relative = path.relative(process.cwd(), folder);
  for (const top of [folder, `${folder}/`, relative]) {
    const [{ path: found }] = await records(top);
    assert.equal(found, `${top.replace(/\/$/, '')}/a/1.mp3`);
  }
});

test('files are found by their extensions, in upper or lower case, but not if hidden', async (t) => {
  const folder = await songs(t, ['1.mp3', '2.MP3', '3.txt', '4.mp3.part', '.mp3', '5', 'x.m4b']);
  assert.deepEqual(paths(await records(folder), folder), ['1.mp3', '2.MP3', 'x.m4b']);
  const texts = await records(folder, { extensions: ['.TXT'] });
  assert.deepEqual(paths(texts, folder), ['3.txt']);
  assert.deepEqual(texts[0].tags.title, ['Grüße, 世界 🎵']);
});

test('the extensions include those of audiobooks, DSD and tracker modules', () => {
  for (const name of ['mp3', 'flac', 'm4b', 'aiff', 'dsf', 'dff', 'opus', 'mka', 'wma', 'xm']) {
    assert.ok(taglib.SCAN_EXTENSIONS.includes(name), name);
  }
});

test('only a few directories are open at once', { skip: notLinux }, async (t) => {
  const names = Array.from({ length: 600 }, (_, index) => `${index % 20}/${index}/1.mp3`);
  const folder = await songs(t, names);
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  let most = 0;
  const onProgress = () => {
    most = Math.max(most, open());
  };
  await records(folder, { onProgress, follow: true });
  assert.ok(most - before < 20, `${most - before} more`);
  for (let count = 0; count < 50; count += 1) {
    for await (const record of scan(folder)) {
      assert.equal(record.status, 'read');
      break;
    }
  }
  assert.ok(open() - before < 20, `${open() - before} more`);
});

test('a directory is closed when an abort meets its opening or listing', {
  skip: notLinux,
}, async (t) => {
  const folder = await songs(
    t,
    Array.from({ length: 300 }, (_, index) => `${index}/1.mp3`),
  );
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  for (let count = 0; count < 200; count += 1) {
    const controller = new AbortController();
    const scanning = records(folder, { signal: controller.signal });
    for (let turns = count % 10; turns > 0; turns -= 1) await new Promise(setImmediate);
    controller.abort();
    await assert.rejects(scanning, { name: 'AbortError' });
  }
  // The thread that has one open gives it back to this one first.
  await sleep(100);
  assert.ok(open() - before < 5, `${open() - before} more`);
});

test('a file that can’t be read becomes a failed record, and the scan goes on', async (t) => {
  const folder = await songs(t, ['a.mp3', 'c.mp3']);
  await writeFile(path.join(folder, 'b.mp3'), 'junk');
  const failed = (await records(folder)).filter(({ status }) => status === 'failed');
  assert.deepEqual(paths(failed, folder), ['b.mp3']);
  assert.equal(failed[0].error.code, 'INVALID_FORMAT');
  assert.equal(failed[0].size, 4);
});

test('a file whose name is not valid Unicode becomes a failed record', async (t) => {
  const folder = await songs(t, ['a.mp3']);
  const name = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff]), Buffer.from('.mp3')]);
  await writeFile(name, 'x');
  const failed = (await records(folder)).filter(({ status }) => status === 'failed');
  assert.equal(failed[0].error.details.errno, 'EILSEQ');
});

test('a folder that is removed during a scan becomes a failed record, and the scan goes on', async (t) => {
  const folder = await songs(t, ['0.mp3', 'a/1.mp3', 'b/2.mp3']);
  const remove = async () => {
    await rm(path.join(folder, 'b'), { recursive: true, force: true });
    return false;
  };
  const found = (await records(folder, { since: remove, concurrency: 1 })).sort(byPath);
  assert.deepEqual(paths(found, folder), ['0.mp3', 'a/1.mp3', 'b']);
  assert.equal(found[2].error.details.errno, 'ENOENT');
  assert.equal(found[2].size, undefined);
});

const root = process.getuid?.() === 0 && 'root can list every folder';

test('a folder that can’t be listed becomes a failed record, and the scan goes on', {
  skip: root,
}, async (t) => {
  const folder = await songs(t, ['a/1.mp3', 'locked/2.mp3', 'z/3.mp3']);
  await chmod(path.join(folder, 'locked'), 0);
  t.after(() => chmod(path.join(folder, 'locked'), 0o700));
  const found = await records(folder);
  const failed = found.find(({ status }) => status === 'failed');
  assert.equal(found.length, 3);
  assert.equal(failed.path, path.join(folder, 'locked'));
  assert.equal(failed.error.details.errno, 'EACCES');
  assert.equal(failed.size, undefined);
});

describe('a scan that can’t start', () => {
  for (const [name, directory, errno] of [
    ['a directory that does not exist', '/music/none', 'ENOENT'],
    ['a file', '/music/id3v24.mp3', 'ENOTDIR'],
    ['a directory outside', '/etc', 'ENOTCAPABLE'],
    ['a number', 5, 'EINVAL'],
  ]) {
    test(`because it is given ${name} rejects with ${errno}, and shows the line of the caller`, async () => {
      await initialize({ '/music': FIXTURES });
      async function callerOfTheScan() {
        return collect(scan(directory));
      }
      await assert.rejects(callerOfTheScan, ({ stack, details }) => {
        assert.equal(details.errno, errno);
        assert.match(stack, /callerOfTheScan/);
        return true;
      });
    });
  }

  test('because of its options throws at once', () => {
    for (const options of [
      { extension: ['mp3'] },
      { extensions: 'mp3' },
      { extensions: [5] },
      { since: {} },
      { onProgress: 5 },
      { concurrency: 0 },
      { follow: 'yes' },
    ]) {
      assert.throws(() => scan('/music', options), /must be|no option/, JSON.stringify(options));
    }
  });

  test('because initialize was not called throws at once', async () => {
    await taglib.shutdown();
    assert.throws(() => scan('/music'), taglib.TagLibInitializationError);
  });
});

describe('in a scan, symbolic links', () => {
  async function linked(t) {
    const folder = await songs(t, ['a/b/1.mp3', 'c/2.mp3']);
    await symlink('1.mp3', path.join(folder, 'a/b/link.mp3'));
    await symlink('../../c', path.join(folder, 'a/b/c'));
    await symlink('..', path.join(folder, 'a/b/up'));
    await symlink('.', path.join(folder, 'c/self'));
    await symlink(path.join(folder, 'a'), path.join(folder, 'absolute'));
    await symlink(FIXTURES, path.join(folder, 'outside'));
    await symlink('../none.mp3', path.join(folder, 'c/broken.mp3'));
    return folder;
  }

  test('are not followed, and counted in passedOver', async (t) => {
    const folder = await linked(t);
    let passedOver;
    const onProgress = (progress) => {
      ({ passedOver } = progress);
    };
    const found = await records(folder, { onProgress });
    assert.deepEqual(paths(found, folder), ['a/b/1.mp3', 'c/2.mp3']);
    assert.equal(passedOver, 7);
  });

  test('are followed inside the preopened directory with follow, and no directory is read in a circle', async (t) => {
    const folder = await linked(t);
    const found = await records(folder, { follow: true });
    const of = (status) => found.filter((record) => record.status === status);
    assert.deepEqual(paths(of('read'), folder), ['a/b/1.mp3', 'a/b/link.mp3', 'c/2.mp3']);
    const failed = of('failed').map(({ error }) => error.details.errno);
    assert.deepEqual(failed.sort(), ['ENOENT', 'ENOTCAPABLE', 'ENOTCAPABLE']);
  });

  test('are followed to each real directory once, however many lead there', async (t) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const folder = await songs(t, [...names.map((name) => `${name}/1.mp3`), 'z/in/2.mp3']);
    for (const name of names) {
      for (const other of names)
        await symlink(`../${other}`, path.join(folder, name, `to-${other}`));
      await symlink('../z/in', path.join(folder, name, 'z'));
    }
    for (const top of [folder, path.join(folder, 'a')]) {
      const found = await records(top, { follow: true });
      const files = found.map((record) => path.basename(record.path));
      assert.deepEqual(files.sort(), [...names.map(() => '1.mp3'), '2.mp3']);
      assert.ok(found.every(({ status }) => status === 'read'));
    }
    // A path without links is preferred.
    assert.deepEqual(paths(await records(folder, { follow: true }), folder), [
      ...names.map((name) => `${name}/1.mp3`),
      'z/in/2.mp3',
    ]);
  });
});

describe('known files that are gone', () => {
  const statuses = (found) =>
    found
      .map(({ path: file, status, from }) =>
        [path.basename(file), status, from && path.basename(from)].filter(Boolean).join(' '),
      )
      .sort();
  const knownFiles = async (folder, options) =>
    new Map((await records(folder, options)).map((record) => [record.path, record]));

  test('are reported as removed, behind all others', async (t) => {
    const folder = await songs(t, ['1.mp3', '2.mp3', 'a/3.mp3', 'a/4.mp3']);
    const known = await knownFiles(folder);
    await rm(path.join(folder, 'a'), { recursive: true });
    const progress = [];
    const options = { since: known, onProgress: (each) => progress.push(each) };
    const found = await records(folder, options);
    assert.deepEqual(statuses(found), [
      '1.mp3 skipped',
      '2.mp3 skipped',
      '3.mp3 removed',
      '4.mp3 removed',
    ]);
    assert.deepEqual(Object.keys(found[3]).sort(), ['path', 'status']);
    assert.equal(found[3].status, 'removed');
    const { skipped, removed } = progress.at(-1);
    assert.deepEqual({ skipped, removed }, { skipped: 2, removed: 2 });
    for (const { path: file, status } of found) if (status === 'removed') known.delete(file);
    assert.deepEqual(statuses(await records(folder, { since: known })), [
      '1.mp3 skipped',
      '2.mp3 skipped',
    ]);
  });

  test('are told by any object that can be iterated over, and not by a function', async (t) => {
    const folder = await songs(t, ['1.mp3', '2.mp3']);
    const known = await knownFiles(folder);
    await rm(path.join(folder, '2.mp3'));
    const since = {
      get: (file) => known.get(file),
      *[Symbol.iterator]() {
        yield* known;
      },
    };
    assert.deepEqual(statuses(await records(folder, { since })), [
      '1.mp3 skipped',
      '2.mp3 removed',
    ]);
    for (const other of [{ get: since.get }, (file) => known.has(file.path)]) {
      assert.deepEqual(statuses(await records(folder, { since: other })), ['1.mp3 skipped']);
    }
  });

  test('are left alone if the scan would not find them', async (t) => {
    const folder = await songs(t, ['a/1.mp3', 'a/2.flac', 'b/3.mp3', 'ab/4.mp3']);
    const known = await knownFiles(folder);
    for (const file of known.keys()) await rm(file);
    const found = await records(path.join(folder, 'a'), { since: known, extensions: ['mp3'] });
    assert.deepEqual(statuses(found), ['1.mp3 removed']);
  });

  test('are left alone beneath a directory that can’t be read', async (t) => {
    const folder = await songs(t, ['0.mp3', 'a/1.mp3']);
    const known = await knownFiles(folder);
    // The directory disappears when it has been found and not listed.
    const since = {
      get: (file) => {
        rmSync(path.join(folder, 'a'), { recursive: true, force: true });
        return known.get(file);
      },
      [Symbol.iterator]: () => known[Symbol.iterator](),
    };
    const found = await records(folder, { since, concurrency: 1 });
    assert.deepEqual(statuses(found), ['0.mp3 skipped', 'a failed']);
  });

  test('are reported as moved if a new file has their audio, even if its tags have changed', async (t) => {
    const folder = await songs(t, ['1.mp3', '2.mp3']);
    // The fixtures have the same audio.
    await copyFile(fixture('plain.flac'), path.join(folder, '3.flac'));
    const known = await knownFiles(folder, { audioHash: true });
    assert.match(known.get(path.join(folder, '3.flac')).audioHash, /^[0-9a-f]{64}$/);
    await mkdir(path.join(folder, 'new'));
    await rename(path.join(folder, '3.flac'), path.join(folder, 'new', '3 moved.flac'));
    await taglib.writeTags(path.join(folder, 'new', '3 moved.flac'), { title: 'after the move' });
    await rm(path.join(folder, '1.mp3'));
    const found = await records(folder, { since: known, audioHash: true });
    assert.deepEqual(statuses(found), [
      '1.mp3 removed',
      '2.mp3 skipped',
      '3 moved.flac moved 3.flac',
      '3 moved.flac read',
    ]);
    const withoutHashes = await records(folder, { since: known });
    assert.deepEqual(statuses(withoutHashes), [
      '1.mp3 removed',
      '2.mp3 skipped',
      '3 moved.flac read',
      '3.flac removed',
    ]);
  });

  test('are as many as were moved, if several of them have the same audio', async (t) => {
    const folder = await songs(t, ['1.mp3', '2.mp3']);
    const known = await knownFiles(folder, { audioHash: true });
    await rename(path.join(folder, '1.mp3'), path.join(folder, '3.mp3'));
    await rm(path.join(folder, '2.mp3'));
    const found = await records(folder, { since: known, audioHash: true });
    const [moved, ...others] = found.filter(({ status }) => status !== 'read');
    assert.deepEqual([moved.status, path.basename(moved.path)], ['moved', '3.mp3']);
    assert.deepEqual(
      others.map(({ status }) => status),
      ['removed'],
    );
  });
});

describe('a file that is already known', () => {
  test('is skipped if its size and time are the same', async (t) => {
    const folder = await songs(t, ['1.mp3', '2.mp3', '3.mp3']);
    const known = new Map((await records(folder)).map((record) => [record.path, record]));
    await taglib.writeTags(path.join(folder, '2.mp3'), { title: 'a change' });
    known.delete(path.join(folder, '3.mp3'));
    const found = (await records(folder, { since: known })).sort(byPath);
    assert.deepEqual(
      found.map(({ status }) => status),
      ['skipped', 'read', 'read'],
    );
    assert.deepEqual(found[1].tags.title, ['a change']);
    assert.deepEqual(Object.keys(found[0]), ['path', 'size', 'mtimeMs', 'status']);
  });

  test('is skipped if a function says so, also asynchronously', async (t) => {
    const folder = await songs(t, ['1.mp3', '2.mp3']);
    const since = async (file) => {
      await sleep(1);
      return path.basename(file.path) === '1.mp3' && file.size > 0 && file.mtimeMs > 0;
    };
    const found = (await records(folder, { since })).sort(byPath);
    assert.deepEqual(
      found.map(({ status }) => status),
      ['skipped', 'read'],
    );
  });

  test('is recognized if its name is in another form of Unicode', async (t) => {
    const folder = await songs(t, ['é.mp3', 'e\u0301 2.mp3']);
    const known = new Map(
      (await records(folder)).map((record) => [
        record.path.normalize(record.path.includes('2') ? 'NFC' : 'NFD'),
        record,
      ]),
    );
    const found = await records(folder, { since: known });
    assert.deepEqual(
      found.map(({ status }) => status),
      ['skipped', 'skipped'],
    );
    const names = found.map(({ path: file }) => path.basename(file)).sort();
    assert.deepEqual(names, ['e\u0301 2.mp3', 'é.mp3'].sort(), 'paths are reported as found');
  });

  test('ends the scan if the function that knows it throws', async (t) => {
    const folder = await songs(t, ['1.mp3']);
    const since = () => {
      throw new Error('no such table');
    };
    await assert.rejects(records(folder, { since }), /^Error: no such table/);
  });
});

describe('a running scan', () => {
  const many = Array.from({ length: 40 }, (_, index) => `${index % 4}/${index}.mp3`);

  test('reports its progress with each record', async (t) => {
    const folder = await songs(t, many);
    const seen = [];
    const found = await records(folder, { onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(
      seen,
      found.map((record, index) => ({
        read: index + 1,
        failed: 0,
        skipped: 0,
        removed: 0,
        moved: 0,
        passedOver: 0,
        path: record.path,
      })),
    );
  });

  test('reads only a few files ahead of the consumer', async (t) => {
    const folder = await songs(t, many);
    let asked = 0;
    const since = () => {
      asked += 1;
      return false;
    };
    const iterator = scan(folder, { since, concurrency: 2 });
    await iterator.next();
    await sleep(50);
    assert.ok(asked <= 5, `${asked} files`);
    await iterator.return();
  });

  for (const [name, bytes, most] of [
    ['4 files ahead of the consumer if pictures are large', 1_100_000, 4],
    ['24 files ahead if they are small', 1000, 24],
  ]) {
    test(`reads ${name}`, async (t) => {
      const folder = await songs(t, many);
      const data = new Uint8Array(bytes);
      const cover = { mimeType: 'image/jpeg', data, type: 'FrontCover', description: '' };
      for (const file of many) await applyPicturesToFile(path.join(folder, file), [cover]);
      let asked = 0;
      const since = () => {
        asked += 1;
        return false;
      };
      const ahead = [];
      for await (const { tags } of scan(folder, { since })) {
        assert.equal(tags.pictures[0].data.length, bytes);
        ahead.push(asked - ahead.length - 1);
        await sleep(2);
      }
      assert.equal(ahead.length, many.length);
      assert.equal(Math.max(...ahead), most - 1);
    });
  }

  test('ends when the consumer leaves the loop', async (t) => {
    const folder = await songs(t, many);
    for await (const record of scan(folder)) {
      assert.equal(record.status, 'read');
      break;
    }
    await taglib.shutdown();
  });

  test('ends with an AbortError when its signal is aborted', async (t) => {
    const folder = await songs(t, many);
    const controller = new AbortController();
    const found = [];
    const running = (async () => {
      for await (const record of scan(folder, { signal: controller.signal })) {
        found.push(record);
        if (found.length === 3) controller.abort('enough');
      }
    })();
    await assert.rejects(running, { name: 'AbortError', cause: 'enough' });
    assert.equal(found.length, 3);
    await assert.rejects(records(folder, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  test('ends with the error that onProgress throws', async (t) => {
    const folder = await songs(t, many);
    const onProgress = () => {
      throw new RangeError('mine');
    };
    await assert.rejects(records(folder, { onProgress }), /^RangeError: mine/);
  });

  test('is not led outside by a folder that is replaced by a link', async (t) => {
    const folder = await songs(t, ['inner/a/1.mp3', 'secret/2.mp3']);
    await initialize([path.join(folder, 'inner')]);
    const swap = `
      const { rmSync, renameSync, symlinkSync } = require('node:fs');
      const { workerData, parentPort } = require('node:worker_threads');
      parentPort.postMessage('ready');
      for (;;) {
        renameSync(workerData + '/inner/a', workerData + '/inner/b');
        symlinkSync('../secret', workerData + '/inner/a');
        rmSync(workerData + '/inner/a');
        renameSync(workerData + '/inner/b', workerData + '/inner/a');
      }`;
    const worker = new Worker(swap, { eval: true, workerData: folder });
    await once(worker, 'message');
    for (let count = 0; count < 1000; count += 1) {
      for (const follow of [false, true]) {
        for (const record of await records(path.join(folder, 'inner'), { follow })) {
          assert.doesNotMatch(record.path, /2\.mp3/);
        }
      }
    }
    await worker.terminate();
  });
});
