/**
 * A program that uses taglib-wasm's Full API, its folder API and its helpers for picture
 * files. It must print the same with and without `taglib-wasi/register`. Its argument is
 * a folder with copies of fixtures. `route.test.mjs` reads it as text, and runs it in
 * another folder.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  AudioFileImpl,
  bwf,
  copyCoverArt,
  exportAllPictures,
  exportCoverArt,
  exportPictureByType,
  FileOperationError,
  findCoverArtFiles,
  importCoverArt,
  importPictureWithType,
  isNamedAudioInput,
  isTagLibError,
  loadPictureFromFile,
  MetadataError,
  RatingUtils,
  readPictures,
  savePictureToFile,
  TagLib,
  TagLibError,
  UnsupportedFormatError,
} from 'taglib-wasm';
import {
  exportFolderMetadata,
  findDuplicates,
  scanFolder,
  updateFolderTags,
} from 'taglib-wasm/folder';
import * as rating from 'taglib-wasm/rating';
import * as web from 'taglib-wasm/web';

const folder = process.argv[2];
const inFolder = (...names) => path.join(folder, ...names);
const results = {};
const show = async (name, call) => {
  try {
    results[name] = await call();
  } catch (error) {
    const { code } = error;
    const classes = [FileOperationError, MetadataError, UnsupportedFormatError, TagLibError];
    results[name] = { code, of: classes.map((Class) => error instanceof Class) };
  }
};

const taglib = await TagLib.initialize();
/** Shows what a call gives for an open file. */
const showFile = (name, file, call) =>
  show(name, async () => {
    const opened = await taglib.open(file);
    try {
      return await call(opened);
    } finally {
      opened.dispose();
    }
  });

const song = inFolder('album', 'song.mp3');
const copy = inFolder('album', 'copy.mp3');
const flac = inFolder('album', 'song.flac');
const m4a = inFolder('song.m4a');
const wav = inFolder('broadcast.wav');
const image = {
  mimeType: 'image/png',
  data: new Uint8Array([137, 80, 78, 71, 1]),
  type: 'BackCover',
};

await show('the instance', () => [taglib instanceof TagLib, typeof taglib.version()]);
for (const file of [song, flac, m4a, wav]) {
  await showFile(`the file ${file}`, file, (opened) => [
    opened instanceof AudioFileImpl,
    opened.isValid(),
    opened.getFormat(),
    opened.isMP4(),
    opened.isFormat('FLAC'),
    opened.audioProperties().sampleRate,
    opened.getPictures().map(({ data }) => data.length),
    opened.getChapters(),
    opened.getLyrics(),
    opened.hasId3Tags(),
  ]);
  await showFile(`the tag of ${file}`, file, (opened) => {
    const { title, artist, album, comment, genre, year, track } = opened.tag();
    return { title, artist, album, comment, genre, year, track };
  });
  await showFile(`properties of ${file}`, file, (opened) => {
    const { title, artist, albumArtist, composer } = opened.properties();
    return { title, artist, albumArtist, composer, one: opened.getProperty('title') };
  });
}

await showFile('setters of the tag, chained', song, (file) => {
  file.tag().setTitle('New').setArtist('One').setTrack(7).setYear(1999);
  return [file.tag().title, file.tag().track, file.save()];
});
await showFile('what was saved', song, (file) => [file.tag().title, file.tag().year]);
await showFile('properties that were set', flac, async (file) => {
  file.setProperties({ title: ['Set'], composer: ['C'] });
  file.setProperty('copyright', '2001');
  await file.saveToFile();
});
await showFile('what was set', flac, (file) => [
  file.properties().title,
  file.getProperty('copyright'),
]);
await showFile('pictures', flac, async (file) => {
  const before = file.getPictures().length;
  file.addPicture(image);
  const added = file.getPictures().length;
  file.removePictures();
  file.setPictures([image]);
  await file.saveToFile();
  return [before, added, file.getPictures().map(({ type }) => type)];
});
await showFile('ratings', flac, async (file) => {
  file.setRating(0.8);
  await file.saveToFile();
  return RatingUtils.toStars(file.getRating());
});
await showFile('lyrics', song, async (file) => {
  file.setLyrics([{ text: 'la' }]);
  await file.saveToFile();
});
await showFile('saved lyrics', song, (file) => file.getLyrics().map(({ text }) => text));
await showFile('chapters', song, async (file) => {
  file.setChapters([
    { startTimeMs: 0, endTimeMs: 10, title: 'Intro' },
    { startTimeMs: 10, endTimeMs: 20, title: 'One' },
  ]);
  await file.saveToFile();
});
await showFile('saved chapters', song, (file) => file.getChapters().map(({ title }) => title));
await showFile('frames', song, async (file) => {
  file.setId3v2Frames('RGAD', [new Uint8Array([1, 2, 3])]);
  await file.saveToFile();
});
await showFile('saved frames', song, (file) => file.getId3v2Frames('RGAD'));
await showFile('removed frames', song, async (file) => {
  file.removeId3v2Frames('RGAD');
  await file.saveToFile();
  return file.getId3v2Frames('RGAD');
});
await showFile('bext', wav, async (file) => {
  const bext = file.getBext();
  file.setBext({ ...bext, description: 'Updated' });
  file.setIxml('<BWFXML/>');
  await file.saveToFile();
  return [bext.description, bwf.decodeBext(file.getBextData()).description];
});
await showFile('saved bext', wav, (file) => [file.getBext().description, file.getIxml()]);
await showFile('bext of an MP3', song, (file) => file.setBext({}));
await showFile('an item of MP4', m4a, async (file) => {
  file.setMP4Item('----:com.apple.iTunes:MINE', 'mine');
  await file.saveToFile();
});
await showFile('the item', m4a, (file) => file.getMP4Item('----:com.apple.iTunes:MINE'));
await showFile('the removed item', m4a, async (file) => {
  file.removeMP4Item('----:com.apple.iTunes:MINE');
  await file.saveToFile();
});
await showFile('a copy', song, (file) => file.saveToFile(inFolder('album', 'saved-as.mp3')));
await showFile('the copy', inFolder('album', 'saved-as.mp3'), (file) => file.tag().title);
await showFile('a closed file', song, (file) => {
  file.dispose();
  return file.tag();
});
await show('edit', () => taglib.edit(song, (file) => void file.tag().setAlbum('Edited')));
await show('updateFile', () => taglib.updateFile(song, { genre: 'Pop', year: 2001 }));
await show('copyWithTags', () => taglib.copyWithTags(song, copy, { title: 'Copied' }));
await showFile('the edited file', song, (file) => [file.tag().album, file.tag().genre]);
await showFile('the tagged copy', copy, (file) => [file.tag().title, file.tag().album]);
await show('a missing file', async () => {
  await taglib.open(inFolder('none.mp3')).catch((error) => {
    if (!isTagLibError(error)) throw error;
  });
});

