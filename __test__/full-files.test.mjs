/** Open files of the Full API: what a save writes, when, and what it leaves alone. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import taglib, {
  FileOperationError,
  initialize,
  MetadataError,
  readTags,
  shutdown,
  TagLib,
  TagLibInitializationError,
  UnsupportedFormatError,
  writeTags,
} from '../index.js';
import { fixture } from './support/files.mjs';
import { library } from './support/library.mjs';
import { size } from './support/sizes.mjs';
import { writeUnkeepable } from './support/unkeepable.mjs';

after(shutdown);

const PICTURE = {
  mimeType: 'image/png',
  data: new Uint8Array([1, 2, 3]),
  type: 'FrontCover',
  description: '',
};

/** Preopens a folder with a copy of a fixture, and opens the copy. */
async function opened(t, name, options) {
  const folder = await library(t, [name]);
  const opener = await TagLib.initialize();
  const song = path.join(folder, name);
  return { opener, folder, song, file: await opener.open(song, options) };
}

describe('saveToFile', () => {
  test('saves everything that has changed, in one save', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    const { ino } = await stat(song);
    file.tag().setTitle('New').setGenre('');
    file.setProperty('mood', 'calm');
    file.addPicture(PICTURE);
    file.setRating(1, 'me@example.org');
    await file.saveToFile();
    assert.notEqual((await stat(song)).ino, ino);
    const { title, genre, pictures, ratings, mood } = await readTags(song);
    assert.deepEqual([title, genre, mood, pictures.length], [['New'], undefined, ['calm'], 3]);
    assert.deepEqual(ratings, [{ rating: 1, email: 'me@example.org', counter: undefined }]);
  });

  test('writes nothing if nothing has changed', async (t) => {
    const { file, song } = await opened(t, 'vorbis-comment.flac');
    const before = await stat(song, { bigint: true });
    await file.saveToFile();
    file.setProperties(file.properties());
    await file.saveToFile();
    file.tag().setTitle('New');
    await file.saveToFile();
    const saved = await stat(song, { bigint: true });
    await file.saveToFile();
    assert.equal((await stat(song, { bigint: true })).ctimeNs, saved.ctimeNs);
    assert.notEqual(saved.ctimeNs, before.ctimeNs);
  });

  test('keeps what another program has changed meanwhile', async (t) => {
    const { file, song } = await opened(t, 'aac.m4a');
    await writeTags(song, { artist: 'Another program', comment: [] });
    file.tag().setTitle('New');
    await file.saveToFile();
    const { title, artist, comment } = await readTags(song);
    assert.deepEqual([title, artist, comment], [['New'], ['Another program'], undefined]);
  });

  test('keeps it even if the program gives back all properties', async (t) => {
    const { file, song } = await opened(t, 'vorbis.ogg');
    await writeTags(song, { artist: 'Another program' });
    file.setProperties({ ...file.properties(), title: ['New'] });
    await file.saveToFile();
    const { title, artist } = await readTags(song);
    assert.deepEqual([title, artist], [['New'], ['Another program']]);
  });

  test('adds pictures to those that the file has by then', async (t) => {
    const { file, song } = await opened(t, 'plain.flac', { pictures: false });
    await taglib.applyPicturesToFile(song, [{ ...PICTURE, type: 'BackCover' }]);
    file.addPicture(PICTURE);
    await file.saveToFile();
    const { pictures } = await readTags(song);
    assert.deepEqual(
      pictures.map(({ type }) => type),
      ['BackCover', 'FrontCover'],
    );
  });

  test('leaves to the next save what is set while it runs', async (t) => {
    const { file, song } = await opened(t, 'id3v23.mp3');
    file.tag().setTitle('First');
    const saving = file.saveToFile();
    file.tag().setTitle('Second').setAlbum('Second');
    assert.equal(file.tag().title, 'Second');
    await saving;
    assert.deepEqual((await readTags(song)).title, ['First']);
    await file.saveToFile();
    const { title, album } = await readTags(song);
    assert.deepEqual([title, album], [['Second'], ['Second']]);
  });

  test('called several times at once saves in the order of the calls', async (t) => {
    const { file, song } = await opened(t, 'opus.opus');
    const saves = Array.from({ length: 10 }, (_, number) => {
      file.tag().setTitle(`Title ${number}`);
      return file.saveToFile();
    });
    await Promise.all(saves);
    assert.deepEqual((await readTags(song)).title, ['Title 9']);
  });

  test('that fails leaves the changes to the next one', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    const hidden = `${song}.hidden`;
    file.tag().setTitle('First').setAlbum('First');
    await rename(song, hidden);
    const failing = file.saveToFile();
    file.tag().setTitle('Second');
    await assert.rejects(failing, ({ details }) => details.errno === 'ENOENT');
    await rename(hidden, song);
    await file.saveToFile();
    const { title, album } = await readTags(song);
    assert.deepEqual([title, album], [['Second'], ['First']]);
  });

  test('can be aborted, and the changes stay', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('New');
    const signal = AbortSignal.abort();
    await assert.rejects(file.saveToFile(undefined, { signal }), { name: 'AbortError' });
    await file.saveToFile();
    assert.deepEqual((await readTags(song)).title, ['New']);
  });

  test('that waits for another one is aborted at once', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    const controller = new AbortController();
    const outcomes = [];
    file.tag().setTitle('First');
    const first = file.saveToFile().then(() => outcomes.push('saved'));
    file.tag().setAlbum('Second');
    const { signal } = controller;
    const second = file.saveToFile(undefined, { signal }).catch(({ name }) => outcomes.push(name));
    controller.abort();
    await Promise.all([first, second]);
    assert.deepEqual(outcomes, ['AbortError', 'saved']);
    await file.saveToFile();
    const { title, album } = await readTags(song);
    assert.deepEqual([title, album], [['First'], ['Second']]);
  });

  test('tells what would be lost, or reports it', async (t) => {
    const folder = await library(t, []);
    const song = path.join(folder, 'old.mp3');
    await writeUnkeepable(song);
    const file = await new TagLib().open(song);
    file.tag().setTitle('New');
    await assert.rejects(file.saveToFile(), ({ details }) => details.lost.length === 1);
    assert.throws(
      () => file.save(),
      ({ details }) => details.lost.length === 1,
    );
    const { lost } = await file.saveToFile(undefined, { onLoss: 'report' });
    assert.equal(lost.length, 1);
    assert.deepEqual((await readTags(song)).title, ['New']);
  });

  test('shows the line that has called it', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('New');
    await rm(song);
    const error = await file.saveToFile().catch((reason) => reason);
    assert.match(error.stack.split('\n')[1], /full-files\.test\.mjs/);
  });
});

