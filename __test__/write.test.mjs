/** Changes of bytes: what they set, keep and refuse. */
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
  test('sets the named fields and keeps all others, with pictures and flags', async () => {
    const before = await taglib.readTags(TAGGED);
    assert.ok(before.pictures.length > 0);
    const changed = await taglib.readTags(await taglib.applyTags(TAGGED, { title: 'Neu' }));
    assert.deepEqual(withoutTotal(changed), withoutTotal({ ...before, title: ['Neu'] }));
  });

  test('keeps the compilation flag when another field changes', async () => {
    const flagged = await taglib.applyTags(TAGGED, { compilation: true });
    const changed = await taglib.applyTags(flagged, { artist: 'Someone' });
    const again = await taglib.applyTags(changed, { compilation: true });
    assert.deepEqual(changed, again);
  });

  test('accepts the answer of readTags, and changes nothing', async () => {
    const tags = await taglib.readTags(TAGGED);
    const again = await taglib.readTags(await taglib.applyTags(TAGGED, tags));
    assert.deepEqual(withoutTotal(again), withoutTotal(tags));
  });

  test('uses the date if both date and year are given', async () => {
    const changed = await taglib.applyTags(TAGGED, { date: '1975-10-31', year: 2001 });
    const { date, year } = await taglib.readTags(changed);
    assert.deepEqual({ date, year }, { date: '1975-10-31', year: 1975 });
  });

  test('removes a field that is set to an empty list', async () => {
    const { title } = await taglib.readTags(await taglib.applyTags(TAGGED, { title: [] }));
    assert.equal(title, undefined);
  });

  test('accepts a path, a URL, a guest path and bytes', async () => {
    const bytes = await readFile(TAGGED);
    const inputs = [TAGGED, pathToFileURL(TAGGED), '/audio/aac.m4a', { name: 'a', data: bytes }];
    const results = await Promise.all(inputs.map((file) => taglib.applyTags(file, { track: 3 })));
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

  test('refuses NaN', () =>
    assert.rejects(taglib.applyTags(TAGGED, { year: Number.NaN }), RangeError));
});

describe('pictures', () => {
  const picture = { mimeType: 'image/png', data: new Uint8Array([1, 2, 3]), type: 'Artist' };

  test('without a description get an empty one', async () => {
    const changed = await taglib.applyPictures(TAGGED, [picture]);
    const [read] = await taglib.readPictures(changed);
    assert.deepEqual(read.data, picture.data);
    assert.equal(read.description, '');
  });

  test('of one type can be replaced, and those of other types stay', async () => {
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

  test('of an unknown type are refused, with a list of the known types', () =>
    assert.rejects(taglib.addPicture(TAGGED, { ...picture, type: 'Cover' }), {
      name: 'RangeError',
      message: /^picture\.type must be one of Other, .*, not the string "Cover"$/,
    }));

  test('are refused if their data are not bytes', () =>
    assert.rejects(taglib.applyCoverArt(TAGGED, 'cover.jpg', 'image/jpeg'), {
      name: 'TypeError',
      message: /^cover\.data must be a Uint8Array/,
    }));
});

test('clearTags removes every tag', async () => {
  for (const name of ['aac.m4a', 'vorbis.ogg', 'id3v24.mp3']) {
    assert.deepEqual(await taglib.readTags(await taglib.clearTags(fixture(name))), {}, name);
  }
});

test('bytes that are not audio are refused, and an aborted change rejects at once', async () => {
  await assert.rejects(taglib.clearTags(new Uint8Array(3000)), taglib.InvalidFormatError);
  await assert.rejects(taglib.clearTags(TAGGED, { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
});
