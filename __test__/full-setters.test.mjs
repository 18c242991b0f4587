/**
 * The setters of the Full API, on files of every kind: the saved file has the value for
 * taglib-wasm and for readers without TagLib, and nothing else has changed. What the
 * getters gave before the save is what a new object reads.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import taglib from '../index.js';
import { describe as describeChange, hasPython, judgeSaves } from './fidelity/saves.mjs';
import { fixture, fixtureNames } from './support/files.mjs';
import { answersOf } from './support/getters.mjs';
import { ffprobeReadings, hasFfmpeg, hasMutagen, mutagenReadings } from './support/readers.mjs';
import { isSoak } from './support/sizes.mjs';
import { taglibWasmGetters } from './support/taglib-wasm.mjs';

/** One file for each kind of tag; the soak has all files. */
const KINDS = [
  ...['aac.m4a', 'chapters.m4a', 'ape.wv', 'broadcast.wav', 'id3.aiff', 'id3v1.mp3'],
  ...['id3v22.mp3', 'id3v23.mp3', 'id3v24.mp3', 'plain.mp3', 'opus.opus'],
  ...['vorbis-comment.flac', 'tagged.mka', 'tagged.wma', 'tiny.mod'],
];
const FIXTURES = (isSoak ? fixtureNames() : KINDS).map(fixture);

const PICTURE = {
  mimeType: 'image/png',
  // Two by two pixels.
  data: new Uint8Array(
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mNwaDgARAwQCgAoDgYBq7vMVQAAAABJRU5ErkJggg==',
      'base64',
    ),
  ),
  type: 'FrontCover',
  description: 'new',
};
const BEXT = {
  description: 'A recording',
  originator: 'Us',
  originatorReference: 'R1',
  originationDate: '2024-05-06',
  originationTime: '07:08:09',
  timeReferenceSamples: 48_000n,
  version: 2,
  umid: '01'.repeat(64),
  loudnessValueDb: -23.5,
  codingHistory: 'A=PCM\r\n',
};

/** The files in which mutagen shows the parts of pictures, ratings and chapters. */
const WITH_ID3V2 = /\.(mp3|aiff|wav)$/;

/** mutagen's pictures of an ID3v2 tag. */
const framesOfPictures = (reading) => Object.values(reading).filter((value) => value?.mime);

const APIC = { mime: PICTURE.mimeType, desc: PICTURE.description, bytes: PICTURE.data.length };

/** The keys of pictures in all tags that mutagen reads. */
const PICTURE_KEYS = /^(APIC|covr$|metadata_block_picture$|WM\/Picture$|cover art)/i;

/** Whether mutagen reads the only rating. */
const isRated = (reading, rating, count) =>
  isDeepStrictEqual(
    Object.values(reading).filter((value) => value?.rating !== undefined),
    [{ email: 'new@example.org', rating, count }],
  );

/** A setter of the tag, what it may change, and what the other readers must read. */
function ofTag(name, value, field, allow) {
  return {
    allow,
    texts: [String(value)],
    set: (file) => file.tag()[name](value),
    read: ({ tag }) => assert.equal(String(tag.value[field]).trimEnd(), String(value)),
  };
}

/** A change by `set`, after which `expected` is what a getter gives. */
function change(allow, set, getter, expected) {
  return { allow, set, read: (answers) => assert.deepStrictEqual(answers[getter].value, expected) };
}

/**
 * By the setter: the change, what else it may change, what taglib-wasm reads, and what mutagen
 * and ffprobe read: texts, or whatever these functions of a reading and the file's name check.
 * What neither of them reads is looked for in the file, as its specification stores it.
 */