describe('saveToFile with another path', () => {
  test('leaves the file alone, and the changes to a later save', async (t) => {
    const { file, song, folder } = await opened(t, 'id3v24.mp3');
    const before = await readFile(song);
    const copy = path.join(folder, 'copy.mp3');
    file.tag().setTitle('New');
    file.addPicture(PICTURE);
    await file.saveToFile(copy);
    assert.deepEqual(await readFile(song), before);
    const { title, pictures } = await readTags(copy);
    assert.deepEqual([title, pictures.length], [['New'], 3]);
    await file.saveToFile();
    assert.deepEqual((await readTags(song)).title, ['New']);
  });

  test('copies a file in which nothing has changed', async (t) => {
    const { file, song, folder } = await opened(t, 'vorbis.ogg');
    const copy = path.join(folder, 'copy.ogg');
    await file.saveToFile(copy);
    assert.deepEqual(await readFile(copy), await readFile(song));
  });

  test('replaces a file there, unless it must not', async (t) => {
    const { file, folder } = await opened(t, 'plain.flac');
    const other = path.join(folder, 'other.flac');
    await writeFile(other, 'not audio');
    file.tag().setTitle('New');
    await assert.rejects(
      file.saveToFile(other, { overwrite: false }),
      ({ details }) => details.errno === 'EEXIST',
    );
    assert.equal(await readFile(other, 'utf8'), 'not audio');
    await file.saveToFile(other);
    assert.deepEqual((await readTags(other)).title, ['New']);
  });

  test('of the file itself, by its own or another spelling, is an ordinary save', async (t) => {
    const { file, song, folder } = await opened(t, 'id3v24.mp3');
    for (const [spelling, count] of [
      [song, 3],
      [`${folder}/x/../${path.basename(song)}`, 4],
    ]) {
      await mkdir(path.join(folder, 'x'), { recursive: true });
      file.addPicture(PICTURE);
      await file.saveToFile(spelling);
      assert.equal((await readTags(song)).pictures.length, count);
      await file.saveToFile();
      assert.equal((await readTags(song)).pictures.length, count, 'saved a second time');
    }
  });

  test('outside of the preopens, or in a read-only one, is refused', async (t) => {
    const { song, folder } = await opened(t, 'id3v24.mp3');
    const other = path.join(path.dirname(folder), 'taglib-wasi-outside.mp3');
    const file = await new TagLib().open(song);
    await assert.rejects(file.saveToFile(other), ({ details }) => details.errno === 'ENOTCAPABLE');
    await initialize([{ path: folder, readOnly: true }]);
    file.tag().setTitle('New');
    for (const target of [undefined, path.join(folder, 'copy.mp3')]) {
      await assert.rejects(file.saveToFile(target), ({ details }) => details.errno === 'EROFS');
    }
    assert.throws(
      () => file.save(),
      ({ details }) => details.errno === 'EROFS',
    );
    assert.deepEqual(readdirSync(folder), ['id3v24.mp3']);
  });
});

