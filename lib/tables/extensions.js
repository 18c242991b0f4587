'use strict';

/**
 * The extensions by which TagLib 2.3 chooses a parser (`FileRef`), one line for
 * each family of formats. In lower case and without a dot.
 */
const EXTENSIONS = Object.freeze([
  ...['aac', 'mp2', 'mp3'],
  ...['flac', 'oga', 'ogg', 'opus', 'spx'],
  ...['3g2', 'm4a', 'm4b', 'm4p', 'm4r', 'm4v', 'mp4'],
  ...['aif', 'aifc', 'aiff', 'afc', 'wav'],
  ...['asf', 'wma'],
  ...['ape', 'mpc', 'shn', 'tta', 'wv'],
  ...['dff', 'dsdiff', 'dsf'],
  ...['mka', 'mkv', 'webm'],
  ...['it', 'mod', 'module', 'nst', 's3m', 'wow', 'xm'],
]);

module.exports = { EXTENSIONS };
