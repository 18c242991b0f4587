/**
 * A change of pictures keeps those that it was not asked to change as they are stored: with their
 * dimensions, and with types that neither TagLib nor taglib-wasm's interface knows.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies, ROOT } from './support/files.mjs';
import { hasMutagen } from './support/readers.mjs';

const PICTURES = path.join(ROOT, '__test__', 'support', 'pictures.py');
const NAMES = ['plain.mp3', 'plain.flac', 'vorbis.ogg'];

async function mutagen(command, folder) {
  const { stdout } = await promisify(execFile)('python3', ['-B', PICTURES, command, folder]);
  return JSON.parse(stdout);
}

const NEW = {
  type: 'BackCover',
  mimeType: 'image/png',
  data: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]),
  description: 'new',
};

/** Changes of a list of pictures, and which of the original ones are left in which order. */
const CHANGES = {
  'one is added at the end': (list) => [...list, NEW],
  'one is added at the start': (list) => [NEW, ...list],
  'one is removed': (list) => list.toSpliced?.(1, 1) ?? [list[0], ...list.slice(2)],
  'their order changes': (list) => [...list].reverse(),
  'one is replaced': ([first, , ...rest]) => [first, NEW, ...rest],
  'another gets another description': ([first, ...rest]) => [
    { ...first, description: 'changed' },
    ...rest,
  ],
};

describe('pictures are stored as before', { skip: !hasMutagen }, () => {
  after(taglib.shutdown);

  for (const [name, change] of Object.entries(CHANGES)) {
    test(`if ${name}`, async (t) => {
      const folder = await copies(t, NAMES);
      await mutagen('write', folder);
      const before = await mutagen('read', folder);
      await taglib.initialize([folder]);
      for (const file of NAMES) {
        const target = path.join(folder, file);
        const pictures = await taglib.readPictures(target);
        assert.equal(pictures.length, 5, file);
        const { lost } = await taglib.applyPicturesToFile(target, change(pictures), {
          onLoss: 'report',
        });
        assert.deepEqual(lost, [], file);
      }
      const stored = await mutagen('read', folder);
      for (const file of NAMES) {
        const original = new Map(before[file].map((picture) => [picture[1], picture]));
        const expected = change(before[file].map(([, description]) => ({ description })));
        assert.deepEqual(
          stored[file].map(([, description]) => description).sort(),
          expected.map(({ description }) => description).sort(),
          file,
        );
        for (const picture of stored[file]) {
          const [, description] = picture;
          if (original.has(description)) assert.deepEqual(picture, original.get(description), file);
        }
      }
    });
  }

  test('if the Full API adds one', async (t) => {
    const folder = await copies(t, NAMES);
    await mutagen('write', folder);
    const before = await mutagen('read', folder);
    const full = await taglib.TagLib.initialize({ preopens: [folder] });
    for (const file of NAMES) {
      const opened = await full.open(path.join(folder, file));
      opened.addPicture(NEW);
      await opened.saveToFile();
    }
    const stored = await mutagen('read', folder);
    for (const file of NAMES) assert.deepEqual(stored[file].slice(0, 5), before[file], file);
  });
});