describe('save', () => {
  test('blocks until the file is saved', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('New');
    assert.equal(file.save(), true);
    const bytes = file.getFileBuffer();
    assert.deepEqual(bytes, new Uint8Array(await readFile(song)));
    assert.deepEqual((await readTags(bytes)).title, ['New']);
  });

  test('works while all threads of libuv are busy', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    const others = Array.from({ length: 200 }, () => readTags(song));
    file.tag().setTitle('New');
    assert.equal(file.save(), true);
    await Promise.all(others);
    assert.deepEqual((await readTags(song)).title, ['New']);
  });

  test('is refused while another save of the object is under way', async (t) => {
    const { file } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('First');
    const saving = file.saveToFile();
    file.tag().setTitle('Second');
    assert.throws(
      () => file.save(),
      ({ details }) => details.errno === 'EBUSY',
    );
    await saving;
    assert.equal(file.save(), true);
  });

  test('that fails leaves the changes', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('New');
    await rename(song, `${song}.hidden`);
    assert.throws(() => file.save(), FileOperationError);
    await rename(`${song}.hidden`, song);
    file.save();
    assert.deepEqual((await readTags(song)).title, ['New']);
  });

  test('has a form that does not block', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('New');
    await file.saveAsync();
    assert.deepEqual((await readTags(song)).title, ['New']);
  });
});

describe('a file that was opened from bytes', () => {
  test('is changed in memory by save, and written by saveToFile', async (t) => {
    const folder = await library(t, []);
    const bytes = await readFile(fixture('vorbis-comment.flac'));
    const file = await new TagLib().open(bytes);
    const before = Uint8Array.from(bytes);
    bytes.fill(0);
    assert.deepEqual(file.getFileBuffer(), before, 'the bytes are a copy');
    file.tag().setTitle('New');
    assert.deepEqual(file.getFileBuffer(), before);
    assert.equal(file.save(), true);
    assert.deepEqual((await readTags(file.getFileBuffer())).title, ['New']);
    file.tag().setAlbum('Second');
    const target = path.join(folder, 'new.flac');
    await file.saveToFile(target);
    assert.deepEqual((await readTags(target)).album, ['Second']);
    assert.deepEqual(new Uint8Array(await readFile(target)), file.getFileBuffer());
    await assert.rejects(file.saveToFile(), ({ details }) => details.errno === 'EINVAL');
  });

  test('may be a File, an ArrayBuffer or named bytes', async (t) => {
    await library(t, []);
    const bytes = await readFile(fixture('id3v24.mp3'));
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const inputs = [buffer, { name: 'song.mp3', data: bytes }];
    if (typeof File !== 'undefined') inputs.push(new File([bytes], 'song.mp3'));
    for (const input of inputs) {
      const file = await new TagLib().open(input, { partial: true, maxHeaderSize: 1024 });
      assert.equal(file.tag().album, 'The Fixtures');
      file.tag().setTitle('New');
      await file.saveAsync();
      assert.equal((await new TagLib().open(file.getFileBuffer())).tag().title, 'New');
    }
  });

  test('needs no preopens', async () => {
    await shutdown();
    const opener = await TagLib.initialize();
    const file = await opener.open(await readFile(fixture('opus.opus')));
    assert.equal(file.getFormat(), 'OPUS');
    await assert.rejects(
      opener.open(fixture('opus.opus')),
      ({ details }) => details.errno === 'ENOTCAPABLE',
    );
  });
});

