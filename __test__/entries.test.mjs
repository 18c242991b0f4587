/** Every entry of taglib-wasm has a counterpart with the same exports. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ROOT } from '../tools/repository.mjs';

const ENTRIES = {
  '.': '../index.js',
  './simple': '../simple.js',
  './folder': '../folder.js',
  './rating': '../rating.js',
  './web': '../web.js',
};

test('every entry of taglib-wasm is one of this package', async () => {
  const manifest = async (folder) => JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const theirs = Object.keys((await manifest(`${ROOT}/node_modules/taglib-wasm`)).exports);
  const ours = Object.keys((await manifest(ROOT)).exports);
  assert.deepEqual(
    theirs.filter((entry) => !ours.includes(entry)),
    [],
  );
  assert.deepEqual(theirs.sort(), Object.keys(ENTRIES).sort());
});

for (const [entry, file] of Object.entries(ENTRIES)) {
  test(`taglib-wasi${entry.slice(1)} exports all that taglib-wasm${entry.slice(1)} does`, async () => {
    const theirs = await import(`taglib-wasm${entry.slice(1)}`);
    const ours = await import(file);
    for (const [name, value] of Object.entries(theirs)) {
      assert.equal(typeof ours[name], typeof value, name);
    }
  });
}