const SETTERS = {
  setTitle: ofTag('setTitle', 'A new title', 'title', ['title']),
  setArtist: ofTag('setArtist', 'A new artist', 'artist', ['artist']),
  setAlbum: ofTag('setAlbum', 'A new album', 'album', ['album']),
  setComment: ofTag('setComment', 'A new comment', 'comment', ['comment']),
  setGenre: ofTag('setGenre', 'Polka', 'genre', ['genre']),
  setYear: ofTag('setYear', 1987, 'year', ['date']),
  setDate: ofTag('setDate', '1987-06-05', 'date', ['date']),
  setTrack: ofTag('setTrack', 9, 'track', ['track']),
  setProperty: {
    allow: ['composer'],
    texts: ['A new composer'],
    set: (file) => file.setProperty('composer', 'A new composer'),
    read: ({ properties }) => assert.deepEqual(properties.value.composer, ['A new composer']),
  },
  setProperties: {
    allow: ['isrc', 'albumArtist'],
    texts: ['DEA123456789'],
    set: (file) => file.setProperties({ isrc: ['DEA123456789'], albumArtist: ['One', 'Two'] }),
    read: ({ properties }) => assert.deepEqual(properties.value.isrc, ['DEA123456789']),
  },
  setMP4Item: {
    allow: ['track', 'bpm'],
    texts: ['4'],
    set(file) {
      file.setMP4Item('trkn', '4/9');
      file.setMP4Item('tmpo', '99');
    },
    read({ properties }) {
      const { trackNumber, totalTracks, bpm } = properties.value;
      assert.deepEqual([trackNumber, totalTracks, bpm], [['4'], ['9'], ['99']]);
    },
  },
  removeMP4Item: {
    allow: ['title'],
    set: (file) => file.removeMP4Item('©nam'),
    mutagen: (reading) => !('©nam' in reading),
    ffprobe: ({ tags }) => !('title' in tags),
    read: ({ tag }) => assert.equal(tag.value.title, ''),
  },
  setPictures: {
    allow: ['pictures'],
    set: (file) => file.setPictures([PICTURE]),
    mutagen: (reading, name) =>
      !WITH_ID3V2.test(name) ||
      isDeepStrictEqual(framesOfPictures(reading), [{ ...APIC, type: 3 }]),
    // It takes the description of an APE item for a file name, whose extension it needs.
    ffprobe: ({ pictures }, name) => name === 'ape.wv' || pictures === 1,
    read: ({ getPictures }) =>
      assert.deepEqual(
        getPictures.value.map(({ data }) => data),
        [PICTURE.data],
      ),
  },
  addPicture: {
    allow: ['pictures'],
    set: (file) => file.addPicture({ ...PICTURE, type: 'BackCover' }),
    mutagen: (reading, name) =>
      !WITH_ID3V2.test(name) ||
      framesOfPictures(reading).some((frame) => isDeepStrictEqual(frame, { ...APIC, type: 4 })),
    ffprobe: ({ pictures }) => pictures >= 1,
    read: ({ getPictures }) =>
      assert.ok(getPictures.value.some(({ data }) => isDeepStrictEqual(data, PICTURE.data))),
  },
  removePictures: {
    ...change(['pictures'], (file) => file.removePictures(), 'getPictures', []),
    mutagen: (reading) => !Object.keys(reading).some((key) => PICTURE_KEYS.test(key)),
    ffprobe: ({ pictures }) => pictures === 0,
  },
  setRatings: {
    allow: ['ratings'],
    set: (file) => file.setRatings([{ rating: 1, email: 'new@example.org', counter: 2 }]),
    mutagen: (reading) => isRated(reading, 255, 2),
    read: ({ getRatings }) => assert.equal(getRatings.value[0].rating, 1),
  },
  setRating: {
    allow: ['ratings'],
    set: (file) => file.setRating(0.6, 'new@example.org'),
    mutagen: (reading) => isRated(reading, 153, 0),
    read: ({ getRating }) => assert.ok(Math.abs(getRating.value - 0.6) < 0.01),
  },
  setLyrics: {
    allow: ['lyrics'],
    texts: ['new words'],
    set: (file) => file.setLyrics([{ text: 'new words' }]),
    read: ({ getLyrics }) => assert.deepEqual(getLyrics.value, [{ text: 'new words' }]),
  },
  setChapters: {
    allow: ['chapters'],
    set: (file) =>
      file.setChapters([
        { startTimeMs: 20, title: 'Two' },
        { startTimeMs: 0, title: 'One' },
      ]),
    mutagen: (reading, name) =>
      !WITH_ID3V2.test(name) ||
      isDeepStrictEqual(
        Object.values(reading).flatMap((value) => value?.start_time ?? []),
        [0, 20],
      ),
    ffprobe: ({ chapters }) => isDeepStrictEqual(chapters, ['One', 'Two']),
    read: ({ getChapters }, name) => {
      // TagLib's C interface has none in the others.
      if (!/\.(mp3|m4a)$/.test(name)) return;
      const [{ title, startTimeMs, endTimeMs }] = getChapters.value;
      assert.deepEqual([title, startTimeMs, endTimeMs], ['One', 0, 20]);
    },
  },
  setBext: {
    ...change(['bext'], (file) => file.setBext(BEXT), 'getBext', BEXT),
    // It does not read the block in FLAC.
    ffprobe: ({ tags }, name) =>
      !name.endsWith('.wav') ||
      (tags.comment === BEXT.description &&
        tags.encoded_by === BEXT.originator &&
        tags.originator_reference === BEXT.originatorReference &&
        tags.date === BEXT.originationDate &&
        tags.creation_time === BEXT.originationTime &&
        tags.time_reference === String(BEXT.timeReferenceSamples) &&
        tags.umid === `0x${BEXT.umid}` &&
        tags.coding_history === BEXT.codingHistory),
  },
  setIxml: {
    ...change(['ixml'], (file) => file.setIxml('<a>ü</a>'), 'getIxml', '<a>ü</a>'),
    // A chunk of nine bytes, in WAV and in FLAC.
    stored: Buffer.from('iXML\x09\0\0\0<a>ü</a>'),
  },
  setId3v2Frames: {
    allow: ['custom'],
    stored: Buffer.from('XRVA\0\0\0\x03\0\0\x01\x02\x03'),
    set: (file) => file.setId3v2Frames('XRVA', [new Uint8Array([1, 2, 3])]),
    read: ({ getId3v2Frames }) =>
      assert.deepEqual(
        getId3v2Frames.value.filter(({ id }) => id === 'XRVA').map(({ data }) => [...data]),
        [[1, 2, 3]],
      ),
  },
};

