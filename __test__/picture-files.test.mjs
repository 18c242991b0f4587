/** The helpers for picture files: pictures of audio files from and to image files. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import * as taglibWasm from 'taglib-wasm';
import taglib from '../index.js';
import { copies } from './support/files.mjs';

const { initialize, readPictures, readTags } = taglib;

after(taglib.shutdown);

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

/** A preopened folder with a song that has a front cover, and one without pictures. */
async function album(t, options = {}) {
  const folder = await copies(t, { 'song.mp3': 'id3v24.mp3', 'plain.flac': 'plain.flac' });
  await writeFile(path.join(folder, 'image.png'), PNG);
  await initialize({ '/album': { path: folder, ...options } });
  return folder;
}

/** What the pictures of a file are, without their bytes. */
async function kinds(file) {
  return (await readPictures(file)).map(({ type, mimeType, description, data }) => ({
    ...{ type, mimeType, description, size: data.length },
  }));
}

describe('importCoverArt', () => {
  test('replaces all pictures by the image, and keeps everything else', async (t) => {
    await album(t);
    const { pictures, ...before } = await readTags('/album/song.mp3');
    assert.ok(pictures.length > 0);
    await taglib.importCoverArt('/album/song.mp3', '/album/image.png');
    const expected = { type: 'FrontCover', mimeType: 'image/png', description: 'Front Cover' };
    assert.deepEqual(await kinds('/album/song.mp3'), [{ ...expected, size: PNG.length }]);
    const { pictures: imported, ...after } = await readTags('/album/song.mp3');
    assert.deepEqual(Buffer.from(imported[0].data), Buffer.from(PNG));
    assert.deepEqual(after, before);
  });

  test('takes the MIME type from the content rather than from the extension', async (t) => {
    const folder = await album(t);
    await writeFile(path.join(folder, 'image.jpg'), PNG);
    await writeFile(path.join(folder, 'image.webp'), 'no image');
    await writeFile(path.join(folder, 'image'), 'no image');
    const types = [];
    for (const name of ['image.jpg', 'image.webp', 'image']) {
      await taglib.importCoverArt('/album/song.mp3', `/album/${name}`);
      types.push((await kinds('/album/song.mp3'))[0].mimeType);
    }
    assert.deepEqual(types, ['image/png', 'image/webp', 'image/jpeg']);
  });

  test('takes the MIME type and the description that it is given', async (t) => {
    await album(t);
    const options = { mimeType: 'image/gif', description: 'mine' };
    await taglib.importCoverArt('/album/plain.flac', '/album/image.png', options);
    const [{ mimeType, description }] = await kinds('/album/plain.flac');
    assert.deepEqual({ mimeType, description }, options);
  });
});

test('importPictureWithType replaces the pictures of its type, and keeps the others', async (t) => {
  await album(t);
  const covers = await kinds('/album/song.mp3');
  for (const description of ['one', 'two']) {
    const options = { description };
    await taglib.importPictureWithType('/album/song.mp3', '/album/image.png', 'Artist', options);
  }
  const artist = { type: 'Artist', mimeType: 'image/png', description: 'two', size: PNG.length };
  assert.deepEqual(await kinds('/album/song.mp3'), [...covers, artist]);
});

describe('copyCoverArt', () => {
  test('copies the front cover, or all pictures', async (t) => {
    await album(t);
    await taglib.importPictureWithType('/album/song.mp3', '/album/image.png', 'Artist');
    const source = await kinds('/album/song.mp3');
    await taglib.copyCoverArt('/album/song.mp3', '/album/plain.flac');
    assert.deepEqual(
      (await kinds('/album/plain.flac')).map(({ type, size }) => [type, size]),
      source.filter(({ type }) => type === 'FrontCover').map(({ type, size }) => [type, size]),
    );
    await taglib.copyCoverArt('/album/song.mp3', '/album/plain.flac', { copyAll: true });
    assert.deepEqual(await kinds('/album/plain.flac'), source);
  });

  test('rejects if the source has no pictures', async (t) => {
    await album(t);
    await assert.rejects(taglib.copyCoverArt('/album/plain.flac', '/album/song.mp3'), {
      name: 'MetadataError',
      message: /no pictures.*plain\.flac/,
    });
  });
});

