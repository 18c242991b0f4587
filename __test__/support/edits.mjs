/** Edits to make with our functions and with taglib-wasm's. */

const image = (byte, length) => new Uint8Array(length).fill(byte);

const picture = (type, byte) => ({
  mimeType: 'image/png',
  data: image(byte, 3000),
  type,
  description: 'Größe',
});

/** By the name of the edit: the function, and its arguments after the file. */
export const EDITS = {
  'some fields': [
    'applyTags',
    {
      title: 'Ein Titel, 世界',
      artist: ['First', 'Second'],
      year: 1987,
      track: 7,
      discNumber: 2,
      albumArtist: 'Various',
      musicbrainzTrackId: ['123e4567-e89b-12d3-a456-426614174000'],
      replayGainTrackGain: '-6.54 dB',
    },
  ],
  'a date': ['applyTags', { date: '1975-10-31', comment: 'x'.repeat(5000) }],
  'removed fields': ['applyTags', { title: [], date: [], track: 0, genre: [] }],
  nothing: ['applyTags', {}],
  lyrics: ['applyTags', { lyrics: ['one\ntwo'] }],
  'no tags': ['clearTags'],
  'two pictures': ['applyPictures', [picture('FrontCover', 1), picture('BackCover', 2)]],
  'a picture more': ['addPicture', picture('Artist', 3)],
  'another front cover': ['replacePictureByType', picture('FrontCover', 4)],
  'a cover alone': ['applyCoverArt', image(5, 2000), 'image/jpeg'],
  'no pictures': ['clearPictures'],
};

/** The same edit of the file on disk, or undefined if taglib-wasm has no function for it. */
export function toFile([edit, ...args]) {
  return edit === 'applyTags' ? ['applyTagsToFile', ...args] : undefined;
}
