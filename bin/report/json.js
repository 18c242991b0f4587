'use strict';

/**
 * Writes the facts as JSON, in parts: the text of a large library is longer than a string
 * may be.
 *
 * @import { Facts, MissingKind } from './facts.js'
 * @import { Row } from './rows.js'
 */

const path = require('node:path');
const { toJson } = require('../output/json.js');

/** How many items are converted at once. */
const PART = 1000;

/**
 * @param {Facts} facts
 * @returns {Generator<string, void, undefined>}
 */
function* jsonOf(facts) {
  const { version, created, directory, totals, formats, qualities, years, genres } = facts;
  const pathOf = (/** @type {{ path: string }} */ { path: name }) => path.join(directory, name);
  // The generator comes first: a report is recognized by it.
  const head = { generator: 'taglib-wasi report', version, created, directory, totals };
  yield toJson({ ...head, formats, qualities, years, genres }).slice(0, -1);
  yield ',"missing":{';
  for (const [index, [kind, rows]] of Object.entries(facts.missing).entries()) {
    yield `${index === 0 ? '' : ','}${toJson(kind)}:`;
    yield* list(rows, pathOf);
  }
  yield '},"contradictions":';
  yield* list(facts.contradictions, ({ folder, ...contradiction }) => ({
    ...contradiction,
    folder: pathOf({ path: folder }),
  }));
  yield `,"isAllAudioCompared":${facts.isAllHashed},"duplicates":`;
  yield* list(facts.duplicates, ({ audioHash, extraBytes, rows }) => ({
    audioHash,
    extraBytes,
    paths: rows.map(pathOf),
  }));
  yield ',"broken":';
  yield* list(facts.broken, (broken) => ({ ...broken, path: pathOf(broken) }));
  yield ',"encodings":';
  yield* list(facts.wrongTexts, (row) => ({ path: pathOf(row), ...row.wrongText }));
  yield ',"albums":';
  yield* list(facts.albums, ({ title, artist, folder, rows }) => ({
    title,
    artist,
    folder: pathOf({ path: folder }),
    files: rows.length,
    hasCover: rows.some(({ cover }) => cover !== undefined),
  }));
  yield ',"files":';
  yield* list(facts.rows, (row) => fileOf(row, pathOf(row)));
  yield '}\n';
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => unknown} convert
 * @returns {Generator<string, void, undefined>}
 */
function* list(items, convert) {
  yield '[';
  for (let start = 0; start < items.length; start += PART) {
    const part = items.slice(start, start + PART).map((item) => toJson(convert(item)));
    yield `${start === 0 ? '\n' : ',\n'}${part.join(',\n')}`;
  }
  yield ']';
}

/**
 * @param {Row} row
 * @param {string} file
 */
function fileOf(row, file) {
  const { title, artist, album, albumArtist, year, track, disc, format, size } = row;
  const { milliseconds, cover, audioHash } = row;
  return {
    ...{ path: file, title, artist, album, albumArtist, year, track, disc, format },
    ...{ bytes: size, seconds: milliseconds / 1000, hasCover: cover !== undefined, audioHash },
  };
}

module.exports = { jsonOf };