describe('toBuffer', () => {
  test('gives the content with the changes, and saves nothing', async (t) => {
    const { file, song } = await opened(t, 'aac.m4a');
    const before = await readFile(song);
    assert.deepEqual(await file.toBuffer(), new Uint8Array(before));
    file.tag().setTitle('New');
    assert.deepEqual((await readTags(await file.toBuffer())).title, ['New']);
    assert.deepEqual(await readFile(song), before);
    assert.deepEqual(file.getFileBuffer(), new Uint8Array(before));
    await file.saveToFile();
    assert.deepEqual((await readTags(song)).title, ['New']);
  });
});

describe('edit, updateFile and copyWithTags', () => {
  test('edit saves what the function has changed, to the file or to the bytes', async (t) => {
    const { opener, song } = await opened(t, 'id3v24.mp3');
    const nothing = await opener.edit(song, async (file) => {
      await null;
      file.tag().setTitle('New');
    });
    assert.equal(nothing, undefined);
    assert.deepEqual((await readTags(song)).title, ['New']);
    const bytes = await opener.edit(await readFile(song), (file) => file.removePictures());
    assert.equal((await readTags(bytes)).pictures, undefined);
  });

  test('edit saves nothing if the function throws', async (t) => {
    const { opener, song } = await opened(t, 'id3v24.mp3');
    const before = await readFile(song);
    const failing = opener.edit(song, (file) => {
      file.tag().setTitle('New');
      throw new Error('no');
    });
    await assert.rejects(failing, /^Error: no$/);
    assert.deepEqual(await readFile(song), before);
  });

  test('updateFile changes fields, and copyWithTags does in a copy', async (t) => {
    const { opener, song, folder } = await opened(t, 'id3v24.mp3');
    await opener.updateFile(song, { title: 'New', track: 4 });
    const copy = path.join(folder, 'copy.mp3');
    await opener.copyWithTags(song, copy, { artist: ['One', 'Two'], totalTracks: 20 });
    const { title, artist, track, totalTracks } = await readTags(copy);
    assert.deepEqual([title, artist, track, totalTracks], [['New'], ['One', 'Two'], 4, 20]);
    assert.deepEqual((await readTags(song)).totalTracks, 12);
  });
});

test('two objects of one file that change different fields lose nothing', async (t) => {
  const { opener, song } = await opened(t, 'plain.flac');
  const rounds = size(50, 1000);
  for (let round = 0; round < rounds; round += 1) {
    const [one, other] = await Promise.all([opener.open(song), opener.open(song)]);
    one.tag().setTitle(`title ${round}`);
    other.tag().setArtist(`artist ${round}`);
    await Promise.all([one.saveToFile(), other.saveToFile()]);
    const { title, artist } = await readTags(song);
    assert.deepEqual([title, artist], [[`title ${round}`], [`artist ${round}`]]);
  }
});

test('2,000 open files hold no descriptor', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async (t) => {
  const { opener, song } = await opened(t, 'plain.mp3');
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  const files = [];
  while (files.length < 2000) {
    files.push(...(await Promise.all(Array.from({ length: 100 }, () => opener.open(song)))));
  }
  // The workers that read may have one of their own.
  assert.ok(descriptors() <= before + 8, `${before}, then ${descriptors()}`);
  assert.ok(files.every((file) => file.isValid()));
});

