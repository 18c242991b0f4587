/**
 * Measures what the options of a scan, and the reads of other things than tags, cost beside a
 * plain scan and `readTags`.
 *
 *     npm run bench:options -- [--files 200] [--smallest 2] [--largest 26] [--rounds 5]
 *
 * Reads a library (`library.mjs`) with each of them, in a process of its own
 * (`options-child.mjs`). They take turns. Prints the median time per file, and its ratio.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT } from '../tools/repository.mjs';
import { makeLibrary } from './library.mjs';
import { median } from './median.mjs';

const CHILD = fileURLToPath(new URL('options-child.mjs', import.meta.url));

/** The first one of each group is what the others are compared with. */
const GROUPS = [
  [
    'scan',
    'scan, pictures: false',
    'scan, pictures: "metadata"',
    'scan, legacyEncoding: "auto"',
    'scan, audioHash: true',
  ],
  [
    'readTags',
    'readTags, legacyEncoding: "auto"',
    'readPictureMetadata',
    'readNative',
    'readSyncedLyrics',
    'readAudioHash',
  ],
];

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '200' },
    smallest: { type: 'string', default: '2' },
    largest: { type: 'string', default: '26' },
    rounds: { type: 'string', default: '5' },
  },
});
const [files, smallest, largest] = [values.files, values.smallest, values.largest].map(Number);
const folder = path.join(ROOT, 'target', 'benchmark', `options-${files}-${smallest}-${largest}`);
await makeLibrary(folder, { files, smallest, largest, seed: 1 });

for (const group of GROUPS) {
  /** @type {Map<string, number[]>} */
  const times = new Map(group.map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, measured] of times) {
      measured.push(Number(execFileSync(process.execPath, [CHILD, folder, name])));
    }
  }
  const base = median([...times.values()][0]);
  const rows = [...times].map(([name, measured]) => [
    name,
    {
      'µs per file': Math.round(median(measured)),
      ratio: Number((median(measured) / base).toFixed(2)),
    },
  ]);
  console.table(Object.fromEntries(rows));
}
