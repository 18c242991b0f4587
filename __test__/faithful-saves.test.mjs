/**
 * A change touches what was asked for, and nothing else. Judged by raw readers in
 * `fidelity/`, which are neither TagLib nor `readTags`, over the fixtures, files with
 * everything that their formats can hold, and the corpus where there is one.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  collectFiles,
  compareFiles,
  describe as describeChange,
  EDITS,
  hasPython,
  isRefusedForLoss,
  judgeBytes,
  judgeRepeatedSaves,
  judgeSaves,
  TITLE_IN_BYTES,
} from './fidelity/saves.mjs';
import { corpus, fixture, fixtureNames, scratch } from './support/files.mjs';
import { isSoak } from './support/sizes.mjs';

/** The most that may be refused to keep a promise, of the files that TagLib can write. */
const MOST_REFUSED = 0.005;
const SHOWN_LINES = 60;

/**
 * Sound files that may be refused for another reason: TagLib does not find the audio in
 * them, or would move it. The corpus has damaged files, so it is left out.
 */
const MAY_BE_REFUSED = [
  'by-ffmpeg-fragments.mp4',
  'by-ffmpeg-quicktime.mov',
  'by-ffmpeg-rf64.wav',
  'ogg-multiplexed.ogg',
  'wav-behind-the-form.wav',
  'wav-rf64-data-last.wav',
  'wav-rf64.wav',
];
const FIXTURES = fixtureNames().map(fixture);

/** Fields that a fixture may have as they are set, or that it may not have at all. */
const MAY_CHANGE_NOTHING = new Set(['nothing', 'round trip', 'clear', 'compilation']);

const CORPUS = new Set(corpus());

let rich;
let titles;

/** A line for each change in `names`, such as `lost` and `altered`. */
function changesIn(results, names) {
  const lines = results.flatMap((result) =>
    names.flatMap((name) =>
      (result[name] ?? []).map(
        (change) => `${path.basename(result.file)}: ${name} ${describeChange(change)}`,
      ),
    ),
  );
  const more = lines.length - SHOWN_LINES;
  return more > 0 ? [...lines.slice(0, SHOWN_LINES), `and ${more} more`] : lines;
}

function assertNothingLost(results) {
  assert.ok(results.some(({ error }) => error === undefined));
  assert.deepEqual(changesIn(results, ['lost', 'altered']), []);
}

describe('saves, by raw readers', { skip: !hasPython }, () => {
  before(async () => {
    rich = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-rich-'));
    const files = await collectFiles(path.join(rich, 'files'));
    titles = await judgeSaves(files, EDITS.title, path.join(rich, 'saves'));
  });
  after(() => rm(rich, { recursive: true, force: true }));

  test('the judge tells what another file of the same audio lacks', async () => {
    const differences = async (first, second) => {
      const [one, other] = [first, second].map((name) => path.join(rich, 'files', name));
      const { lost, altered } = await compareFiles(one, other);
      return [...lost, ...altered].map(({ kind, key }) => `${kind} ${key}`).sort();
    };
    assert.deepEqual(await differences('mp3-v23-comments.mp3', 'mp3-v24-comments.mp3'), []);
    assert.deepEqual(await differences('mp3-v24-totals.mp3', 'mp3-v24-padded-numbers.mp3'), [
      'id3v2 TPOS',
      'id3v2 TRCK',
    ]);
    assert.deepEqual(await differences('mp4-totals.m4a', 'mp4-track-without-total.m4a'), [
      'ilst disk',
      'ilst trkn',
    ]);
    assert.deepEqual(await differences('flac-pictures.flac', 'flac-without-key.flac'), [
      'picture 17:',
      'picture 3:front',
      'picture 3:zweites, ü',
      'picture 4:back',
      'vorbis TRACKNUMBER',
    ]);
    assert.deepEqual(await differences('wav-bext-ixml.wav', 'wav-no-tags.wav'), [
      'riff bext',
      'riff iXML',
    ]);
    assert.deepEqual(await differences('mka-everything.mka', 'mka-chapters.mka'), [
      'attachment cover.png',
      'attachment cover_land.png',
      'attachment font.ttf',
      'attachment notes.txt',
      'attachment small_cover.jpg',
    ]);
    assert.deepEqual(await differences('wma-totals.wma', 'wma-padded-numbers.wma'), [
      'asf WM/PartOfSet',
      'asf WM/TrackNumber',
    ]);
    assert.deepEqual(await differences('wv-read-only.wv', 'wv-tempo.wv'), ['ape Catalog']);
  });

  test('a new title loses nothing else', () => {
    assertNothingLost(titles);
  });

  test('a new title arrives wherever the save resolves', () => {
    const without = titles.filter(({ error, asked }) => !error && asked.length === 0);
    assert.deepEqual(
      without.map(({ file }) => path.basename(file)),
      [],
    );
  });

  test('few files are refused because something would be lost', () => {
    const refused = titles.filter(isRefusedForLoss);
    const writable = titles.filter((result) => !result.error || isRefusedForLoss(result));
    const share = refused.length / writable.length;
    const names = refused.map(({ file }) => path.basename(file));
    assert.ok(share <= MOST_REFUSED, `${refused.length} of ${writable.length}: ${names}`);
  });

  test('no other sound file is refused', () => {
    const refused = titles.filter(
      (result) => result.error && !isRefusedForLoss(result) && !CORPUS.has(result.file),
    );
    const names = refused.map(({ file }) => path.basename(file));
    assert.deepEqual(
      names.filter((name) => !MAY_BE_REFUSED.includes(name)),
      [],
    );
  });

  test('a new title adds no other tag and leaves its version as it is', () => {
    assert.deepEqual(changesIn(titles, ['added']), []);
  });

  test('a new title in bytes loses nothing else and arrives', async (t) => {
    const files = isSoak ? titles.map(({ file }) => file) : FIXTURES;
    const results = await judgeBytes(files, TITLE_IN_BYTES, await scratch(t));
    assertNothingLost(results);
    assert.deepEqual(changesIn(results, ['added']), []);
    const without = results.filter(({ error, asked }) => !error && asked.length === 0);
    assert.deepEqual(
      without.map(({ file }) => path.basename(file)),
      [],
    );
  });

  for (const [name, edit] of Object.entries(EDITS)) {
    test(`${name}: nothing else is lost in a fixture`, async (t) => {
      const results = await judgeSaves(FIXTURES, edit, await scratch(t));
      assertNothingLost(results);
      if (MAY_CHANGE_NOTHING.has(name)) return;
      const ignored = results.filter(({ error, asked }) => !error && asked.length === 0);
      assert.deepEqual(
        ignored.map(({ file }) => path.basename(file)),
        [],
        'resolved, and changed nothing',
      );
    });
  }

  test('saving the same title twenty times changes nothing after the first', async (t) => {
    const files = isSoak ? titles.map(({ file }) => file) : FIXTURES;
    const results = await judgeRepeatedSaves(files, await scratch(t));
    assert.deepEqual(changesIn(results, ['lost', 'altered', 'added']), []);
    const names = (some) => some.map(({ file }) => path.basename(file));
    assert.deepEqual(names(results.filter(({ refusal }) => refusal)), [], 'refused later');
    assert.deepEqual(
      names(results.filter(({ sameBytes }) => sameBytes === false)),
      [],
      'other bytes',
    );
  });
});
