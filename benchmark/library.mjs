/**
 * Makes a library to read: files of six formats and of the sizes of songs, with
 * full tags, most of them with a cover. The same seed makes the same library.
 *
 * The audio is noise, encoded once for each format by ffmpeg, and cut to length.
 * This package writes the tags.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import taglib from '../index.js';
import { randomNumbers } from '../tools/random.mjs';

/** The encoder's arguments for each format, and the bytes per second that it makes. */
const FORMATS = {
  mp3: { args: ['-c:a', 'libmp3lame', '-b:a', '320k'], rate: 40_000 },
  m4a: { args: ['-c:a', 'aac', '-b:a', '256k'], rate: 32_000 },
  ogg: { args: ['-c:a', 'libvorbis', '-q:a', '8'], rate: 34_000 },
  opus: { args: ['-c:a', 'libopus', '-b:a', '256k', '-ar', '48000'], rate: 32_000 },
  flac: { args: ['-c:a', 'flac'], rate: 160_000 },
  wav: { args: ['-c:a', 'pcm_s16le'], rate: 176_400 },
};

const MIB = 2 ** 20;
const COVER_BYTES = 150_000;
const SHARE_WITH_COVER = 0.7;

/**
 * Makes the library, unless it is complete already.
 *
 * @param {string} folder
 * @param {{ files: number, smallest: number, largest: number, seed: number }} options
 *   sizes in MiB
 */
export async function makeLibrary(folder, { files, smallest, largest, seed }) {
  const stamp = path.join(folder, `complete-${[files, smallest, largest, seed].join('-')}`);
  if (existsSync(stamp)) return;
  rmSync(folder, { recursive: true, force: true });
  const masters = path.join(folder, 'masters');
  mkdirSync(masters, { recursive: true });
  for (const format of Object.keys(FORMATS)) makeMaster(masters, format, largest * MIB, seed);

  await taglib.initialize([folder]);
  const random = randomNumbers(seed);
  for (let index = 0; index < files; index += 1) {
    const format = Object.keys(FORMATS)[index % Object.keys(FORMATS).length];
    const album = path.join(folder, `album-${Math.floor(index / 12)}`);
    mkdirSync(album, { recursive: true });
    const file = path.join(album, `${index}.${format}`);
    // Many small songs, few large ones.
    const size = (smallest + (largest - smallest) * random() ** 2) * MIB;
    cut(path.join(masters, `master.${format}`), file, size / FORMATS[format].rate);
    await taglib.writeTags(file, tags(index), { inPlace: true });
    if (random() < SHARE_WITH_COVER) await addCover(file, random);
  }
  rmSync(masters, { recursive: true });
  await taglib.shutdown();
  writeFileSync(stamp, '');
}

function makeMaster(folder, format, bytes, seed) {
  const { args, rate } = FORMATS[format];
  const source = `anoisesrc=seed=${seed}:amplitude=0.3:duration=${Math.ceil(bytes / rate)}`;
  const file = path.join(folder, `master.${format}`);
  ffmpeg(['-f', 'lavfi', '-i', source, '-ac', '2', ...args, file]);
}

function cut(master, file, seconds) {
  ffmpeg(['-i', master, '-t', seconds.toFixed(2), '-c', 'copy', '-map_metadata', '-1', file]);
}

function ffmpeg(args) {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}

function tags(index) {
  return {
    title: `Song number ${index}, with a title of usual length`,
    artist: [`Artist ${index % 40}`, 'A second one'],
    album: `Album ${Math.floor(index / 12)}`,
    albumArtist: `Artist ${index % 40}`,
    composer: 'Somebody Else',
    genre: ['Jazz', 'Modal'],
    date: `${1950 + (index % 70)}-08-17`,
    track: (index % 12) + 1,
    discNumber: 1,
    comment: 'A comment, as many programs leave one.',
    isrc: 'USRC17607839',
    musicbrainzTrackId: '0af0ba4e-0000-4000-8000-000000000002',
    musicbrainzReleaseId: '0af0ba4e-0000-4000-8000-000000000001',
    replayGainTrackGain: '-7.03 dB',
    replayGainTrackPeak: '0.988',
  };
}

async function addCover(file, random) {
  const data = new Uint8Array(COVER_BYTES);
  for (let at = 0; at < data.length; at += 1) data[at] = random() * 256;
  data.set([0xff, 0xd8, 0xff, 0xe0]);
  const cover = { type: 'FrontCover', mimeType: 'image/jpeg', data };
  await taglib.applyPicturesToFile(file, [cover], { inPlace: true });
}
