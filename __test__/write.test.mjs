/** Changes of bytes: what they set, keep and refuse. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import taglib from '../index.js';
import simple from '../simple.js';
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
    [{ pictures: 'cover.jpg' }, /^tags\.pictures must be an array of pictures/],
    [{ ratings: [0.8] }, /^tags\.ratings\[0\] must be a rating, not 0\.8$/],
    [{ ratings: [{ rating: '1' }] }, /^tags\.ratings\[0\]\.rating must be a number/],
    [{ lyrics: [7] }, /^tags\.lyrics must be a string or \{ text, .* \}, .*, not 7$/],
    [{ lyrics: { text: 'la', language: 1 } }, /^tags\.lyrics\.language must be a string/],
    [{ chapters: [{ title: 'One' }] }, /^tags\.chapters\[0\]\.startTimeMs must be a number/],
    [{ bextData: 'RIFF' }, /^tags\.bextData must be a Uint8Array/],
    [{ ixml: ['<a/>'] }, /^tags\.ixml must be a string/],
    [{ id3v2Frames: { PRIV: 'x' } }, /^tags\.id3v2Frames\.PRIV must be an array of Uint8Arrays/],
  ]) {
    test(`refuses ${JSON.stringify(tags)}`, () =>
      assert.rejects(taglib.applyTags(TAGGED, tags), {
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        message,
      }));
  }

  for (const [tags, message] of [
    [{ year: Number.NaN }, /^tags\.year must be a finite number/],
    [{ ratings: [{ rating: 1.01 }] }, /^tags\.ratings\[0\]\.rating must be .* from 0 to 1/],
    [{ ratings: [{ rating: Number.NaN }] }, /^tags\.ratings\[0\]\.rating must be .* from 0/],
    [{ ratings: [{ rating: 1, counter: -1 }] }, /^tags\.ratings\[0\]\.counter must be/],
    [{ chapters: [{ startTimeMs: -1 }] }, /^tags\.chapters\[0\]\.startTimeMs must be .* from 0/],
    [{ chapters: [{ startTimeMs: 0, source: 'cue' }] }, /\.source must be one of id3, nero, quick/],
    [{ id3v2Frames: { priv: [] } }, /^tags\.id3v2Frames must be an object whose keys are/],
  ]) {
    test(`refuses ${util.inspect(tags, { depth: 3 })} as out of range`, () =>
      assert.rejects(taglib.applyTags(TAGGED, tags), {
        name: 'RangeError',
        code: 'ERR_OUT_OF_RANGE',
        message,
      }));
  }
});

describe('what readTags gives besides fields', () => {
  const MP3 = fixture('id3v24.mp3');
  const WAV = fixture('broadcast.wav');
  const picture = {
    mimeType: 'image/png',
    data: new Uint8Array([1]),
    type: 'Media',
    description: 'd',
  };
  const bextData = new Uint8Array(602).fill(0x41, 0, 256);

  /** The tags after a change. */
  const changed = async (file, tags) => taglib.readTags(await taglib.applyTags(file, tags));

  for (const [name, file, value] of [
    ['pictures', MP3, [picture]],
    ['ratings', MP3, [{ rating: 0.8, email: 'someone@example.org', counter: 7 }]],
    ['ratings', MP3, [{ rating: 1, email: 'five stars' }]],
    ['chapters', MP3, [{ startTimeMs: 0, endTimeMs: 90, title: 'One', id: 'c1', source: 'id3' }]],
    ['bextData', WAV, bextData],
    ['ixml', WAV, '<BWFXML/>'],
  ]) {
    test(`is written and removed: ${name} of ${path.basename(file)}, ${value[0].rating ?? ''}`, async () => {
      const before = await taglib.readTags(file);
      const after = await changed(file, { [name]: value });
      const read = Array.isArray(value)
        ? after[name].map((entry) => pick(entry, value[0]))
        : after[name];
      assert.deepEqual(read, value);
      assert.deepEqual(after.title, before.title);
      assert.equal((await changed(file, { [name]: null }))[name], undefined);
    });
  }

  test('is written in one change with fields', async () => {
    const tags = { title: 'Both', pictures: [picture], ratings: [{ rating: 0.2 }] };
    const { title, pictures, ratings } = await changed(MP3, tags);
    assert.deepEqual(title, ['Both']);
    assert.deepEqual(pictures, [picture]);
    assert.equal(ratings[0].rating, 0.2);
  });

  test('may be lyrics as text, as an object, or as a list of both', async () => {
    for (const [lyrics, texts] of [
      ['la', ['la']],
      [{ text: 'la' }, ['la']],
      [
        ['la', { text: 'li' }],
        ['la', 'li'],
      ],
    ]) {
      const read = (await changed(fixture('vorbis.ogg'), { lyrics })).lyrics;
      assert.deepEqual(
        read.map(({ text }) => text),
        texts,
      );
    }
    assert.equal((await changed(TAGGED, { lyrics: [] })).lyrics, undefined);
  });

  test('may be raw ID3v2 frames', async () => {
    const body = Buffer.from('\x03Mood\0Blue');
    const { mood } = await changed(fixture('plain.mp3'), { id3v2Frames: { TXXX: [body] } });
    assert.deepEqual(mood, ['Blue']);
  });

  test('bext beside bextData is ignored, and refused alone', async () => {
    const { bext } = await taglib.readTags(WAV);
    const after = await changed(WAV, { bext, bextData });
    assert.equal(after.bext.description, 'A'.repeat(256));
    await assert.rejects(taglib.applyTags(WAV, { bext }), {
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_VALUE',
      message: /^tags\.bext must come with tags\.bextData/,
    });
  });

  test('is kept as it is by the route, whose callers know no such changes', async () => {
    const before = await taglib.readTags(WAV);
    const tags = { ...before, title: 'New', bextData: undefined, ixml: '<other/>' };
    const after = await taglib.readTags(await simple.applyTags(WAV, tags));
    assert.deepEqual(after, { ...before, title: ['New'] });
    const mp3 = await taglib.readTags(MP3);
    const changes = { ...mp3, pictures: [], ratings: [], chapters: [] };
    const kept = await taglib.readTags(await simple.applyTags(MP3, changes));
    assert.deepEqual([kept.pictures, kept.ratings], [mp3.pictures, mp3.ratings]);
  });
});

/** The entry with those of its keys that `like` has. */
function pick(entry, like) {
  return Object.fromEntries(Object.keys(like).map((key) => [key, entry[key]]));
}

describe('pictures', () => {
  const picture = { mimeType: 'image/png', data: new Uint8Array([1, 2, 3]), type: 'Artist' };

  test('without a description get an empty one', async () => {
    const changed = await taglib.applyPictures(fixture('id3v24.mp3'), [picture]);
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