test('two processes that change different fields of one file lose nothing', async (t) => {
  const { song } = await opened(t, 'plain.flac');
  const rounds = size(25, 1000);
  const editor = fileURLToPath(new URL('./support/field-editor.mjs', import.meta.url));
  const run = (setter) =>
    promisify(execFile)(process.execPath, [editor, song, setter, `${rounds}`]);
  await Promise.all([run('setTitle'), run('setArtist')]);
  const { title, artist } = await readTags(song);
  assert.deepEqual([title, artist], [[`title ${rounds}`], [`artist ${rounds}`]]);
});

describe('dispose', () => {
  test('makes every method throw, but not the getters of a tag', async (t) => {
    const { file } = await opened(t, 'id3v24.mp3');
    const tag = file.tag();
    file.dispose();
    file.dispose();
    file[Symbol.dispose]();
    assert.equal(tag.album, 'The Fixtures');
    assert.throws(() => tag.setTitle('x'), MetadataError);
    for (const call of [
      () => file.getFormat(),
      () => file.tag(),
      () => file.properties(),
      () => file.isValid(),
      () => file.getPictures(),
      () => file.save(),
      () => file.getFileBuffer(),
      () => file.getId3v2Frames(),
      () => file.hasId3Tags(),
    ]) {
      assert.throws(call, MetadataError, String(call));
    }
    for (const call of [() => file.saveToFile(), () => file.toBuffer(), () => file.saveAsync()]) {
      await assert.rejects(call(), MetadataError, String(call));
    }
  });

  test('by `await using` waits for the save that is under way', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('New');
    file.saveToFile();
    await file[Symbol.asyncDispose]();
    assert.deepEqual((await readTags(song)).title, ['New']);
    assert.throws(() => file.tag(), MetadataError);
  });

  test('lets a save that is under way end', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.tag().setTitle('New');
    const saving = file.saveToFile();
    file.dispose();
    await saving;
    assert.deepEqual((await readTags(song)).title, ['New']);
  });
});

test('after shutdown getters and setters work, and saves are rejected', async (t) => {
  const { file, folder } = await opened(t, 'id3v24.mp3');
  await shutdown();
  file.tag().setTitle('New');
  assert.equal(file.tag().title, 'New');
  assert.equal(file.getPictures().length, 2);
  await assert.rejects(file.saveToFile(), TagLibInitializationError);
  await assert.rejects(file.saveToFile(path.join(folder, 'x.mp3')), TagLibInitializationError);
  assert.throws(() => file.save(), TagLibInitializationError);
  await initialize([folder]);
  await file.saveToFile();
});

test('what getters give and setters take are copies', async (t) => {
  const { file } = await opened(t, 'id3v24.mp3');
  const data = new Uint8Array([1, 2, 3]);
  const pictures = [{ ...PICTURE, data }];
  const ratings = [{ rating: 0.5 }];
  const values = ['calm'];
  file.setPictures(pictures);
  file.setRatings(ratings);
  file.setProperties({ mood: values });
  file.setId3v2Frames('XRVA', [data]);
  data.fill(9);
  pictures.length = 0;
  ratings[0].rating = 0;
  values[0] = 'wild';
  const given = () => [
    file.getPictures()[0].data[0],
    file.getRatings()[0].rating,
    file.properties().mood[0],
    file.getId3v2Frames('XRVA')[0].data[0],
  ];
  assert.deepEqual(given(), [1, 0.5, 'calm', 1]);
  file.getPictures()[0].data.fill(9);
  file.getRatings()[0].rating = 0;
  file.properties().mood[0] = 'wild';
  file.getId3v2Frames('XRVA')[0].data.fill(9);
  assert.deepEqual(given(), [1, 0.5, 'calm', 1]);
});

