/**
 * Files that we change, read by taglib-wasm: what an edit asks for is as it is
 * after taglib-wasm's own edit, and everything else is as it was.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import taglib from '../index.js';
import { EDITS, toFile } from './support/edits.mjs';
import { corpus, fixture, fixtureNames, scratch } from './support/files.mjs';
import { readByOthers } from './support/other-readings.mjs';
import { taglibWasmAnswers, taglibWasmEdits } from './support/taglib-wasm.mjs';

const sets = { fixture: fixtureNames().map(fixture), corpus: corpus() };

for (const [set, files] of Object.entries(sets)) {
  describe(`the ${set} files`, { skip: files.length === 0 && 'there is no corpus' }, () => {
    let theirs;
    let originals;

    before(async () => {
      theirs = await taglibWasmEdits(files);
      originals = await taglibWasmAnswers(files);
    });
    after(taglib.shutdown);

    for (const [index, file] of files.entries()) {
      const name = path.basename(file);

      test(`${name} has what each edit asks for, and all else as before`, async (t) => {
        const folder = await scratch(t);
        const changed = await ourEdits(file, theirs[index], folder);
        const answers = await taglibWasmAnswers(changed.map(({ copy }) => copy));
        const original = plain(originals[index].byBytes?.readTags.value ?? {});
        for (const [number, { edit }] of changed.entries()) {
          const tags = plain(answers[number].byBytes.readTags.value);
          const expected = plain(theirs[index][edit].tags);
          for (const key of keysOf(original, expected, tags)) {
            const asked = isAsked(edit, key);
            const value = asked ? expected[key] : original[key];
            if (isKnownDifference(name, edit, key)) continue;
            // A change may write what TagLib did not read before to where it does.
            if (!asked && isDeepStrictEqual(tags[key], readByOthers(name)[key])) continue;
            assert.deepEqual(tags[key], value, `${edit}: ${key}${asked ? ', asked for' : ''}`);
          }
        }
      });

      test(`${name} is saved as its bytes are changed, or refused and left alone`, async (t) => {
        const folder = await scratch(t);
        const copy = path.join(folder, name);
        await taglib.initialize([folder]);
        for (const [edit, call] of Object.entries(EDITS)) {
          const [fn, ...args] = toFile(call) ?? [];
          if (!fn) continue;
          await copyFile(file, copy);
          const error = await taglib[fn](copy, ...args).then(
            () => undefined,
            (error) => error,
          );
          if (error) assert.equal(hash(await readFile(copy)), hash(await readFile(file)), edit);
          assert.deepEqual(await readdir(folder), [name]);
          // Some files are known by their name and not by their content.
          if (error === undefined) continue;
          assert.ok(isExpectedRefusal(name, error, theirs[index][edit]), `${edit}: ${error}`);
        }
      });
    }
  });
}

/** Applies each edit by path and by bytes, and writes the results to a folder. */
async function ourEdits(file, theirs, folder) {
  const original = hash(await readFile(file));
  await taglib.initialize([path.dirname(file)]);
  const changed = [];
  for (const [number, [edit, [fn, ...args]]] of Object.entries(EDITS).entries()) {
    const [byPath, byBytes] = await Promise.all([
      outcome(taglib[fn](file, ...args)),
      outcome(taglib[fn](await readFile(file), ...args)),
    ]);
    assert.equal(byPath.error?.name, byBytes.error?.name, edit);
    if (byBytes.error) {
      assert.ok(isExpectedRefusal(path.basename(file), byBytes.error, theirs[edit]), edit);
      continue;
    }
    if (!hasRandomBytes(file, fn)) assert.equal(hash(byPath.bytes), hash(byBytes.bytes), edit);
    // Where taglib-wasm crashes there is nothing to compare with.
    if (theirs[edit].error) continue;
    const copy = path.join(folder, `${number}${path.extname(file)}`);
    await writeFile(copy, byBytes.bytes);
    changed.push({ edit, copy });
  }
  assert.equal(hash(await readFile(file)), original, 'the file itself is untouched');
  return changed;
}

