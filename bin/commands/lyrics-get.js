'use strict';

const { formatLrc, readSyncedLyrics } = require('../../index.js');
const { locate } = require('../files.js');
const { hasNames, headersOf, optionsFor } = require('../lyrics.js');
const { writeOutput } = require('../output/file.js');
const { UserError } = require('../reporter.js');

/**
 * @import { SyncedLyrics } from '../../index.js'
 *
 * @typedef {{ output?: string, language?: string, description?: string }} Options
 */

/**
 * Writes the synced lyrics of a file as LRC to another file or to stdout.
 *
 * @param {string} file
 * @param {Options} options
 * @param {import('../reporter.js').Reporter} reporter
 */
module.exports = async function lyricsGet(file, options, reporter) {
  const { output, ...names } = options;
  for await (const located of locate([file], { readOnly: true })) {
    if ('error' in located) throw located.error;
    const all = await readSyncedLyrics(located.real, { signal: reporter.signal });
    const chosen = choose(all, names, file);
    const others = all.filter((other) => other !== chosen);
    if (others.length > 0) {
      const choices = others.map(optionsFor).join(', or ');
      reporter.note(file, `there are other synced lyrics; choose them by ${choices}`);
    }
    const text = formatLrc({ headers: headersOf(chosen), lines: chosen.lines });
    if (output === undefined) await reporter.output.write(text);
    else await writeOutput(output, text);
    reporter.tally.read += 1;
  }
};

/**
 * Returns the first lyrics with the names, of the type `lyrics` if there are such.
 *
 * @param {SyncedLyrics[]} all
 * @param {import('../lyrics.js').Names} names
 * @param {string} file
 */
function choose(all, names, file) {
  if (all.length === 0) throw new UserError(`${file} has no synced lyrics`);
  const found = all.filter((lyrics) => hasNames(lyrics, names));
  const [chosen] = [...found.filter(({ type }) => type === 'lyrics'), ...found];
  if (chosen !== undefined) return chosen;
  const choices = all.map(optionsFor).join(', or ');
  throw new UserError(`${file} has no synced lyrics with these names; choose by ${choices}`);
}