describe('the functions that write image files', () => {
  test('write the bytes of the cover, of a type, and of each picture', async (t) => {
    const folder = await album(t);
    const song = '/album/song.mp3';
    await taglib.importPictureWithType(song, '/album/image.png', 'LeafletPage');
    const pictures = await readPictures(song);
    const [cover, leaflet] = ['FrontCover', 'LeafletPage'].map((type) =>
      taglib.findPictureByType(pictures, type),
    );
    const written = (name) => readFile(path.join(folder, name));
    await taglib.exportCoverArt(song, '/album/a.png');
    assert.deepEqual(await written('a.png'), Buffer.from(cover.data));
    await taglib.exportPictureByType(song, '/album/b.png', 'LeafletPage');
    assert.deepEqual(await written('b.png'), Buffer.from(PNG));
    const paths = await taglib.exportAllPictures(song, '/album/');
    assert.equal(paths.length, pictures.length);
    assert.ok(paths.includes('/album/front-cover-1.png'), paths.join());
    for (const [index, file] of paths.entries()) {
      assert.deepEqual(await written(path.basename(file)), Buffer.from(pictures[index].data));
    }
    await taglib.savePictureToFile(leaflet, '/album/a.png');
    assert.deepEqual(await written('a.png'), Buffer.from(PNG));
  });

  test('name no file outside of the directory after a MIME type', async (t) => {
    const folder = await album(t);
    await mkdir(path.join(folder, 'out'));
    for (const mimeType of ['image/../../escaped', 'image/..\\..\\escaped', 'image/', '']) {
      await taglib.importCoverArt('/album/plain.flac', '/album/image.png', { mimeType });
      const paths = await taglib.exportAllPictures('/album/plain.flac', '/album/out');
      assert.deepEqual(paths, ['/album/out/front-cover-1.jpg'], mimeType);
    }
    assert.deepEqual(readdirSync(path.join(folder, 'out')), ['front-cover-1.jpg']);
  });

  test('keep an existing file if told so', async (t) => {
    const folder = await album(t);
    const options = { overwrite: false };
    await assert.rejects(
      taglib.exportCoverArt('/album/song.mp3', '/album/image.png', options),
      (error) => error.details.errno === 'EEXIST',
    );
    assert.deepEqual(await readFile(path.join(folder, 'image.png')), Buffer.from(PNG));
  });

  test('replace a file without touching its mode', async (t) => {
    const folder = await album(t);
    const image = path.join(folder, 'image.png');
    await chmod(image, 0o640);
    await taglib.exportCoverArt('/album/song.mp3', image);
    assert.notDeepEqual(await readFile(image), Buffer.from(PNG));
    assert.equal((await stat(image)).mode & 0o777, 0o640);
  });

  test('reject without a file if there is no such picture', async (t) => {
    const folder = await album(t);
    await assert.rejects(taglib.exportCoverArt('/album/plain.flac', '/album/x.png'), {
      name: 'MetadataError',
    });
    await assert.rejects(taglib.exportPictureByType('/album/song.mp3', '/album/x.png', 'Media'), {
      name: 'MetadataError',
      message: /type Media/,
    });
    assert.deepEqual(readdirSync(folder).sort(), ['image.png', 'plain.flac', 'song.mp3']);
  });
});

test('loadPictureFromFile gives a front cover, described by the name of its file', async (t) => {
  await album(t);
  const picture = await taglib.loadPictureFromFile('/album/image.png');
  assert.deepEqual(
    { ...picture, data: [...picture.data] },
    { mimeType: 'image/png', data: [...PNG], type: 'FrontCover', description: 'image.png' },
  );
  const options = { description: '', mimeType: 'image/x' };
  const { type, ...other } = await taglib.loadPictureFromFile('/album/image.png', 'Band', options);
  assert.deepEqual([type, other.description, other.mimeType], ['Band', '', 'image/x']);
});