const bytes = new Uint8Array(readFileSync(flac));
await showFile('bytes', bytes, (file) => {
  file.tag().setTitle('In memory');
  return [file.save(), file.getFileBuffer().length > 1000, file.tag().title];
});
await show('named bytes', async () => {
  const input = { name: 'song.flac', data: bytes };
  const changed = await taglib.edit(input, (file) => void file.tag().setTitle('Edited'));
  const file = await taglib.open(changed.buffer);
  return [isNamedAudioInput(input), file.tag().title, changed instanceof Uint8Array];
});

const cover = inFolder('album', 'cover.png');
await show('exportCoverArt', async () => {
  await exportCoverArt(m4a, cover);
  return readFileSync(cover).length;
});
await show('exportPictureByType', () =>
  exportPictureByType(flac, inFolder('back.png'), 'BackCover'),
);
await show('a type that is not there', () => exportPictureByType(flac, inFolder('x.png'), 'Media'));
await show('exportAllPictures', async () => {
  const files = await exportAllPictures(flac, folder);
  return files.map((file) => [file, existsSync(file)]);
});
await show('exportAllPictures by names', () =>
  exportAllPictures(flac, folder, { nameFormat: ({ type }, index) => `${index}-${type}` }),
);
await show('findCoverArtFiles', () => findCoverArtFiles(song));
await show('loadPictureFromFile', () => loadPictureFromFile(cover, 'Artist'));
await show('savePictureToFile', () => savePictureToFile(image, inFolder('saved.png')));
await show('importCoverArt', () => importCoverArt(song, cover));
await show('importPictureWithType', () =>
  importPictureWithType(song, inFolder('saved.png'), 'BackCover', { description: 'back' }),
);
await show('imported pictures', async () =>
  (await readPictures(song)).map(({ type, description }) => [type, description]),
);
await show('copyCoverArt', () => copyCoverArt(song, copy));
await show('copyCoverArt of all', () => copyCoverArt(song, flac, { copyAll: true }));
await show('copied pictures', async () => [
  (await readPictures(copy)).map(({ type }) => type),
  (await readPictures(flac)).map(({ type }) => type),
]);

const scanned = ({ items }) =>
  items.map(({ status, path: file, tags, properties, hasCoverArt }) => [
    ...[status, file, tags?.title, tags?.artist, tags?.year],
    ...[properties?.sampleRate, hasCoverArt],
  ]);
await show('scanFolder', async () => {
  const progress = [];
  const onProgress = (done, total) => progress.push([done, total]);
  return [scanned(await scanFolder(folder, { onProgress })), progress];
});
await show('scanFolder of one extension', async () =>
  scanned(await scanFolder(folder, { extensions: ['.flac'], includeProperties: false })),
);
await show('scanFolder without subfolders', async () =>
  scanned(await scanFolder(folder, { recursive: false, maxFiles: 1 })),
);
await show('scanFolder of a missing folder', () =>
  scanFolder(inFolder('none')).then(
    () => 'resolved',
    () => 'rejected',
  ),
);
await show('updateFolderTags', async () => {
  const updates = [song, flac, m4a].map((file) => ({ path: file, tags: { album: 'Same' } }));
  const { items } = await updateFolderTags(updates);
  return items.map(({ status, path: file }) => [status, file]).sort();
});
await show('findDuplicates', async () =>
  (await findDuplicates(folder, { criteria: ['album'] })).map(({ criteria, files }) => [
    criteria,
    files.map((file) => file.path),
  ]),
);
await show('exportFolderMetadata', async () => {
  await exportFolderMetadata(folder, inFolder('catalog.json'));
  const {
    folder: scannedPath,
    summary,
    files,
  } = JSON.parse(readFileSync(inFolder('catalog.json'), 'utf8'));
  delete summary.duration;
  return [scannedPath, summary, files.map((file) => [file.path, file.tags.title])];
});
await show('ratings', () => [rating.toStars(0.8), rating.toPopm(0.6), rating.fromPopm(200)]);
await show('a data URL', () => [
  web.pictureToDataURL(image),
  web.dataURLToPicture('data:image/png;base64,iVBORwE=', 'Media'),
]);
await show('files', () => readdirSync(folder, { recursive: true }).sort());

const plain = (_, value) => (value instanceof Uint8Array ? [...value] : value);
console.log(JSON.stringify(results, plain, 1));
