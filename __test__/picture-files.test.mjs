/** The helpers between pictures in audio files and image files. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import * as taglibWasm from 'taglib-wasm';
import taglib, { readPictures, readTags } from '../index.js';
import { library } from './support/library.mjs';

after(taglib.shutdown);

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 4, 5, 6]);

/** A folder with two songs and an image, preopened, and a function that gives their paths. */
async function album(t) {
  const folder = await library(t, ['id3v24.mp3', 'vorbis-comment.flac', 'plain.mp3']);
  await writeFile(path.join(folder, 'cover.png'), PNG);
  return (name) => path.join(folder, name);
}

describe('importCoverArt', () => {
  test('makes the image the only picture, and keeps all fields', async (t) => {
    const at = await album(t);
    const { pictures: _, ...before } = await readTags(at('id3v24.mp3'));
    await taglib.importCoverArt(at('id3v24.mp3'), at('cover.png'));
    const { pictures, ...fields } = await readTags(at('id3v24.mp3'));
    assert.deepEqual(fields, before);
    assert.deepEqual(pictures, [
      {
        mimeType: 'image/png',
        data: new Uint8Array(PNG),
        type: 'FrontCover',
        description: 'Front Cover',
      },
    ]);
  });

  test('tells the type by the content, whatever the name says', async (t) => {
    const at = await album(t);
    await writeFile(at('cover.png'), JPEG);
    await taglib.importCoverArt(at('plain.mp3'), at('cover.png'), { description: 'Sleeve' });
    const [{ mimeType, description }] = await readPictures(at('plain.mp3'));
    assert.deepEqual([mimeType, description], ['image/jpeg', 'Sleeve']);
    await taglib.importCoverArt(at('plain.mp3'), at('cover.png'), { mimeType: 'image/x' });
    assert.equal((await readPictures(at('plain.mp3')))[0].mimeType, 'image/x');
  });

  test('in a read-only preopen is refused with EROFS, and changes nothing', async (t) => {
    const at = await album(t);
    await taglib.initialize([{ path: at(''), readOnly: true }]);
    const before = await readFile(at('id3v24.mp3'));
    await assert.rejects(taglib.importCoverArt(at('id3v24.mp3'), at('cover.png')), /EROFS/);
    await assert.rejects(taglib.exportCoverArt(at('id3v24.mp3'), at('cover.png')), /EROFS/);
    assert.deepEqual(await readFile(at('id3v24.mp3')), before);
    assert.deepEqual(await readFile(at('cover.png')), PNG);
  });

  test('of an image outside every preopen is refused', async (t) => {
    const at = await album(t);
    const outside = path.join(import.meta.dirname ?? '/', 'folder.test.mjs');
    await assert.rejects(taglib.importCoverArt(at('id3v24.mp3'), outside), /ENOTCAPABLE/);
  });
});

test('importPictureWithType replaces pictures of its type only', async (t) => {
  const at = await album(t);
  const before = await readPictures(at('id3v24.mp3'));
  const [{ type }] = before;
  await taglib.importPictureWithType(at('id3v24.mp3'), at('cover.png'), type);
  await taglib.importPictureWithType(at('id3v24.mp3'), at('cover.png'), 'BandLogo');
  const types = (await readPictures(at('id3v24.mp3'))).map((picture) => picture.type);
  const others = before.map((picture) => picture.type).filter((other) => other !== type);
  assert.deepEqual(types.sort(), [...others, type, 'BandLogo'].sort());
});

describe('copyCoverArt', () => {
  test('copies the cover, or all pictures', async (t) => {
    const at = await album(t);
    const source = await readPictures(at('id3v24.mp3'));
    await taglib.copyCoverArt(at('id3v24.mp3'), at('plain.mp3'), { copyAll: true });
    assert.deepEqual(await readPictures(at('plain.mp3')), source);
    await taglib.copyCoverArt(at('id3v24.mp3'), at('plain.mp3'));
    const cover = source.find(({ type }) => type === 'FrontCover') ?? source[0];
    const [copied, ...others] = await readPictures(at('plain.mp3'));
    assert.deepEqual([copied.data, copied.type, others], [cover.data, 'FrontCover', []]);
  });

  test('rejects if the source has no pictures', async (t) => {
    const at = await album(t);
    await assert.rejects(taglib.copyCoverArt(at('plain.mp3'), at('id3v24.mp3')), {
      code: 'METADATA',
      field: 'pictures',
    });
  });
});