/**
 * Readers without TagLib. Each returns null for a file that it can't read. ffprobe 5.1 reads
 * texts from the chunk `id3 ` of a WAV file, but not from `ID3 `, which TagLib adds.
 */
const READERS = {
  mutagen: { isInstalled: hasMutagen, readings: mutagenReadings, except: [] },
  // fixtures/make.py runs ffprobe, and imports mutagen.
  ffprobe: {
    isInstalled: hasFfmpeg && hasMutagen,
    readings: ffprobeReadings,
    except: ['broadcast.wav'],
  },
};

/**
 * Whether a reading has the text, or a number with a total that begins with it. Of MP4's
 * freeform items, mutagen's readings have the length.
 */
function hasText(reading, text) {
  const values = [reading.tags ?? reading].flatMap(Object.values).flat(2);
  const texts = values.flatMap((value) => (value?.text ? [value.text] : [value]).flat());
  return texts.some(
    (value) => value?.bytes === text.length || `${value}`.split(/[\0;/\n]/).includes(text),
  );
}

let opener;
let root;
before(async () => {
  opener = await taglib.TagLib.initialize({ preopens: [] });
  root = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-setters-'));
});
after(async () => {
  await taglib.shutdown();
  await rm(root, { recursive: true });
});

for (const [name, setter] of Object.entries(SETTERS)) {
  const { allow, texts = [], set, read, stored, ...checks } = setter;
  describe(name, { skip: !hasPython }, () => {
    let results;
    let answers;

    before(async () => {
      results = await judgeSaves(
        FIXTURES,
        {
          allow: allow.filter((field) => field !== 'custom'),
          async save(copy) {
            const file = await opener.open(copy);
            set(file);
            const shown = answersOf(file);
            await file.saveToFile();
            return { shown };
          },
        },
        path.join(root, name),
      );
      answers = await taglibWasmGetters(
        'wasi',
        saved().map(({ after }) => after),
      );
    });

    const saved = () => results.filter(({ error }) => error === undefined);

    test('is refused where the format has no place for it, and saved elsewhere', () => {
      for (const { file, error } of results) {
        if (error === undefined) continue;
        const isRefused = error.code === 'UNSUPPORTED_FORMAT' || error.details?.errno === 'ENOTSUP';
        assert.ok(isRefused, `${path.basename(file)}: ${error.stack}`);
      }
      assert.ok(saved().length > 0);
    });

    test('gives taglib-wasm the value', () => {
      const failures = saved().flatMap(({ file }, index) => {
        try {
          read(answers[index], path.basename(file));
          return [];
        } catch (error) {
          return [`${path.basename(file)}: ${error.message}`];
        }
      });
      assert.deepEqual(failures, []);
    });

    for (const [reader, { isInstalled, readings, except }] of Object.entries(READERS)) {
      const hasTexts = (reading, name) =>
        except.includes(name) || texts.every((text) => hasText(reading, text));
      const isRight = checks[reader] ?? (texts.length > 0 ? hasTexts : undefined);
      const skip = (!isInstalled || !isRight) && `${reader} has nothing to read`;
      test(`gives ${reader} the value`, { skip }, async () => {
        const read = await readings(saved().map(({ after }) => after));
        const wrong = saved().flatMap(({ file }, index) => {
          const name = path.basename(file);
          if (read[index] === null || isRight(read[index], name)) return [];
          return [`${name}: ${JSON.stringify(read[index])}`];
        });
        assert.deepEqual(wrong, []);
      });
    }

    test('stores the value by the specification', { skip: !stored }, async () => {
      for (const { after } of saved()) assert.ok((await readFile(after)).includes(stored), after);
    });

    test('changes nothing else, by raw readers', () => {
      const changes = saved().flatMap(({ file, lost, altered }) =>
        [...lost, ...altered].map((one) => `${path.basename(file)}: ${describeChange(one)}`),
      );
      assert.deepEqual(changes, []);
    });

    test('shows before the save what is read after it', async () => {
      await taglib.initialize([...new Set(saved().map(({ after }) => path.dirname(after)))]);
      const differences = [];
      for (const { after, shown } of saved()) {
        const read = comparable(answersOf(await opener.open(after)));
        const before = comparable(shown);
        for (const getter of Object.keys(read)) {
          if (isDeepStrictEqual(read[getter], before[getter])) continue;
          differences.push([path.basename(after), getter, before[getter], read[getter]]);
        }
      }
      assert.deepEqual(differences, []);
    });
  });
}