describe('findCoverArtFiles', () => {
  test('finds the images beside an audio file by their names, the best first', async (t) => {
    const folder = await album(t);
    const names = ['cover.png', 'front.jpg', 'Cover.jpg', 'Folder.jpeg', 'artwork.webp'];
    for (const name of [...names, 'back-cover.gif', 'back.txt']) {
      await writeFile(path.join(folder, name), PNG);
    }
    await writeFile(path.join(folder, 'cover.jpg'), '');
    assert.deepEqual(await taglib.findCoverArtFiles('/album/song.mp3'), {
      front: '/album/cover.png',
      folder: '/album/Folder.jpeg',
      artwork: '/album/artwork.webp',
      back: '/album/back-cover.gif',
    });
    const song = path.join(folder, 'song.mp3');
    assert.deepEqual(
      await taglib.findCoverArtFiles(song),
      await taglibWasm.findCoverArtFiles(song),
    );
  });

  test('finds nothing in a directory without images', async (t) => {
    await album(t);
    assert.deepEqual(await taglib.findCoverArtFiles('/album/song.mp3'), {});
  });

  test('finds images beside a file of the working directory', async (t) => {
    const folder = await album(t);
    await writeFile(path.join(folder, 'cover.png'), PNG);
    const before = process.cwd();
    process.chdir(folder);
    t.after(() => process.chdir(before));
    assert.deepEqual(await taglib.findCoverArtFiles('song.mp3'), { front: 'cover.png' });
  });

  test('finds an image that is a link within the preopen', async (t) => {
    const folder = await album(t);
    await symlink('image.png', path.join(folder, 'cover.png'));
    const { front } = await taglib.findCoverArtFiles('/album/song.mp3');
    assert.equal(front, '/album/cover.png');
  });
});

test('in a read-only preopen every write is refused with EROFS, and nothing changes', async (t) => {
  const folder = await album(t, { readOnly: true });
  const before = await Promise.all(
    readdirSync(folder).map((name) => readFile(path.join(folder, name))),
  );
  const [picture] = await readPictures('/album/song.mp3');
  for (const call of [
    () => taglib.importCoverArt('/album/song.mp3', '/album/image.png'),
    () => taglib.importPictureWithType('/album/song.mp3', '/album/image.png', 'Artist'),
    () => taglib.copyCoverArt('/album/song.mp3', '/album/plain.flac'),
    () => taglib.exportCoverArt('/album/song.mp3', '/album/new.png'),
    () => taglib.exportPictureByType('/album/song.mp3', '/album/new.png', 'FrontCover'),
    () => taglib.exportAllPictures('/album/song.mp3', '/album'),
    () => taglib.savePictureToFile(picture, '/album/image.png'),
  ]) {
    await assert.rejects(call, ({ name, details }) => {
      assert.deepEqual([name, details.errno], ['FileOperationError', 'EROFS'], String(call));
      return true;
    });
  }
  const after = await Promise.all(
    readdirSync(folder).map((name) => readFile(path.join(folder, name))),
  );
  assert.deepEqual(after, before);
});

test('nothing outside of the preopens is read or written', async (t) => {
  await album(t);
  const outside = await copies(t, {});
  const image = path.join(outside, 'image.png');
  await writeFile(image, PNG);
  for (const call of [
    () => taglib.importCoverArt('/album/song.mp3', image),
    () => taglib.loadPictureFromFile(image),
    () => taglib.exportCoverArt('/album/song.mp3', path.join(outside, 'new.png')),
    () => taglib.exportAllPictures('/album/song.mp3', '/album', { nameFormat: () => '../new.png' }),
    () => taglib.findCoverArtFiles(path.join(outside, 'song.mp3')),
  ]) {
    await assert.rejects(call, ({ details }) => {
      assert.equal(details.errno, 'ENOTCAPABLE', String(call));
      return true;
    });
  }
  assert.deepEqual(readdirSync(outside), ['image.png']);
});