describe('properties', () => {
  test('are merged by setProperties, or replaced if it is asked to', async (t) => {
    const { file, song } = await opened(t, 'vorbis-comment.flac');
    file.setProperties({ title: ['New'], genre: [] });
    assert.deepEqual(file.getProperty('artist'), 'First Artist');
    file.setLyrics([{ text: 'la' }]);
    file.setProperties({ title: ['Only'] }, { replace: true });
    assert.deepEqual(file.properties(), { title: ['Only'] });
    await file.saveToFile();
    const { pictures, ...tags } = await readTags(song);
    assert.deepEqual(tags, { title: ['Only'], lyrics: [{ text: 'la' }] });
  });

  test('have names in any case, and are kept under their keys', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3');
    file.setProperty('myOwn', 'x');
    assert.equal(file.getProperty('MYOWN'), 'x');
    assert.equal(file.getProperty('TITLE'), file.tag().title);
    assert.equal(file.getProperty('year'), '2019-04-05');
    await file.saveToFile();
    assert.deepEqual((await readTags(song)).MYOWN, ['x']);
  });

  test('do not include what is not a tag', async (t) => {
    const { file } = await opened(t, 'id3v24.mp3');
    for (const name of ['codec', 'sampleRate', 'pictures', 'bextData']) {
      assert.equal(file.getProperty(name), undefined);
      assert.throws(() => file.setProperty(name, 'x'), { name: 'MetadataError', field: name });
      assert.throws(() => file.setProperties({ [name]: ['x'] }), MetadataError);
    }
  });

  test('that are numbers keep the total that is not set', async (t) => {
    const { file, song } = await opened(t, 'aac.m4a');
    file.tag().setTrack(5);
    file.setProperty('discNumber', '2/4');
    assert.deepEqual(
      ['trkn', 'disk'].map((item) => file.getMP4Item(item)),
      ['5/12', '2/4'],
    );
    await file.saveToFile();
    const { track, totalTracks, discNumber, totalDiscs } = await readTags(song);
    assert.deepEqual([track, totalTracks, discNumber, totalDiscs], [5, 12, 2, 4]);
  });
});

describe('MP4 items', () => {
  test('are read and written by their names', async (t) => {
    const { file, song, opener } = await opened(t, 'aac.m4a');
    assert.equal(file.getMP4Item('©nam'), 'Grüße, 世界 🎵');
    assert.equal(file.getMP4Item('cpil'), '1');
    file.setMP4Item('©wrt', 'Composer');
    file.setMP4Item('----:com.apple.iTunes:ASIN', 'B000');
    file.removeMP4Item('©cmt');
    file.removeMP4Item('disk');
    await file.saveToFile();
    const again = await opener.open(song);
    assert.deepEqual(
      ['©wrt', '----:com.apple.iTunes:ASIN', '©cmt', 'disk'].map((item) => again.getMP4Item(item)),
      ['Composer', 'B000', undefined, undefined],
    );
  });

  test('that TagLib can’t write are refused', async (t) => {
    const { file } = await opened(t, 'aac.m4a');
    for (const item of ['covr', '----:com.example:X', 'xxxx']) {
      assert.throws(() => file.setMP4Item(item, 'x'), { name: 'MetadataError', field: item });
    }
    assert.throws(() => file.setMP4Item('trkn', 'A1'), MetadataError);
    file.removeMP4Item('xxxx');
  });

  test('are in MP4 alone', async (t) => {
    const { file } = await opened(t, 'plain.flac');
    assert.equal(file.isMP4(), false);
    for (const call of [
      () => file.getMP4Item('©nam'),
      () => file.setMP4Item('©nam', 'x'),
      () => file.removeMP4Item('©nam'),
      () => file.getId3v2Frames(),
      () => file.setId3v2Frames('TIT2', []),
    ]) {
      assert.throws(call, UnsupportedFormatError, String(call));
    }
    const { file: wma } = await opened(t, 'tagged.wma');
    assert.throws(() => wma.setChapters([]), UnsupportedFormatError);
  });
});

