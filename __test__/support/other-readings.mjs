/**
 * What TagLib does not read in fixtures and corpus files, and other programs do: ffprobe the
 * titles, the track and the singer, mutagen the second artist. Ours reads it (`guest/src/corrections`).
 * `other-readers.test.mjs` compares the fixtures with what those programs have read.
 */
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

/** The chapters that ffprobe and mkvextract read. TagLib's C interface has none in these formats. */
const CHAPTERS = {
  'chapters.mka': [chapter(0, 80, 'Anfang ü', '22'), chapter(100, 199, 'Ende', '25')],
  'chapters.opus': [chapter(0, 100, 'Part 1'), chapter(100, 200, 'Part 2')],
};

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
