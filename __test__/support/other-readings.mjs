/**
 * What TagLib does not read in fixtures and corpus files, and other programs do: ffprobe the
 * titles, the track and the singer, mutagen the second artist. Ours reads it (`guest/src/corrections`).
 * `other-readers.test.mjs` compares the fixtures with what those programs have read.
 */
import { readFileSync } from 'node:fs';
import { fixture } from './files.mjs';

const READ_BY_OTHERS = {
  'info.wav': { track: 4 },
  'tagged.mka': { title: ['Grüße, 世界 🎵'] },
  'tagged.webm': { title: ['Grüße, 世界 🎵'] },
  'chapters.mka': { title: ['Grüße, 世界 🎵'] },
  'mkvmerge.mka': {
    title: ['The Song'],
    artist: ['Singer'],
    album: ['The Album'],
    albumArtist: ['Album Artist'],
  },
  'tagged.wma': { artist: ['First Artist', 'Second Artist'] },
  'optimized.mkv': { title: ['handbrake'] },
  'tags-before-cues.mkv': { title: ['handbrake'] },
};

/**
 * Returns whether each picture of a file is a front cover: all pictures of MP4 are, and one that
 * is named `cover.png` in Matroska. taglib-wasm gives both as `Other`.
 */
export function hasFrontCoversOnly(name, isMP4) {
  return isMP4 || name === 'mkvmerge.mka';
}

const ENHANCED = readFileSync(fixture('enhanced.m4a'));

/**
 * The chapters that ffprobe and mkvextract read, and ChapterForge has written. TagLib's C interface
 * has none in FLAC, Ogg and Matroska, and no links and images in MP4.
 */
const CHAPTERS = {
  'chapters.mka': [chapter(0, 80, 'Anfang ü', '22'), chapter(100, 199, 'Ende', '25')],
  'chapters.opus': [chapter(0, 100, 'Part 1'), chapter(100, 200, 'Part 2')],
  'enhanced.m4a': [
    {
      ...chapter(0, 60, 'Röt'),
      ...{ source: 'quicktime', url: 'https://example.org/red', picture: image(3902, 207) },
    },
    { ...chapter(60, 120, 'Green'), source: 'quicktime', picture: image(4109, 205) },
    {
      ...chapter(120, 232, 'Blue'),
      ...{ source: 'quicktime', url: 'https://example.org/blue', picture: image(4314, 207) },
    },
  ],
};

/** The JPEG at an offset of `enhanced.m4a`, which FFmpeg has made. */
function image(offset, length) {
  const data = new Uint8Array(ENHANCED.subarray(offset, offset + length));
  return { mimeType: 'image/jpeg', data, type: 'Other', description: '' };
}

function chapter(startTimeMs, endTimeMs, title, id) {
  return { startTimeMs, endTimeMs, title, id, source: undefined };
}

/** Returns the chapters of a file that other programs read and TagLib does not, by its name. */
export function chaptersReadByOthers(name) {
  return name in CHAPTERS ? { chapters: CHAPTERS[name] } : {};
}

/** Returns the tags of a file that other programs read and TagLib does not, by its name. */
export function readByOthers(name) {
  return READ_BY_OTHERS[name] ?? {};
}