describe('ID3v2 frames', () => {
  test('are found in bytes that begin with two ID3v2 tags', async () => {
    const song = await readFile(fixture('id3v24.mp3'));
    const size = song.subarray(6, 10).reduce((sum, byte) => (sum << 7) | byte, 0);
    const twice = Buffer.concat([song.subarray(0, 10 + size), song]);
    const opener = await TagLib.initialize({ preopens: [] });
    const frames = async (bytes) => (await opener.open(bytes)).getId3v2Frames();
    assert.deepEqual(await frames(twice), await frames(song));
  });

  test('show changes that are not saved', async (t) => {
    const { file } = await opened(t, 'id3v24.mp3');
    const text = (id) => file.getId3v2Frames(id).map(({ data }) => `${data.subarray(1)}`);
    const bytes = (words) => `${new TextEncoder().encode(words)}`;
    file.setId3v2Frames('XRVA', [new Uint8Array([1, 2])]);
    assert.deepEqual(text('XRVA'), ['2']);
    file.tag().setTitle('New').setTrack(5);
    assert.deepEqual(text('TIT2'), [bytes('New')]);
    assert.deepEqual(text('TRCK'), [bytes('5/12')]);
    assert.deepEqual(text('XRVA'), ['2']);
    file.removeId3v2Frames('XRVA');
    file.removeId3v2Frames('APIC');
    assert.deepEqual(text('APIC'), []);
    await file.saveToFile();
    assert.deepEqual(text('TIT2'), [bytes('New')]);
    assert.deepEqual(text('APIC'), []);
  });

  test('are refused if they are not valid', async (t) => {
    const { file } = await opened(t, 'id3v24.mp3');
    for (const id of ['', 'tit2', 'TIT', 'TIT22', 'TI 2']) {
      assert.throws(() => file.getId3v2Frames(id), MetadataError, id);
      assert.throws(() => file.setId3v2Frames(id, []), MetadataError, id);
    }
    assert.throws(() => file.setId3v2Frames('TIT2', [new Uint8Array()]), MetadataError);
    assert.throws(() => file.setId3v2Frames('TIT2', ['x']), TypeError);
  });
});

describe('pictures', () => {
  test('that were not read can’t be given, and are kept by a save', async (t) => {
    const { file, song } = await opened(t, 'id3v24.mp3', { pictures: false });
    assert.throws(() => file.getPictures(), { name: 'MetadataError', field: 'pictures' });
    file.tag().setTitle('New');
    await file.saveToFile();
    assert.equal((await readTags(song)).pictures.length, 2);
    file.setPictures([PICTURE]);
    assert.equal(file.getPictures().length, 1);
    await file.saveToFile();
    assert.equal((await readTags(song)).pictures.length, 1);
  });

  test('of MP4 are front covers without a description', async (t) => {
    const { file } = await opened(t, 'aac.m4a');
    file.addPicture({ ...PICTURE, type: 'Artist', description: 'x' });
    assert.deepEqual(
      file.getPictures().map(({ type, description }) => [type, description]),
      Array(2).fill(['FrontCover', '']),
    );
  });
});

describe('chapters', () => {
  test('of MP4 are stored in the ways that are asked for', async (t) => {
    const { file, song, opener } = await opened(t, 'chapters.m4a');
    const has = async (atom) => (await readFile(song)).includes(atom);
    for (const [mp4ChapterStyle, hasTrack, hasNero] of [
      ['nero', false, true],
      ['both', true, true],
      ['quicktime', true, false],
    ]) {
      const titles = [`${mp4ChapterStyle} one`, `${mp4ChapterStyle} two`];
      file.setChapters(
        titles.map((title, index) => ({ startTimeMs: index * 100, title })),
        { mp4ChapterStyle },
      );
      await file.saveToFile();
      assert.deepEqual([await has('chap'), await has('chpl')], [hasTrack, hasNero]);
      const again = await opener.open(song);
      assert.deepEqual(again.getChapters(), file.getChapters());
      assert.deepEqual(
        again.getChapters().map(({ title }) => title),
        titles,
      );
    }
    assert.throws(() => file.setChapters([], { mp4ChapterStyle: 'x' }), RangeError);
  });

  test('that start behind the end of the audio have no end', async (t) => {
    const { file, song, opener } = await opened(t, 'chapters.m4a');
    file.setChapters([{ startTimeMs: 5000, title: 'late' }]);
    assert.deepEqual(
      file.getChapters().map(({ endTimeMs }) => endTimeMs),
      [undefined],
    );
    await file.saveToFile();
    assert.deepEqual((await opener.open(song)).getChapters(), file.getChapters());
  });
});

