/** The entries beside the main one: what they export, and that each function works. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import * as taglibWasm from 'taglib-wasm';
import * as taglibWasmFolder from 'taglib-wasm/folder';
import * as taglibWasmRating from 'taglib-wasm/rating';
import * as taglibWasmSimple from 'taglib-wasm/simple';
import * as taglibWasmWeb from 'taglib-wasm/web';
import * as folder from '../folder.js';
import taglib from '../index.js';
import * as standIn from '../lib/drop-in/stand-in.mjs';
import * as rating from '../rating.js';
import * as simple from '../simple.js';
import * as web from '../web.js';
import { copies, ROOT } from './support/files.mjs';

after(taglib.shutdown);

const ENTRIES = {
  '.': [taglib, taglibWasm],
  './simple': [simple, taglibWasmSimple],
  './folder': [folder, taglibWasmFolder],
  './rating': [rating, taglibWasmRating],
  './web': [web, taglibWasmWeb],
  'the redirected main entry': [standIn, taglibWasm],
};

test('every entry of taglib-wasm is an entry', async () => {
  const entries = async (folder) =>
    Object.keys(JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')).exports);
  const theirs = await entries(path.join(ROOT, 'node_modules', 'taglib-wasm'));
  const ours = await entries(ROOT);
  assert.deepEqual(
    theirs.filter((name) => !ours.includes(name) || ENTRIES[name] === undefined),
    [],
  );
  assert.equal(theirs.length, 5);
});

for (const [name, [ours, theirs]] of Object.entries(ENTRIES)) {
  test(`every export of ${name} in taglib-wasm is one of ours, of the same kind`, () => {
    const names = Object.keys(theirs);
    assert.ok(names.length >= 4);
    assert.deepEqual(
      names.filter((one) => typeof ours[one] !== typeof theirs[one]),
      [],
    );
  });
}

describe('taglib-wasi/rating', () => {
  const functions = { ...rating };
  for (const [name, theirs] of Object.entries(taglibWasmRating)) {
    if (typeof theirs !== 'function') continue;
    test(`${name} gives what taglib-wasm’s gives`, () => {
      for (const number of [0, 0.2, 0.5, 0.77, 1, 2, 5, 64, 128, 196, 255]) {
        assert.equal(functions[name](number), theirs(number), `of ${number}`);
        assert.equal(functions[name](number, 10), theirs(number, 10), `of ${number}, with 10`);
      }
    });
  }

  test('RatingUtils is that of the main entry', () => {
    assert.equal(rating.RatingUtils, taglib.RatingUtils);
  });
});

describe('taglib-wasi/folder', () => {
  test('scans, updates, compares and exports a preopened folder', async (t) => {
    const music = await copies(t, { 'a.mp3': 'id3v24.mp3', 'b/c.flac': 'vorbis-comment.flac' });
    await taglib.initialize({ '/music': music });
    const tags = { album: 'Same' };
    const updates = ['/music/a.mp3', '/music/b/c.flac'].map((file) => ({ path: file, tags }));
    const updated = await folder.updateFolderTags(updates);
    assert.deepEqual(
      updated.items,
      updates.map((update) => ({ status: 'ok', path: update.path })),
    );
    const { items } = await folder.scanFolder('/music');
    assert.deepEqual(
      items.map((item) => [item.path, item.tags.album]),
      updates.map((update) => [update.path, ['Same']]),
    );
    const [group] = await folder.findDuplicates('/music', { criteria: ['album'] });
    assert.deepEqual(group.criteria, { album: 'Same' });
    assert.equal(group.files.length, 2);
    await folder.exportFolderMetadata('/music', '/music/catalog.json');
    const catalog = JSON.parse(await readFile(path.join(music, 'catalog.json'), 'utf8'));
    assert.deepEqual([catalog.folder, catalog.summary.totalFiles], ['/music', 2]);
  });
});
