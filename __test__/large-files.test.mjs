/** Files larger than 2 GiB, beyond the 32-bit offsets of TagLib's module. Their audio is a hole. */
import assert from 'node:assert/strict';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import taglib from '../index.js';
import { scratch } from './support/files.mjs';
import {
  aiff,
  asf,
  dsdiff,
  dsf,
  flac,
  matroska,
  matroskaWithoutSeekHead,
  mp3,
  mp4,
  mp4WithoutBitRate,
  ogg,
  rf64,
  tta,
  wave,
  wavPack,
  writeAroundHole,
} from './support/large.mjs';
import {
  ffprobeLengths,
  ffprobeReadings,
  hasFfmpeg,
  hasMutagen,
  mutagenLengths,
  mutagenReadings,
} from './support/readers.mjs';

const GIB = 2 ** 30;

/** The length of the Ogg files: ten hours. */
const SECONDS = 36_000;

/** The samples at the start of Opus that are not played. */
const PRE_SKIP = 312;

after(taglib.shutdown);

/** The bit rate of this many bytes, in kbit/s. */
const bitrate = (bytes, durationMs) => Math.round((bytes * 8) / durationMs);

/** The last page, of this many bytes, is there twice. */
const oggBitrate = (page) => (hole) => ({ bitrate: bitrate(2 * page + hole, SECONDS * 1000) });

/** TagLib divides the size of the file, and rounds down. */
const matroskaBitrate = (durationMs) => (_, size) => ({
  bitrate: Math.floor((size * 8) / durationMs),
});

/** 2.8224 MHz, with eight samples of one bit in a byte, and two channels. */
const dsdLength = (hole) => ({ durationMs: Math.round(((8192 + hole) * 4) / 2822.4) });

const nothing = () => ({});

/**
 * The large files: each one's fixture, maker, size in GiB, properties that depend on its size, the
 * reader that judges the answers, and another extension than the fixture's.
 */
const FILES = [
  // 64 kbit/s are eight bytes a millisecond.
  ['id3v24.mp3', mp3, 3, (hole) => ({ durationMs: 235 + hole / 8 }), 'mutagen'],
  ['id3v1.mp3', mp3, 5, (hole) => ({ durationMs: 235 + hole / 8 }), 'mutagen'],
  ['ape.mp3', mp3, 5, (hole) => ({ durationMs: 235 + hole / 8 }), 'mutagen'],
  ['vorbis-comment.flac', flac, 5, (hole) => ({ bitrate: bitrate(2392 + hole, 200) }), 'mutagen'],
  ['ape.wv', wavPack, 5, (hole) => ({ bitrate: bitrate(4070 + hole, 200) }), 'mutagen'],
  ['id3.tta', tta, 5, (hole) => ({ bitrate: bitrate(1190 + hole, 200) }), 'mutagen'],
  ['vorbis.ogg', ogg(48_000 * SECONDS), 5, oggBitrate(597), 'mutagen'],
  ['opus.opus', ogg(48_000 * SECONDS + PRE_SKIP), 5, oggBitrate(737), 'mutagen'],
  ['speex.spx', ogg(16_000 * SECONDS), 5, oggBitrate(737), 'mutagen'],
  ['flac.oga', ogg(48_000 * SECONDS), 5, oggBitrate(2774), 'mutagen'],
  // 8 kHz with one byte a sample.
  ['id3.wav', wave, 3, (hole) => ({ durationMs: 200 + hole / 8 }), 'mutagen'],
  ['info.wav', wave, 3, (hole) => ({ durationMs: 200 + hole / 8 }), 'ffprobe'],
  ['id3.wav', rf64, 5, (hole) => ({ durationMs: 200 + hole / 8 }), 'ffprobe'],
  // 8 kHz with two bytes a sample.
  ['id3.aiff', aiff(2), 3, (hole) => ({ durationMs: 200 + hole / 16 }), 'mutagen'],
  ['aac.m4a', mp4, 3, nothing, 'mutagen'],
  ['aac.m4a', mp4, 5, nothing, 'mutagen'],
  // TagLib includes the header of the atom, and rounds down.
  [
    'alac.m4a',
    mp4WithoutBitRate,
    5,
    (hole) => ({ bitrate: Math.floor(((16 + 3618 + hole) * 8) / 200) }),
    'mutagen',
  ],
  ['chapters.m4a', mp4, 3, nothing, 'ffprobe'],
  ['chapters.m4a', mp4, 5, nothing, 'ffprobe'],
  ['tagged.wma', asf, 5, nothing, 'mutagen'],
  ['mkvmerge.mka', matroska, 5, matroskaBitrate(199), 'ffprobe'],
  ['mkvmerge.mka', matroskaWithoutSeekHead, 5, matroskaBitrate(199), 'ffprobe'],
  ['tagged.webm', matroska, 5, matroskaBitrate(208), 'ffprobe'],
  ['id3v24.mp3', dsf, 5, dsdLength, 'mutagen', 'dsf'],
  ['id3v24.mp3', dsdiff, 5, dsdLength, 'mutagen', 'dff'],
];