/**
 * The answers without what a save may change: the bit rate, with the size of the file;
 * the frames that TagLib copies from other tags where it makes the first ID3v2 tag; the
 * order of values in ASF and of pictures, and the MIME types of pictures in APE tags; the
 * comment of a tracker module, which has a line for each of its samples; and what is made for
 * chapters: their identifiers, and the comments that store them.
 */
function comparable(answers) {
  const { audioProperties, getId3v2Frames, tag, properties, getProperty, ...others } = answers;
  const { getChapters, getPictures, ...rest } = others;
  const { comment, ...fields } = properties.value;
  const values = Object.entries(fields)
    .filter(([name]) => !/^CHAPTER\d/.test(name))
    .map(([name, texts]) => [name, texts.toSorted()]);
  return {
    ...rest,
    getChapters: getChapters.value?.map((chapter) => ({ ...chapter, id: undefined })),
    frames: getId3v2Frames.value?.filter(({ id }) => id === 'XRVA').map(({ data }) => `${data}`),
    pictures: getPictures.value.map(({ type, data }) => `${type} ${data}`).sort(),
    tag: { ...tag.value, comment: tag.value.comment.trimEnd() },
    properties: Object.fromEntries(values),
    comment: comment?.map((text) => text.trimEnd()),
  };
}
