/**
 * A program that uses taglib-wasm alone. It must print the same with and
 * without `taglib-wasi/register`. Its argument is a folder with copies of
 * fixtures. `route.test.mjs` reads it as text, and runs it in another folder.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import * as main from 'taglib-wasm';
import * as folderApi from 'taglib-wasm/folder';
import * as rating from 'taglib-wasm/rating';
import * as simple from 'taglib-wasm/simple';
import * as web from 'taglib-wasm/web';

const { isFileOperationError, isInvalidFormatError, RatingUtils, TagLib, TagLibError } = main;

const folder = process.argv[2];
const song = path.join(folder, 'id3v24.mp3');
const results = {};
const show = async (name, call) => {
  try {
    results[name] = await call();
  } catch (error) {
    const { name: kind, code, operation } = error;
    const guards = [isInvalidFormatError(error), isFileOperationError(error)];
    results[name] = { kind, code, operation, guards, ours: error instanceof TagLibError };
  }
};

for (const name of readdirSync(folder).sort()) {
  const file = path.join(folder, name);
  await show(`tags of ${name}`, () => simple.readTags(file));
  await show(`properties of ${name}`, () => simple.readProperties(file));
  await show(`format of ${name}`, () => simple.readFormat(file));
  await show(`validity of ${name}`, () => simple.isValidAudioFile(file));
}
await show('metadata', () => simple.readMetadata(song));
await show('pictures', () => simple.readPictures(song));
await show('one picture', async () =>
  simple.findPictureByType(await simple.readPictures(song), 'FrontCover'),
);
await show('cover', () => simple.readCoverArt(song));
await show('picture metadata', () => simple.readPictureMetadata(song));
await show('batch', async () => {
  const progress = [];
  const files = readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name));
  const { items } = await simple.readTagsBatch(files, {
    onProgress: (done, total) => progress.push([done, total]),
  });
  return { items: items.map(({ status, path, data }) => [status, path, data]), progress };
});
await show('bytes', () => simple.readTags(new Uint8Array(readFileSync(song))));
await show('named bytes', () => simple.readTags({ name: 'a', data: readFileSync(song) }));
await show('changed bytes', () => simple.applyTags(readFileSync(song), { title: 'New' }));
await show('saved', async () => {
  await simple.applyTagsToFile(song, { title: 'Saved', genre: ['Pop'] });
  return [await simple.readTags(song), readFileSync(song)];
});
await show('saved bytes', () => simple.applyTagsToFile(readFileSync(song), { title: 'x' }));

// The Full API.
const taglib = await TagLib.initialize();
for (const name of readdirSync(folder).sort()) {
  await show(`open file of ${name}`, async () => {
    using file = await taglib.open(path.join(folder, name));
    const { title, artist, album, comment, genre, year, track } = file.tag();
    return {
      ...{ title, artist, album, comment, genre, year, track },
      audio: { ...file.audioProperties(), bitrateMode: undefined },
      format: file.getFormat(),
      kinds: [file.isMP4(), file.isValid(), file.isFormat('MP3'), file.hasId3Tags?.()],
      album2: file.getProperty('album'),
      missing: file.getProperty('no such property'),
      // taglib-wasm gives every picture of MP4 the type Other.
      pictures: file.getPictures().map(({ type, ...picture }) => (file.isMP4() ? picture : type)),
      ratings: [file.getRating(), file.getRatings()],
    };
  });
}
await show('properties of an open file', async () => {
  using file = await taglib.open(song);
  const { trackNumber: _, ...properties } = file.properties();
  return properties;
});
await show('saved open file', async () => {
  const file = await taglib.open(song);
  const chained = file.tag().setTitle('A').setArtist('B').setAlbum('C').setComment('D');
  chained.setGenre('Jazz').setYear(1999).setTrack(3);
  file.setProperty('mood', 'calm');
  file.setProperties({ composer: ['E', 'F'] });
  file.addPicture({
    mimeType: 'image/png',
    data: new Uint8Array([1, 2, 3]),
    type: 'BackCover',
    description: 'back',
  });
  file.setRating(0.6, 'me@example.org');
  const before = [file.tag().title, file.getPictures().length, file.getRating()];
  await file.saveToFile();
  file.dispose();
  using again = await taglib.open(song);
  const { title, artist, album, comment, genre, year, track } = again.tag();
  return {
    before,
    ...{ title, artist, album, comment, genre, year, track },
    others: ['mood', 'composer'].map((key) => again.properties()[key]),
    pictures: again.getPictures(),
    rating: again.getRating(),
  };
});
await show('blocking save', async () => {
  using file = await taglib.open(song);
  file.removePictures();
  file.tag().setTitle('Blocking');
  const saved = file.save();
  using again = await taglib.open(song);
  return [saved, again.tag().title, again.getPictures().length];
});
await show('saved to another file', async () => {
  const other = path.join(folder, 'other.mp3');
  using file = await taglib.open(song);
  file.tag().setTitle('Other');
  await file.saveToFile(other);
  using again = await taglib.open(other);
  return [again.tag().title, (await simple.readTags(song)).title];
});
await show('edit', async () => {
  await taglib.edit(song, (file) => {
    file.tag().setArtist('Edited');
  });
  return (await simple.readTags(song)).artist;
});
await show('updateFile', async () => {
  await taglib.updateFile(song, { album: 'Updated', year: 2001 });
  const { album, year } = await simple.readTags(song);
  return [album, year];
});
await show('copyWithTags', async () => {
  const copy = path.join(folder, 'copy.mp3');
  await taglib.copyWithTags(song, copy, { title: 'Copy' });
  return [(await simple.readTags(copy)).title, (await simple.readTags(song)).title];
});
// taglib-wasm says that memory is short.
const isRejected = (call) =>
  call.then(
    () => false,
    () => true,
  );
await show('missing file', () => isRejected(taglib.open(path.join(folder, 'missing.mp3'))));
await show('disposed file', async () => {
  const file = await taglib.open(song);
  file.dispose();
  return file.tag();
});
await show('classes', async () => {
  using file = await taglib.open(song);
  return [
    file instanceof main.AudioFileImpl,
    taglib instanceof TagLib,
    (await simple.getTagLib()) instanceof TagLib,
  ];
});
await show('open bytes', async () => {
  using file = await taglib.open(readFileSync(song));
  return [file.tag().title, file.getFileBuffer().length > 0];
});

// Folders and picture files.
const album = path.join(folder, 'album');
mkdirSync(album);
for (const [index, name] of ['1.mp3', '2.mp3', '3.mp3'].entries()) {
  writeFileSync(path.join(album, name), readFileSync(path.join(folder, 'plain.mp3')));
  await simple.applyTagsToFile(path.join(album, name), {
    ...{ title: `Song ${index % 2}`, artist: 'Band', album: 'Record' },
  });
}
const cover = path.join(album, 'cover.png');
writeFileSync(cover, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 9]));
const byPath = (a, b) => (a.path < b.path ? -1 : 1);
const scanned = async (options) => {
  const { items } = await folderApi.scanFolder(album, options);
  return items.sort(byPath).map(({ properties, ...item }) => ({
    ...item,
    properties: properties && { ...properties, bitrateMode: undefined },
  }));
};
await show('scan', () => scanned());
await show('scan with options', () =>
  scanned({ extensions: ['.mp3'], maxFiles: 10, includeProperties: false, recursive: false }),
);
await show('scan of nothing', () => scanned({ extensions: ['.ogg'] }));
await show('duplicates', async () => {
  const groups = await main.findDuplicates(album, { criteria: ['artist', 'title'] });
  return groups.map(({ criteria, files }) => [criteria, files.map((file) => file.path).sort()]);
});
await show('updates', async () => {
  const updates = ['1.mp3', '2.mp3'].map((name) => ({
    path: path.join(album, name),
    tags: { title: `New ${name}` },
  }));
  const { items } = await folderApi.updateFolderTags(updates);
  return [items.sort(byPath), await simple.readTags(updates[1].path)];
});
await show('export', async () => {
  const output = path.join(album, 'export.json');
  await folderApi.exportFolderMetadata(album, output);
  const { summary, files, errors } = JSON.parse(readFileSync(output, 'utf8'));
  delete summary.duration;
  return [summary, files.map((file) => file.path).sort(), errors];
});
const first = path.join(album, '1.mp3');
await show('imported cover', async () => {
  await main.importCoverArt(first, cover);
  return simple.readPictures(first);
});
await show('imported picture', async () => {
  await main.importPictureWithType(first, cover, 'BackCover', { description: 'back' });
  return simple.readPictures(first);
});
await show('copied cover', async () => {
  const second = path.join(album, '2.mp3');
  await main.copyCoverArt(first, second);
  return simple.readPictures(second);
});
await show('exported cover', async () => {
  await main.exportCoverArt(first, path.join(album, 'out.png'));
  return readFileSync(path.join(album, 'out.png'));
});
await show('exported picture', async () => {
  await main.exportPictureByType(first, path.join(album, 'back.png'), 'BackCover');
  return readFileSync(path.join(album, 'back.png'));
});
await show('exported pictures', () => main.exportAllPictures(first, album));
await show('found images', () => main.findCoverArtFiles(first));
await show('loaded picture', async () => {
  const picture = await main.loadPictureFromFile(cover, 'Media');
  await main.savePictureToFile(picture, path.join(album, 'saved.png'));
  return [picture, readFileSync(path.join(album, 'saved.png')), web.pictureToDataURL(picture)];
});
await show('picture of a missing file', () =>
  isRejected(main.loadPictureFromFile(`${cover}.missing`)),
);
await show('helpers', () => [
  simple.PICTURE_TYPE_NAMES,
  simple.PICTURE_TYPE_VALUES,
  RatingUtils.toPopm(0.8),
  rating.toStars(0.8),
  main.PROPERTIES.title,
  main.Tags.Title,
  main.getPropertyMetadata('artist'),
]);

const plain = (_, value) => {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
};
console.log(JSON.stringify(results, plain, 1));
