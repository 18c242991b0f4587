/** What files are changed to where only the saving matters. */

/** Two states of a file, one with much longer tags than the other. */
export const STATES = [
  { title: 'long', comment: 'a comment that needs room '.repeat(3000) },
  { title: 'short', comment: 'short' },
];

export const PICTURE = {
  mimeType: 'image/png',
  data: Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251),
  type: 'FrontCover',
  description: 'cover',
};
