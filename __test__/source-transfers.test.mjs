/** What reads of sources transfer, and that they give the answers of reads by path all the same. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib from '../index.js';
import { copies, FIXTURES, fixture, scratch } from './support/files.mjs';
import { pictureComment, withComments } from './support/ogg.mjs';
import { bytesOf, outcome, sourceOver, withMoreAudio } from './support/sources.mjs';

const FORMATS = ['plain.mp3', 'plain.m4a', 'vorbis.ogg', 'opus.opus', 'plain.flac', 'info.wav'];
const AUDIO = 3_000_000;
const MOST_BYTES = 160 << 10;

before(() => taglib.initialize([FIXTURES]));
after(taglib.shutdown);

/** Makes a file of three megabytes with a picture of `size` bytes, or without one. */
async function song(t, name, size) {
  const folder = await copies(t, [name]);
  await taglib.initialize([folder, FIXTURES]);
  const file = path.join(folder, name);
  const bytes = withMoreAudio(await readFile(file), path.extname(name).slice(1), AUDIO);
  await writeFile(file, bytes);
  await taglib.writeTags(file, { title: 'A title', artist: ['One', 'Two'] });
  const data = new Uint8Array(size).map((_, index) => (index * 31) & 255);
  const picture = { type: 'FrontCover', mimeType: 'image/jpeg', data };
  await taglib.applyPicturesToFile(file, size === 0 ? [] : [picture]);
  return file;
}

/** Reads a file as a source and by path, and expects the same. Returns the source. */
async function assertSame(file, bytes, pictures, about = file) {
  const source = sourceOver(bytes, path.basename(file));
  const [found, expected] = await Promise.all(
    [source, file].map((input) => outcome(() => taglib.readMetadata(input, { pictures }))),
  );
  assert.deepEqual(found, expected, about);
  return source;
}

describe('a read without pictures takes few requests and bytes', () => {
  for (const name of FORMATS) {
    for (const [size, requests] of [
      [0, 2],
      [10_000, 2],
      [150_000, 3],
      [700_000, 3],
    ]) {
      test(`of ${name} with a picture of ${size} bytes`, async (t) => {
        const file = await song(t, name, size);
        const source = await assertSame(file, await readFile(file), false);
        assert.ok(source.size > AUDIO, `${source.size} bytes`);
        assert.ok(source.asked.length <= requests, `${source.asked.length} requests`);
        assert.ok(bytesOf(source) <= MOST_BYTES, `${bytesOf(source)} bytes`);
      });
    }
  }
});

test('what follows a picture is asked for while the end of the file is on its way', async (t) => {
  const bytes = await readFile(await song(t, 'plain.flac', 150_000));
  const source = sourceOver(bytes, 'plain.flac');
  const { read } = source;
  const middle = new Promise((resolve) => {
    source.read = async (offset, length) => {
      if (offset + length === bytes.length) await middle;
      else if (offset > 0) resolve();
      return read(offset, length);
    };
  });
  const { title } = await taglib.readTags(source, { pictures: false });
  assert.deepEqual(title, ['A title']);
});

describe('an Ogg file with pictures in its comments reads as by path:', () => {
  const text = (length) => `TITLE=${'x'.repeat(length)}`;
  /** By what is in which order. */
  const orders = {
    'picture first': (picture) => [picture, text(7), 'ARTIST=Someone'],
    'picture last': (picture) => [text(700), picture],
    'two pictures': (picture) => [picture, text(7), picture, 'ARTIST=Someone'],
    'an older picture': (picture) => [text(7), `COVERART=${'A'.repeat(80_000)}`, picture],
  };

  for (const name of ['vorbis.ogg', 'opus.opus', 'speex.spx', 'flac.oga']) {
    for (const [order, commentsWith] of Object.entries(orders)) {
      test(`${name}, ${order}, with pictures and pages of many sizes`, async (t) => {
        const folder = await scratch(t);
        await taglib.initialize([folder]);
        const file = path.join(folder, name);
        const plain = await readFile(fixture(name));
        for (const segments of [1, 16, 17, 32, 100, 255]) {
          for (const size of [10, 30_000, 70_001, 150_002, 400_003]) {
            const comments = commentsWith(pictureComment(size));
            const ogg = withComments(plain, comments, segments);
            const bytes = withMoreAudio(ogg, 'ogg', 200_000);
            await writeFile(file, bytes);
            const about = `${size} bytes on pages of ${segments}`;
            for (const pictures of [true, false]) await assertSame(file, bytes, pictures, about);
          }
        }
        const { title, pictures } = await taglib.readTags(file);
        assert.ok(title[0].startsWith('x') && pictures.length > 0);
      });
    }
  }

  for (const name of ['vorbis.ogg', 'opus.opus']) {
    test(`${name}, in three requests if other programs wrote it`, async (t) => {
      const folder = await scratch(t);
      await taglib.initialize([folder]);
      const file = path.join(folder, name);
      // mutagen, old libogg, TagLib, and libogg with its longest pages.
      for (const segments of [16, 17, 32, 255]) {
        const comments = [text(7), pictureComment(250_000), 'ARTIST=Someone'];
        const ogg = withComments(await readFile(fixture(name)), comments, segments);
        const bytes = withMoreAudio(ogg, 'ogg', AUDIO);
        await writeFile(file, bytes);
        const source = await assertSame(file, bytes, false, `pages of ${segments}`);
        assert.equal(source.asked.length, 3, `pages of ${segments}`);
        assert.ok(bytesOf(source) <= MOST_BYTES, `${bytesOf(source)}, pages of ${segments}`);
      }
    });

    test(`${name}, cut off anywhere`, async (t) => {
      const folder = await scratch(t);
      await taglib.initialize([folder]);
      const file = path.join(folder, name);
      for (const segments of [32, 255]) {
        const comments = [text(7), pictureComment(150_000), 'ARTIST=Someone'];
        const bytes = withComments(await readFile(fixture(name)), comments, segments);
        for (let length = 0; length < bytes.length; length += 1009) {
          const cut = bytes.subarray(0, length);
          await writeFile(file, cut);
          await assertSame(file, cut, false, `${length} bytes, pages of ${segments}`);
        }
      }
    });
  }
});
