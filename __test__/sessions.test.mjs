/** When directories are closed: a file system can be unmounted after `shutdown`. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { afterEach, describe, test } from 'node:test';
import taglib from '../index.js';
import { FIXTURES, fixture, scratch } from './support/files.mjs';

afterEach(taglib.shutdown);

/** How many descriptors are open on `folder` and beneath it. */
async function openOn(folder) {
  const descriptors = await readdir('/proc/self/fd');
  const targets = descriptors.map((descriptor) =>
    readlink(`/proc/self/fd/${descriptor}`).catch(() => ''),
  );
  return (await Promise.all(targets)).filter((target) => target.startsWith(folder)).length;
}

describe('directories are closed', {
  skip: process.platform !== 'linux' && 'descriptors are counted on Linux',
}, () => {
  test('by shutdown, before it resolves', async (t) => {
    const folder = await scratch(t);
    const file = path.join(folder, 'a.mp3');
    await copyFile(fixture('id3v24.mp3'), file);
    await taglib.initialize([folder]);
    assert.equal(await openOn(folder), 1);
    const reads = Array.from({ length: 50 }, () => taglib.readTags(file));
    await taglib.shutdown();
    assert.equal(await openOn(folder), 0);
    for (const { title } of await Promise.all(reads)) assert.deepEqual(title, ['Grüße, 世界 🎵']);
  });

  test('by the initialize that replaces them', async (t) => {
    const folder = await scratch(t);
    await taglib.initialize([folder]);
    await taglib.initialize([FIXTURES]);
    await new Promise(setImmediate);
    assert.equal(await openOn(folder), 0);
  });

  test('each time: 3,000 initialize keep the number of descriptors constant', async (t) => {
    const folder = await scratch(t);
    await mkdir(path.join(folder, 'one'));
    await mkdir(path.join(folder, 'two'));
    const preopens = [path.join(folder, 'one'), path.join(folder, 'two')];
    for (let count = 0; count < 3000; count += 1) {
      // Every tenth has a rival, of which only one stays.
      const rival = count % 10 === 0 ? taglib.initialize(preopens) : undefined;
      await Promise.all([taglib.initialize(preopens), rival]);
      if (count % 500 === 0) assert.ok((await openOn(folder)) <= 4);
    }
    await new Promise(setImmediate);
    assert.equal(await openOn(folder), 2);
  });

  test('when the scan on them ends', async (t) => {
    const folder = await scratch(t);
    const names = Array.from({ length: 60 }, (_, index) => `${index}.mp3`);
    await Promise.all(names.map((name) => copyFile(fixture('id3v1.mp3'), path.join(folder, name))));
    await taglib.initialize({ '/music': folder });
    let read = 0;
    for await (const record of taglib.scan('/music')) {
      if (read === 0) await taglib.initialize({ '/music': FIXTURES });
      assert.equal(record.status, 'read', `${record.error}`);
      read += 1;
    }
    assert.equal(read, names.length);
    await new Promise(setImmediate);
    assert.equal(await openOn(folder), 0);
  });
});
