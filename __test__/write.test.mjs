/** Changing tags: what comes back, what is kept, and what is refused. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import taglib from '../index.js';
import { FIXTURES, fixture } from './support/files.mjs';

const TAGGED = fixture('aac.m4a');

before(() => taglib.initialize({ '/audio': { path: FIXTURES, readOnly: true } }));
after(taglib.shutdown);

/**
 * In MP4 and ID3v2 TagLib's module loses the number of tracks at any change,
 * for taglib-wasm and for us.
 */
function withoutTotal({ totalTracks, ...tags }) {
  assert.ok(totalTracks === undefined || totalTracks > 0);
  return tags;
}

describe('applyTags', () => {
  test('sets what is named and keeps the rest, pictures and flags too', async () => {
    const before = await taglib.readTags(TAGGED);
    assert.ok(before.pictures.length > 0);
    const changed = await taglib.readTags(await taglib.applyTags(TAGGED, { title: 'Neu' }));
    assert.deepEqual(withoutTotal(changed), withoutTotal({ ...before, title: ['Neu'] }));
  });

  test('keeps a compilation flag through another change', async () => {
    const flagged = await taglib.applyTags(TAGGED, { compilation: true });
    const changed = await taglib.applyTags(flagged, { artist: 'Someone' });
    const again = await taglib.applyTags(changed, { compilation: true });
    assert.deepEqual(changed, again);
  });

  test('takes what readTags gave, unchanged', async () => {
    const tags = await taglib.readTags(TAGGED);
    const again = await taglib.readTags(await taglib.applyTags(TAGGED, tags));
    assert.deepEqual(withoutTotal(again), withoutTotal(tags));
  });

  test('prefers a date to a year', async () => {
    const changed = await taglib.applyTags(TAGGED, { date: '1975-10-31', year: 2001 });
    const { date, year } = await taglib.readTags(changed);
    assert.deepEqual({ date, year }, { date: '1975-10-31', year: 1975 });
  });

  test('removes a field by an empty list', async () => {
    const { title } = await taglib.readTags(await taglib.applyTags(TAGGED, { title: [] }));
    assert.equal(title, undefined);
  });

  test('finds a file by path, by URL, by guest path and by bytes', async () => {
    const bytes = await readFile(TAGGED);
    const ways = [TAGGED, pathToFileURL(TAGGED), '/audio/aac.m4a', { name: 'a', data: bytes }];
    const results = await Promise.all(ways.map((file) => taglib.applyTags(file, { track: 3 })));
    for (const result of results) assert.deepEqual(result, results[0]);
  });

  for (const [tags, message] of [
    [undefined, /^tags must be an object of tag fields, not undefined$/],
    [{ title: null }, /^tags\.title must be a string or an array of strings, .*, not null$/],
    [{ title: [7] }, /^tags\.title must be .*, not 7$/],
    [{ isrc: 5 }, /^tags\.isrc must be .*, not 5$/],
    [{ compilation: 'yes' }, /^tags\.compilation must be a boolean/],
  ]) {
    test(`refuses ${JSON.stringify(tags)}`, () =>
      assert.rejects(taglib.applyTags(TAGGED, tags), {
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        message,
      }));
  }

  test('refuses a number that is none', () =>
    assert.rejects(taglib.applyTags(TAGGED, { year: Number.NaN }), RangeError));
});

describe('pictures', () => {
  const picture = { mimeType: 'image/png', data: new Uint8Array([1, 2, 3]), type: 'Artist' };

  test('a missing description is an empty one', async () => {
    const changed = await taglib.applyPictures(TAGGED, [picture]);
    const [read] = await taglib.readPictures(changed);
    assert.deepEqual(read.data, picture.data);
    assert.equal(read.description, '');
  });

  test('replacing a type leaves the other types', async () => {
    const mp3 = fixture('id3v24.mp3');
    const two = await taglib.applyPictures(mp3, [picture, { ...picture, type: 'BackCover' }]);
    const other = { ...picture, data: new Uint8Array([9]) };
    const pictures = await taglib.readPictures(await taglib.replacePictureByType(two, other));
    assert.deepEqual(
      pictures.map(({ type, data }) => [type, [...data]]),
      [
        ['BackCover', [1, 2, 3]],
        ['Artist', [9]],
      ],
    );
  });

  test('an unknown type is refused, with the known ones', () =>
    assert.rejects(taglib.addPicture(TAGGED, { ...picture, type: 'Cover' }), {
      name: 'RangeError',
      message: /^picture\.type must be one of Other, .*, not the string "Cover"$/,
    }));

  test('data that is no bytes is refused', () =>
    assert.rejects(taglib.applyCoverArt(TAGGED, 'cover.jpg', 'image/jpeg'), {
      name: 'TypeError',
      message: /^cover\.data must be a Uint8Array/,
    }));
});

test('clearTags leaves no tag', async () => {
  for (const name of ['aac.m4a', 'vorbis.ogg', 'id3v24.mp3']) {
    assert.deepEqual(await taglib.readTags(await taglib.clearTags(fixture(name))), {}, name);
  }
});

test('junk is refused, and an aborted change rejects at once', async () => {
  await assert.rejects(taglib.clearTags(new Uint8Array(3000)), taglib.InvalidFormatError);
  await assert.rejects(taglib.clearTags(TAGGED, { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
});
