/** Changes that ask for pictures and chapters, in formats that may have no room for them. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib from '../index.js';
import { FIXTURES, fixture, fixtureNames, scratch } from './support/files.mjs';
import { PICTURE as FIXTURE_PICTURE } from './support/states.mjs';

/** Formats of tracker modules, which have no pictures. */
const TRACKER = /\.(it|mod|s3m|xm)$/;
/** An image that no fixture has. */
const PICTURE = { ...FIXTURE_PICTURE, data: new Uint8Array([...FIXTURE_PICTURE.data, 0]) };

const TYPES = Object.keys(taglib.PICTURE_TYPE_VALUES);

before(() => taglib.initialize([FIXTURES]));
after(taglib.shutdown);

/** Makes a change. Returns the changed bytes, or the losses that the error names. */
async function changedOrLost(change) {
  try {
    return { content: await change({}) };
  } catch (error) {
    assert.equal(error.details?.errno, 'ENOTSUP', error.stack);
    assert.ok(error.details.lost?.length > 0, error.stack);
    return { lost: error.details.lost, content: await change({ onLoss: 'ignore' }) };
  }
}

const withoutMime = ({ mimeType, ...picture }) => picture;

describe('a picture', () => {
  for (const name of fixtureNames().filter((it) => !TRACKER.test(it))) {
    test(`of each type is in ${name} afterwards, or the error names what is lost`, async () => {
      for (const type of TYPES) {
        const picture = { ...PICTURE, type, description: 'from the test' };
        const { lost, content } = await changedOrLost((options) =>
          taglib.applyPictures(fixture(name), [picture], options),
        );
        const pictures = (await taglib.readPictures(content)).map(withoutMime);
        const is = pictures.find(({ data }) => Buffer.compare(data, picture.data) === 0);
        const kinds = new Set(lost?.map(({ kind }) => kind));
        assert.equal(is === undefined, kinds.has('picture'), type);
        if (is === undefined) continue;
        // A cover without a type is read as one of these.
        const isCover = [type, is.type].every((it) => ['FrontCover', 'Other'].includes(it));
        assert.equal(is.type !== type && !isCover, kinds.has('picture type'), type);
        assert.equal(
          is.description !== picture.description,
          kinds.has('picture description'),
          type,
        );
      }
    });
  }

  test('that is given as a front cover alone is written in every format', async () => {
    for (const name of fixtureNames().filter((it) => !TRACKER.test(it))) {
      const content = await taglib.applyCoverArt(fixture(name), PICTURE.data, PICTURE.mimeType);
      assert.deepEqual(new Uint8Array(await taglib.readCoverArt(content)), PICTURE.data, name);
    }
  });

  test('has its type in Matroska by the name of the attachment, as players expect', async () => {
    const pictures = ['Other', 'FrontCover'].map((type) => ({ ...PICTURE, type }));
    const content = await taglib.applyPictures(fixture('mkvmerge.mka'), pictures);
    const types = (await taglib.readPictures(content)).map(({ type }) => type);
    assert.deepEqual(types, ['Other', 'FrontCover']);
    const names = Buffer.from(content)
      .toString('latin1')
      .match(/(attachment|cover)\.png/g);
    assert.deepEqual(names, ['attachment.png', 'cover.png']);
  });

  test('is written to Matroska whatever the length of its description', async () => {
    // TagLib writes elements of 127 bytes as ones of unknown size.
    for (let length = 0; length < 140; length += 1) {
      const picture = { ...PICTURE, type: 'Other', description: 'x'.repeat(length) };
      const content = await taglib.applyPictures(fixture('tagged.mka'), [picture]);
      const [read] = await taglib.readPictures(content);
      assert.equal(read.description, picture.description);
    }
  });

  test('that a file on the disk has no room for leaves the file as it is', async (t) => {
    const folder = await scratch(t);
    await taglib.initialize([FIXTURES, folder]);
    const file = path.join(folder, 'song.wv');
    const original = await readFile(fixture('ape.wv'));
    await writeFile(file, original);
    const artist = { ...PICTURE, type: 'Artist' };
    await assert.rejects(taglib.applyPicturesToFile(file, [artist]), /picture type "Artist"/);
    assert.deepEqual(await readFile(file), original);
    const { lost } = await taglib.applyPicturesToFile(file, [artist], { onLoss: 'report' });
    assert.deepEqual(
      lost.map(({ kind, key }) => [kind, key]),
      [['picture type', 'Artist']],
    );
    await taglib.initialize([FIXTURES]);
  });
});

describe('chapters', () => {
  const chapters = [
    { startTimeMs: 0, endTimeMs: 100, title: 'One' },
    { startTimeMs: 150, endTimeMs: 300, title: 'Two' },
  ];

  for (const name of ['chapters.mp3', 'id3v24.mp3', 'chapters.m4a', 'plain.m4a']) {
    test(`have their times and titles in ${name}, or the error names what is lost`, async () => {
      const { lost, content } = await changedOrLost((options) =>
        taglib.applyTags(fixture(name), { chapters }, options),
      );
      const { chapters: are } = await taglib.readTags(content);
      const kinds = new Set(lost?.map(({ kind }) => kind));
      const differs = (key) => chapters.some((it, index) => are[index][key] !== it[key]);
      assert.equal(differs('startTimeMs'), kinds.has('chapter start'));
      assert.equal(differs('endTimeMs'), kinds.has('chapter end'));
      assert.equal(differs('title'), kinds.has('chapter title'));
    });
  }
});
