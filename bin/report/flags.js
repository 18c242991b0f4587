'use strict';

/** What the page can filter files by: the bits of a file's flags. */
exports.FLAGS = {
  cover: 1,
  title: 2,
  artist: 4,
  album: 8,
  albumArtist: 16,
  year: 32,
  track: 64,
  contradictions: 128,
  duplicates: 256,
  encodings: 512,
};
