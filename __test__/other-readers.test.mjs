/**
 * Our answers for the fixtures, compared with those of mutagen and ffprobe, which
 * don't use TagLib. `fixtures/make.py` wrote theirs to `readings.json`. Where the
 * readers disagree, a test says which one is right.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { initialize, readTags, shutdown } from '../index.js';
import { FIXTURES, fixture, fixtureNames } from './support/files.mjs';

const readings = JSON.parse(await readFile(new URL('fixtures/readings.json', import.meta.url)));

before(() => initialize([FIXTURES]));
after(shutdown);

/** mutagen's keys for each field: in ID3v2, MP4, APE, ASF and Vorbis comments. */
const MUTAGEN_KEYS = {
  title: ['TIT2', '©nam', 'Title', 'title'],
  artist: ['TPE1', '©ART', 'Artist', 'Author', 'artist'],
  album: ['TALB', '©alb', 'Album', 'WM/AlbumTitle', 'album'],
  genre: ['TCON', '©gen', 'Genre', 'WM/Genre', 'genre'],
  date: ['TDRC', '©day', 'Year', 'WM/Year', 'date'],
};

/** Fields that are not compared with a reader's; the last tests say why. */
const EXCEPT = {
  ffprobe: {
    'ape.mp3': ['title', 'artist', 'album', 'track', 'pictures'],
    // It joins the chapters of all editions, and shows hidden ones (`chapters.test.mjs`).
    'chapters.mka': ['chapters'],
    // It shows the first image of the chapters as a cover.
    'enhanced.m4a': ['pictures'],
    // It shows no title of the album if the track has one.
    'mkvmerge.mka': ['album'],
  },
};

function comparedFields(reader, name, fields) {
  return fields.filter((field) => !EXCEPT[reader]?.[name]?.includes(field));
}

/** mutagen's values of a field, or undefined. It separates those of APE tags by NUL. */
function mutagenValues(reading, field) {
  const key = MUTAGEN_KEYS[field].find((candidate) => candidate in reading);
  const value = reading[key];
  return typeof value === 'string' ? value.split('\0') : value;
}

test('every fixture has been read by at least one other reader', () => {
  assert.deepEqual(Object.keys(readings).sort(), fixtureNames());
  for (const [name, { mutagen, ffprobe }] of Object.entries(readings)) {
    assert.ok(mutagen ?? ffprobe, name);
  }
});

for (const [name, { mutagen, ffprobe }] of Object.entries(readings)) {
  describe(name, () => {
    test('has the text that mutagen reads', { skip: !mutagen }, async () => {
      const tags = await readTags(fixture(name));
      for (const field of comparedFields('mutagen', name, Object.keys(MUTAGEN_KEYS))) {
        assert.deepEqual([tags[field] ?? []].flat(), mutagenValues(mutagen, field) ?? [], field);
      }
    });

    test('has the text that ffprobe reads', { skip: !ffprobe }, async () => {
      const tags = await readTags(fixture(name));
      for (const field of comparedFields('ffprobe', name, ['title', 'artist', 'album'])) {
        // ffprobe gives the first of several values, or joins them with ";".
        const [first] = ffprobe.tags[field]?.split(';') ?? [];
        assert.equal(tags[field]?.[0], first, field);
      }
      for (const field of comparedFields('ffprobe', name, ['track'])) {
        // "3/12": the number and the total.
        const number = Number.parseInt(ffprobe.tags[field], 10);
        assert.equal(tags[field], Number.isNaN(number) ? undefined : number, field);
      }
    });

    test('has the pictures and chapters that ffprobe sees', { skip: !ffprobe }, async () => {
      const tags = await readTags(fixture(name));
      for (const field of comparedFields('ffprobe', name, ['pictures'])) {
        assert.equal(tags[field]?.length ?? 0, ffprobe[field]);
      }
      for (const field of comparedFields('ffprobe', name, ['chapters'])) {
        assert.deepEqual(tags[field]?.map(({ title }) => title) ?? [], ffprobe[field]);
      }
    });
  });
}

describe('where the readers disagree', () => {
  test('the compilation flag is set, as mutagen and ffprobe say and taglib-wasm does not', async () => {
    // TagLib finds the flag set. taglib-wasm compares the `true` that it gets with
    // "1", and says false.
    assert.equal(readings['aac.m4a'].mutagen.cpil, true);
    assert.deepEqual(readings['vorbis.ogg'].mutagen.compilation, ['1']);
    for (const name of ['aac.m4a', 'vorbis.ogg']) {
      assert.equal(readings[name].ffprobe.tags.compilation, '1');
      assert.equal((await readTags(fixture(name))).compilation, true);
    }
  });

  test('the date of a broadcast wave: it is the recording’s, and stays in bext', async () => {
    // ffprobe shows bext's OriginationDate as a tag; TagLib keeps it apart.
    const { date, bext } = await readTags(fixture('broadcast.wav'));
    assert.equal(readings['broadcast.wav'].ffprobe.tags.date, '2019-04-05');
    assert.equal(date, undefined);
    assert.equal(bext.originationDate, '2019-04-05');
  });

  test('APE tags in an MP3: mutagen and we read them, ffprobe looks for ID3 alone', async () => {
    assert.deepEqual(readings['ape.mp3'].ffprobe.tags, {});
    assert.deepEqual((await readTags(fixture('ape.mp3'))).title, ['Grüße, 世界 🎵']);
  });

  test('the track of a RIFF INFO list: ffprobe and we know ITRK, TagLib only IPRT', async () => {
    // Neither is in Microsoft's list of INFO chunks; both are in use.
    assert.equal(readings['info.wav'].ffprobe.tags.track, '4');
    assert.equal((await readTags(fixture('info.wav'))).track, 4);
  });

  test('Matroska’s title: ffprobe and we show the segment’s, TagLib does not', async () => {
    // It stands in Info\Title (RFC 9559, section 5.1.2.12), not among the tags.
    for (const name of ['tagged.mka', 'tagged.webm']) {
      const { title } = await readTags(fixture(name));
      assert.deepEqual(title, [readings[name].ffprobe.tags.title]);
    }
  });

  test('the tags of an album by mkvmerge: ffprobe and we know those of the song, TagLib mixes them', async () => {
    // 50, an album, is the default of TargetTypeValue (RFC 9559, section 5.1.8.1.1.1).
    const tags = await readTags(fixture('mkvmerge.mka'));
    const { title, artist } = readings['mkvmerge.mka'].ffprobe.tags;
    assert.deepEqual([tags.title, tags.artist], [[title], [artist]]);
    assert.deepEqual([tags.album, tags.albumArtist], [['The Album'], ['Album Artist']]);
  });

  test('a second artist in WMA: mutagen and we read it, TagLib takes the one in the header', async () => {
    // The Content Description Object has room for one author; mutagen puts the second into the
    // Metadata Library Object.
    const { artist } = await readTags(fixture('tagged.wma'));
    assert.deepEqual(artist, readings['tagged.wma'].mutagen.Author);
  });
});