describe('exported pictures', () => {
  test('have the bytes of the file’s pictures, and taglib-wasm’s names', async (t) => {
    const at = await album(t);
    await mkdir(at('art'));
    const pictures = await readPictures(at('id3v24.mp3'));
    const paths = await taglib.exportAllPictures(at('id3v24.mp3'), at('art'));
    assert.deepEqual(
      await Promise.all(paths.map((file) => readFile(file))),
      pictures.map(({ data }) => Buffer.from(data)),
    );
    assert.deepEqual(
      (await readdir(at('art'))).sort(),
      paths.map((file) => path.basename(file)).sort(),
    );
    await mkdir(at('theirs'));
    const named = { FrontCover: 'front-cover', BackCover: 'back-cover' };
    for (const [index, { type, mimeType }] of pictures.entries()) {
      const name = `${named[type] ?? type.toLowerCase()}-${index + 1}.${mimeType.split('/')[1]}`;
      assert.equal(path.basename(paths[index]), name);
    }
  });

  test('are the cover, or the first of a type', async (t) => {
    const at = await album(t);
    const [first] = await readPictures(at('id3v24.mp3'));
    await taglib.exportCoverArt(at('id3v24.mp3'), at('cover.png'));
    const cover = await taglib.readCoverArt(at('id3v24.mp3'));
    assert.deepEqual(await readFile(at('cover.png')), Buffer.from(cover));
    await taglib.exportPictureByType(at('id3v24.mp3'), at('first'), first.type);
    assert.deepEqual(await readFile(at('first')), Buffer.from(first.data));
    await assert.rejects(taglib.exportPictureByType(at('id3v24.mp3'), at('x'), 'BandLogo'), {
      code: 'METADATA',
      message: /no picture of type BandLogo/,
    });
  });

  test('replace a file without touching its mode, or keep it if told so', async (t) => {
    const at = await album(t);
    const { mode } = await stat(at('cover.png'));
    const calls = [
      () => taglib.exportCoverArt(at('id3v24.mp3'), at('cover.png'), { overwrite: false }),
      () =>
        taglib.exportAllPictures(at('id3v24.mp3'), at(''), {
          nameFormat: () => 'cover.png',
          overwrite: false,
        }),
    ];
    for (const call of calls) await assert.rejects(call, /EEXIST/);
    assert.deepEqual(await readFile(at('cover.png')), PNG);
    await taglib.exportCoverArt(at('id3v24.mp3'), at('cover.png'));
    assert.equal((await stat(at('cover.png'))).mode, mode);
  });
});

test('a picture that is loaded and saved again has the same bytes', async (t) => {
  const at = await album(t);
  const picture = await taglib.loadPictureFromFile(at('cover.png'));
  assert.deepEqual(picture, {
    mimeType: 'image/png',
    data: new Uint8Array(PNG),
    type: 'FrontCover',
    description: 'cover.png',
  });
  await taglib.savePictureToFile(picture, at('again.png'));
  assert.deepEqual(await readFile(at('again.png')), PNG);
});

test('findCoverArtFiles finds what taglib-wasm’s finds', async (t) => {
  const at = await album(t);
  for (const name of ['Folder.jpg', 'back.webp', 'Artwork.gif', 'cover.jpeg']) {
    await writeFile(at(name), 'x');
  }
  await writeFile(at('front.jpg'), '');
  const found = await taglib.findCoverArtFiles(at('id3v24.mp3'));
  assert.deepEqual(found, {
    front: at('cover.jpeg'),
    folder: at('Folder.jpg'),
    artwork: at('Artwork.gif'),
    back: at('back.webp'),
  });
  assert.deepEqual(found, await taglibWasm.findCoverArtFiles(at('id3v24.mp3')));
});