describe('a large file is read as a small one with the same tags:', () => {
  for (const [index, file] of FILES.entries()) {
    const [name, make, gib, , , type] = file;
    test(`${name} of ${gib} GiB${type ? ` as ${type}` : ''} (${make.name})`, async (t) => {
      const folder = await scratch(t);
      await taglib.initialize([folder]);
      const { small, large, computed } = await makeBoth(folder, index);
      const tags = await taglib.readTags(large);
      assert.ok(Object.keys(tags).length > 0);
      assert.deepEqual(tags, await taglib.readTags(small));
      const properties = { ...(await taglib.readProperties(small)), ...computed };
      properties.duration = Math.floor(properties.durationMs / 1000);
      assert.deepEqual(await taglib.readProperties(large), properties);

      const { size } = await stat(large);
      await assert.rejects(taglib.writeTags(large, { title: 'Neu' }), {
        details: { errno: 'EFBIG', operation: 'save', path: large },
      });
      assert.equal((await stat(large)).size, size);
      // The pages of Ogg are walked through the whole file.
      if (!/\.(og[ag]|opus|spx)$/.test(name)) {
        assert.deepEqual(await storedTexts(large), await storedTexts(small));
      }
    });
  }
});

/**
 * Makes one of the files, large and small. Returns their paths and the properties of the large one
 * that depend on its size.
 */
async function makeBoth(folder, index) {
  const [name, make, gib, compute, , type = path.extname(name).slice(1)] = FILES[index];
  const [small, large] = ['small', 'large'].map((size) =>
    path.join(folder, `${index}-${size}.${type}`),
  );
  const hole = gib * GIB;
  // TagLib does not know the long sizes of RF64, and takes a tag after the samples for samples.
  await writeAroundHole(small, await (make === rf64 ? wave : make)(name, 0));
  await writeAroundHole(large, await make(name, hole));
  const { size } = await stat(large);
  assert.ok(size > hole);
  return { small, large, computed: compute(hole, size) };
}

/** The texts and pictures of a file as it stores them, read without TagLib. */
async function storedTexts(file) {
  const elements = await taglib.readNative(file);
  return elements.filter(({ type }) => ['text', 'picture'].includes(type));
}

/** Tests that another reader finds in each large file what it finds in the small one. */
function judged(judge, isThere, readings, lengths) {
  const skip = !isThere && `${judge} is not installed`;
  test(`${judge} reads the same tags, and the same lengths as this package`, {
    skip,
  }, async (t) => {
    const folder = await scratch(t);
    await taglib.initialize([folder]);
    const files = [];
    for (const [index, [, , , , reader]] of FILES.entries()) {
      if (reader === judge) files.push(await makeBoth(folder, index));
    }
    const found = await readings(files.map(({ large }) => large));
    assert.deepEqual(found, await readings(files.map(({ small }) => small)));
    const seconds = await lengths(files.map(({ large }) => large));
    for (const [index, { large }] of files.entries()) {
      const { durationMs } = await taglib.readProperties(large);
      const difference = Math.abs(seconds[index] * 1000 - durationMs);
      assert.ok(difference <= TOLERANCE_MS + durationMs / 1e6, `${large}: ${difference} ms`);
    }
  });
}

/** mutagen counts an ID3v1 tag as audio, and FFmpeg leaves out the delay of an encoder. */
const TOLERANCE_MS = 30;

judged('mutagen', hasMutagen, mutagenReadings, mutagenLengths);
// The program that runs ffprobe imports mutagen.
judged('ffprobe', hasFfmpeg && hasMutagen, ffprobeReadings, ffprobeLengths);

test('a large file that is read in parts needs only its two ends', async (t) => {
  const folder = await scratch(t);
  const file = path.join(folder, 'large.m4a');
  await writeAroundHole(file, await mp4('aac.m4a', 5 * GIB));
  const handle = await open(file);
  try {
    let fetched = 0;
    const source = {
      name: 'large.m4a',
      size: (await handle.stat()).size,
      read: async (offset, length) => {
        fetched += length;
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
        return new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead);
      },
    };
    assert.deepEqual((await taglib.readTags(source)).title, ['Grüße, 世界 🎵']);
    assert.ok(fetched < 2 ** 20, `${fetched} bytes`);
  } finally {
    await handle.close();
  }
});

test('a large file with a wrong extension is read by its content', async (t) => {
  const folder = await scratch(t);
  await taglib.initialize([folder]);
  const file = path.join(folder, 'flac.mp4');
  await writeAroundHole(file, await flac('vorbis-comment.flac', 3 * GIB));
  assert.equal(await taglib.readFormat(file), 'FLAC');
  assert.deepEqual((await taglib.readTags(file)).title, ['Grüße, 世界 🎵']);
});

test('a large file without its last page is read from its start', async (t) => {
  const folder = await scratch(t);
  await taglib.initialize([folder]);
  const file = path.join(folder, 'cut.ogg');
  const { head, hole } = await ogg(0)('vorbis.ogg', 3 * GIB);
  await writeAroundHole(file, { head, hole, tail: new Uint8Array() });
  assert.deepEqual((await taglib.readTags(file)).title, ['Grüße, 世界 🎵']);
});
