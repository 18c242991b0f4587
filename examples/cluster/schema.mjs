/**
 * The rows: one for each file, with the columns of `taglib-wasi scan --format csv` and some more.
 * docs/scale.md describes them. A change of a name, type or meaning raises the version.
 */

export const SCHEMA_VERSION = 1;

const text = (name) => ({ name, type: 'STRING' });
const texts = (name) => ({ name, type: 'LIST' });
const whole = (name) => ({ name, type: 'INT32' });
const yes = (name) => ({ name, type: 'BOOLEAN' });

const FILE = [
  { ...text('path'), isRequired: true },
  { ...text('status'), isRequired: true },
  ...['code', 'errno', 'limit', 'message'].map(text),
  whole('attempts'),
  { name: 'size', type: 'INT64' },
  { name: 'mtimeMs', type: 'DOUBLE' },
];

const TAGS = [
  ...['title', 'artist', 'album', 'albumArtist', 'composer', 'genre', 'date'].map(texts),
  ...['year', 'track', 'totalTracks', 'discNumber', 'totalDiscs'].map(whole),
  { name: 'bpm', type: 'DOUBLE' },
  yes('compilation'),
  ...['comment', 'copyright', 'isrc', 'label'].map(texts),
  ...['musicbrainzTrackId', 'musicbrainzReleaseId'].map(texts),
  ...['replayGainTrackGain', 'replayGainTrackPeak'].map(texts),
  ...['replayGainAlbumGain', 'replayGainAlbumPeak'].map(texts),
];

const PROPERTIES = [
  ...['duration', 'durationMs', 'bitrate', 'sampleRate', 'channels', 'bitsPerSample'].map(whole),
  ...['codec', 'containerFormat'].map(text),
  yes('isLossless'),
];

/** @type {{ name: string, type: string, isRequired?: boolean }[]} */
export const COLUMNS = [...FILE, ...TAGS, yes('hasCoverArt'), ...PROPERTIES, text('audioHash')];

/**
 * Makes the row of a file.
 *
 * @param {import('./plan.mjs').Entry} entry
 * @param {import('./read.mjs').Outcome} outcome
 */
export function rowOf({ path, size, mtimeMs }, { attempts, error, metadata, audioHash }) {
  const row = { path, status: error ? 'failed' : 'read', attempts, size, mtimeMs, audioHash };
  if (error) {
    const { code, details, limit, message } = error;
    return { ...row, code, errno: details?.errno, limit, message };
  }
  const { tags, properties = {}, hasCoverArt } = metadata;
  for (const { name, type } of TAGS) {
    row[name] = type === 'LIST' && tags[name] !== undefined ? [tags[name]].flat() : tags[name];
  }
  for (const { name } of PROPERTIES) row[name] = properties[name];
  return { ...row, hasCoverArt };
}
