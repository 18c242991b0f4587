/** Every getter of an open file of the Full API, in ours and in taglib-wasm's. */

/** Maps the name of each getter to its answer for the file. */
export const GETTERS = {
  getFormat: (file) => file.getFormat(),
  isMP4: (file) => file.isMP4(),
  isFormat: (file) => file.isFormat(file.getFormat()),
  isValid: (file) => file.isValid(),
  tag: (file) => {
    const { title, artist, album, comment, genre, year, track, date } = file.tag();
    return { title, artist, album, comment, genre, year, track, date };
  },
  audioProperties: (file) => file.audioProperties(),
  properties: (file) => file.properties(),
  getProperty: (file) =>
    Object.fromEntries(Object.keys(file.properties()).map((key) => [key, file.getProperty(key)])),
  getPictures: (file) => file.getPictures(),
  getChapters: (file) => file.getChapters(),
  getBext: (file) => file.getBext(),
  getBextData: (file) => file.getBextData(),
  getIxml: (file) => file.getIxml(),
  getRatings: (file) => file.getRatings(),
  getRating: (file) => file.getRating(),
  getLyrics: (file) => file.getLyrics(),
  hasId3Tags: (file) => file.hasId3Tags(),
  getId3v2Frames: (file) => file.getId3v2Frames(),
  getMP4Item: (file) => Object.fromEntries(MP4_ITEMS.map((key) => [key, file.getMP4Item(key)])),
};

const MP4_ITEMS = [
  ...['©nam', '©ART', '©alb', '©day', '©gen', '©cmt', '©wrt', 'aART', 'trkn', 'disk', 'tmpo'],
  ...['cpil', 'sonm', '----:com.apple.iTunes:MOOD', '----:com.apple.iTunes:MusicBrainz Track Id'],
];

/** What each getter gives: `{ value }`, or `{ error, code }`. */
export function answersOf(file) {
  return Object.fromEntries(
    Object.entries(GETTERS).map(([name, get]) => {
      try {
        return [name, { value: get(file) }];
      } catch (error) {
        return [name, { error: error.name, code: error.code }];
      }
    }),
  );
}