describe('ID3 tags of a FLAC file', () => {
  test('are found and removed', async (t) => {
    const folder = await library(t, []);
    const song = path.join(folder, 'id3.flac');
    const id3v1 = Buffer.concat([Buffer.from('TAGA title'), Buffer.alloc(118)]);
    const id3v2 = Buffer.from('4944330400000000000c54495432000000020000' + '0041', 'hex');
    await writeFile(
      song,
      Buffer.concat([id3v2, await readFile(fixture('vorbis-comment.flac')), id3v1]),
    );
    const opener = new TagLib();
    const file = await opener.open(song);
    assert.deepEqual(file.hasId3Tags(), { v1: true, v2: true });
    file.stripId3Tags({ v2: false });
    assert.deepEqual(file.hasId3Tags(), { v1: false, v2: true });
    const copy = path.join(folder, 'copy.flac');
    await file.saveToFile(copy);
    assert.deepEqual((await opener.open(copy)).hasId3Tags(), { v1: false, v2: true });
    file.stripId3Tags();
    await file.saveToFile();
    const again = await opener.open(song);
    assert.deepEqual(again.hasId3Tags(), { v1: false, v2: false });
    assert.equal(again.tag().album, 'The Fixtures');
    const bytes = await readFile(song);
    assert.equal(bytes.subarray(0, 4).toString(), 'fLaC');
    assert.ok(!bytes.subarray(-128).toString('latin1').startsWith('TAG'));
  });

  test('are not looked for in other formats', async (t) => {
    const { file } = await opened(t, 'id3v24.mp3');
    assert.deepEqual(file.hasId3Tags(), { v1: false, v2: false });
    file.stripId3Tags();
    await file.saveToFile();
    assert.equal(file.getId3v2Frames('TIT2').length, 1);
  });
});

describe('mistakes', () => {
  test('in arguments are a TypeError or a RangeError', async (t) => {
    const { file, opener, song } = await opened(t, 'id3v24.mp3');
    assert.throws(() => file.tag().setTitle(1), TypeError);
    assert.throws(() => file.tag().setYear('1999'), TypeError);
    assert.throws(() => file.tag().setTrack(-1), RangeError);
    assert.throws(() => file.setProperty('title', {}), TypeError);
    assert.throws(() => file.setProperties({ title: 'x' }), TypeError);
    assert.throws(() => file.setProperties({}, { replce: true }), /replace/);
    assert.throws(() => file.setRating(1.5), RangeError);
    assert.throws(() => file.setRatings([{ rating: -0.1 }]), RangeError);
    assert.throws(() => file.setLyrics('la'), TypeError);
    assert.throws(() => file.addPicture({ ...PICTURE, type: 'Cover' }), RangeError);
    assert.throws(() => file.save({ signal: AbortSignal.abort() }), TypeError);
    await assert.rejects(opener.open(song, { picture: false }), TypeError);
    await assert.rejects(file.saveToFile(undefined, { overwrit: false }), TypeError);
    const bytes = await opener.open(await readFile(song));
    await assert.rejects(bytes.saveAsync({ onLoss: 'report' }), RangeError);
    await assert.rejects(
      opener.edit(song, (it) => it.tag().setTitle('x'), { inplace: true }),
      TypeError,
    );
    assert.equal(file.tag().title, (await readTags(song)).title[0]);
  });

  test('in options of TagLib.initialize are such errors, too', async (t) => {
    await library(t, []);
    await assert.rejects(TagLib.initialize({ deadlineMs: 100 }), /preopens/);
    await assert.rejects(TagLib.initialize({ preopens: [], deadline: 1 }), TypeError);
    await TagLib.initialize({ forceWasmType: 'wasi', disableOptimizations: true });
  });

  test('of paths and content reject as the read functions do', async (t) => {
    const { opener, folder } = await opened(t, 'id3v24.mp3');
    const missing = path.join(folder, 'missing.mp3');
    await assert.rejects(opener.open(missing), ({ details }) => details.errno === 'ENOENT');
    await copyFile(fixture('plain.mp3'), missing);
    await writeFile(missing, 'not audio');
    await assert.rejects(opener.open(missing), { name: 'InvalidFormatError' });
    await assert.rejects(opener.open(missing, { signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
  });
});