/** A refusal that taglib-wasm shares, or that keeps something which it would lose. */
function isExpectedRefusal(name, error, theirs) {
  // taglib-wasm drops or alters what a format has no room for.
  if (error.details?.errno === 'ENOTSUP' || REFUSED.includes(name)) return true;
  return theirs.crash ? error.name === 'InvalidFormatError' : error.name === theirs.error;
}

/** Files that taglib-wasm saves, and that we refuse to save. */
const REFUSED = [
  // TagLib writes a tag behind the samples of an RF64 and does not tell the
  // chunk that has the sizes (EBU Tech 3306): the tag then counts as audio, to
  // TagLib itself, too. Ours notices when it reads the copy back.
  'rf64.wav',
  // A tag and nothing else, cut after 28 bytes: TagLib seeks to before its start.
  'unsynch24.id3',
  // A tag and nothing else: without it TagLib does not find an MP3.
  'extended-header.mp3',
  // Sizes that lead past the end of the file, by which TagLib would place a tag.
  '64bit.mp4',
  'excessive_alloc.mp3',
  'infloop.m4a',
  'infloop.wav',
  'segfault.aif',
  'segfault.oga',
  'segfault.wav',
  'w000.mp3',
  // Cut, so that its tables point to audio that is not there.
  'ilst-is-last.m4a',
  // There is no audio in it.
  'zero-size-chunk.wav',
  // By their names TagLib finds neither tags nor audio in them, by content it does not
  // know them.
  'mac-396.ape',
  'segfault.mpc',
  'segfault2.mpc',
  'sv8_header.mpc',
];

/** TagLib gives every attachment of a Matroska file a random number as its identifier. */
function hasRandomBytes(file, edit) {
  return /\.(mka|mkv|webm)$/.test(file) && edit !== 'clearTags' && edit !== 'applyTags';
}

function isAsked(edit, key) {
  const [fn, tags] = EDITS[edit];
  if (fn === 'clearTags') return true;
  if (fn !== 'applyTags') return key === 'pictures';
  const keys = Object.keys(tags);
  if (key.startsWith('LYRICS')) return keys.includes('lyrics');
  if (key === 'year' || key === 'date') return keys.includes('year') || keys.includes('date');
  return keys.includes(key);
}

function isKnownDifference(name, edit, key) {
  return KNOWN_DIFFERENCES.some(
    (it) => it.name.test(name) && it.edit.test(edit) && it.key.test(key),
  );
}

/** Where taglib-wasm's answer is wrong, or its reader shows less than there is. */
const KNOWN_DIFFERENCES = [
  // taglib-wasm keeps lyrics with a description when lyrics are replaced or removed.
  { name: /./, edit: /^(lyrics|no tags)$/, key: /^LYRICS:/ },
  // Removing all tags leaves these free-form items of iTunes behind in taglib-wasm.
  { name: /\.(m4a|m4b|mp4|m4v)$/, edit: /^no tags$/, key: /^(appleSoundCheck|ENCODING PARAMS)$/ },
  // taglib-wasm does not change a key that the file has in lower case.
  { name: /./, edit: /^some fields$/, key: /^replayGainTrackGain$/ },
  // The attachment `cover.png`, which a front cover replaces, is `Other` for taglib-wasm.
  { name: /^mkvmerge\.mka$/, edit: /front cover/, key: /^pictures$/ },
  // Damaged files, whose saves are refused.
  {
    name: /^(ilst-is-last|infloop)\.m4a$|^unsynch24\.id3$|^zero-size-chunk\.wav$/,
    edit: /./,
    key: /./,
  },
  // A tag of ID3v2.2 has the day, which TagLib reads from the ID3v2.3 that it becomes.
  { name: /\.mp3$/, edit: /./, key: /^date$/ },
];

function keysOf(...objects) {
  return new Set(objects.flatMap((object) => Object.keys(object)));
}

/** Tags with hashes in place of bytes. */
function plain(tags) {
  const pictures = tags.pictures?.map(({ data, ...picture }) => ({ ...picture, data: hash(data) }));
  const bextData = tags.bextData && hash(tags.bextData);
  return { ...tags, ...(pictures && { pictures }), ...(bextData && { bextData }) };
}

async function outcome(changed) {
  try {
    return { bytes: await changed };
  } catch (error) {
    return { error };
  }
}

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
