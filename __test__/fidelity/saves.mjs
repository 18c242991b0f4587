/**
 * Saves copies of many files, and has `compare.py` judge what became of them.
 *
 * `measure.mjs` prints tables of it, `faithful-saves.test.mjs` asserts it.
 */
import { Buffer } from 'node:buffer';
import { execFile, spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import taglib from '../../index.js';
import { corpus, fixture, fixtureNames } from '../support/files.mjs';

const COMPARE = fileURLToPath(new URL('compare.py', import.meta.url));
const RICH_FILES = fileURLToPath(new URL('rich_files.py', import.meta.url));

export const hasPython = spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0;

const COVER = {
  mimeType: 'image/png',
  type: 'FrontCover',
  // Every format can store it: MP4 has no descriptions.
  description: 'Front Cover',
  data: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
};

function fields(tags, allow = Object.keys(tags)) {
  return { allow, save: (file) => taglib.writeTags(file, tags) };
}

/** Each kind of edit: what it may change, as `fields.py` names it, and the save itself. */
export const EDITS = {
  nothing: fields({}),
  title: fields({ title: 'A new title' }),
  artist: fields({ artist: 'A new artist' }),
  album: fields({ album: 'A new album' }),
  genre: fields({ genre: 'Polka' }),
  date: fields({ date: '1987-06-05' }),
  year: fields({ year: 1987 }, ['date']),
  track: fields({ track: 9 }),
  totals: fields({ track: 9, totalTracks: 21 }, ['track']),
  discNumber: fields({ discNumber: 8 }),
  comment: fields({ comment: 'A new comment' }),
  composer: fields({ composer: 'A new composer' }),
  albumArtist: fields({ albumArtist: 'A new album artist' }),
  bpm: fields({ bpm: 99 }),
  compilation: fields({ compilation: true }),
  isrc: fields({ isrc: 'DEA123456789' }),
  ratings: fields({ ratings: [{ rating: 0.6, email: 'new@example.org', counter: 2 }] }),
  lyrics: fields({ lyrics: [{ text: 'new words', language: 'eng', description: '' }] }),
  chapters: fields({ chapters: [{ startTimeMs: 0, title: 'New', id: 'new' }] }),
  pictures: { allow: ['pictures'], save: (file) => taglib.applyPicturesToFile(file, [COVER]) },
  clear: { allow: ['everything'], save: (file) => taglib.clearTagsInFile(file) },
  'round trip': {
    allow: [],
    async save(file) {
      await taglib.writeTags(file, await taglib.readTags(file));
    },
  },
};

/** A change of bytes, as `EDITS` has changes of files. */
export const TITLE_IN_BYTES = {
  allow: ['title'],
  apply: (bytes) => taglib.applyTags(bytes, { title: 'A new title' }),
};

const REPEATED = EDITS.title;
const REPETITIONS = 20;

/** The fixtures, files that `rich_files.py` makes in `folder`, and the corpus where there is one. */
export async function collectFiles(folder, sets = ['fixtures', 'rich', 'corpus']) {
  const files = { fixtures: fixtureNames().map(fixture), corpus: corpus(), rich: [] };
  if (sets.includes('rich')) {
    await run('python3', [RICH_FILES, folder]);
    files.rich = (await readdir(folder)).sort().map((name) => path.join(folder, name));
  }
  return sets.flatMap((set) => files[set]);
}

/**
 * Saves a copy of each file in `folder`. For each file: `file`, and either `error`, or
 * `lost`, `altered`, `added` and `asked` of `compare.py`.
 */
export async function judgeSaves(files, { allow, save }, folder) {
  const results = await saveCopies(files, folder, save);
  return withComparisons(results, allow);
}

/**
 * As `judgeSaves`; what the saves after the first of the same title change. `sameBytes`
 * tells whether they change nothing at all, `refusal` why one of them was refused.
 */
export async function judgeRepeatedSaves(files, folder) {
  const results = await saveCopies(files, folder, async (copy) => {
    await REPEATED.save(copy);
    const afterFirst = path.join(path.dirname(copy), `first-${path.basename(copy)}`);
    await copyFile(copy, afterFirst);
    let refusal;
    try {
      for (let count = 1; count < REPETITIONS; count += 1) await REPEATED.save(copy);
    } catch (error) {
      refusal = error.message;
    }
    const [first, last] = await Promise.all([readFile(afterFirst), readFile(copy)]);
    return { before: afterFirst, sameBytes: first.equals(last), refusal };
  });
  return withComparisons(results, []);
}

/** As `judgeSaves`, for the bytes that `apply` returns for the bytes of each file. */
export async function judgeBytes(files, { allow, apply }, folder) {
  const save = async (copy) => writeFile(copy, await apply(await readFile(copy)));
  return withComparisons(await saveCopies(files, folder, save), allow);
}

async function saveCopies(files, folder, save) {
  await mkdir(folder, { recursive: true });
  await taglib.initialize([folder]);
  const results = await inTurn(files, 4, async (file, index) => {
    const place = path.join(folder, String(index));
    await mkdir(place, { recursive: true });
    const copy = path.join(place, path.basename(file));
    await copyFile(file, copy);
    try {
      return { file, before: file, after: copy, ...(await save(copy)) };
    } catch (error) {
      return { file, error };
    }
  });
  await taglib.shutdown();
  return results;
}

async function inTurn(items, atOnce, work) {
  const results = [];
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

async function withComparisons(results, allow) {
  const saved = results.filter(({ error }) => error === undefined);
  const pairs = saved.map(({ before, after }) => ({ before, after, allow }));
  const answers = await compareAll(pairs);
  for (const [index, result] of saved.entries()) Object.assign(result, answers[index]);
  return results;
}

/** Lists the differences between `before` and `after`, in both directions. */
export async function compareFiles(before, after) {
  const [changes] = await compareAll([{ before, after, allow: [] }]);
  return changes;
}

async function compareAll(pairs) {
  return JSON.parse(await run('python3', [COMPARE, '--batch'], JSON.stringify(pairs)));
}

function run(command, args, input = '') {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 30, env: { ...process.env, PYTHONIOENCODING: 'utf-8' } };
    const child = execFile(command, args, options, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin.end(input);
  });
}

export function hasLoss({ lost = [], altered = [] }) {
  return lost.length + altered.length > 0;
}

/** Whether the save was refused because it would have lost something. */
export function isRefusedForLoss({ error }) {
  return Array.isArray(error?.details?.lost);
}

/** `id3v2 TRCK: ["3/12"] → ["3"]`. */
export function describe({ kind, key, before, after }) {
  return `${kind} ${key}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`;
}
