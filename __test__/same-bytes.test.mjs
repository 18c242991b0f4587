/** Files that we change, compared byte for byte with those that taglib-wasm changes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib from '../index.js';
import { EDITS, toFile } from './support/edits.mjs';
import { corpus, fixture, fixtureNames, scratch } from './support/files.mjs';
import { taglibWasmEdits } from './support/taglib-wasm.mjs';

const sets = { fixture: fixtureNames().map(fixture), corpus: corpus() };

const onDisk = Object.entries(EDITS)
  .map(([name, edit]) => [name, toFile(edit)])
  .filter(([, edit]) => edit !== undefined);

for (const [name, files] of Object.entries(sets)) {
  describe(`the ${name} files`, { skip: files.length === 0 && 'there is no corpus' }, () => {
    let answers;

    before(async () => {
      answers = await taglibWasmEdits(files);
    });
    after(taglib.shutdown);

    for (const [index, file] of files.entries()) {
      test(`${path.basename(file)} gives the bytes that taglib-wasm gives, after each edit`, async () => {
        const original = hash(await readFile(file));
        await taglib.initialize([path.dirname(file)]);
        for (const [edit, [fn, ...args]] of Object.entries(EDITS)) {
          const expected = answers[index][edit];
          const [byPath, byBytes] = await Promise.all([
            outcome(taglib[fn](file, ...args)),
            outcome(taglib[fn](await readFile(file), ...args)),
          ]);
          assert.equal(byPath.error, byBytes.error, edit);
          if (expected.crash) {
            // Where taglib-wasm crashes, ours may answer, or refuse the file.
            assert.ok(byBytes.hash !== undefined || byBytes.error === 'InvalidFormatError', edit);
            continue;
          }
          assert.equal(byBytes.error, expected.error, edit);
          if (hasRandomBytes(file, fn)) {
            assert.ok(Math.abs(byBytes.length - expected.length) <= RANDOM_LENGTH, edit);
            continue;
          }
          assert.equal(byPath.hash, byBytes.hash, edit);
          assert.equal(byBytes.hash, expected.hash, edit);
        }
        assert.equal(hash(await readFile(file)), original, 'the file itself is untouched');
      });

      test(`${path.basename(file)} is saved as taglib-wasm saves it, after each edit`, async (t) => {
        const folder = await scratch(t);
        const copy = path.join(folder, path.basename(file));
        await taglib.initialize([folder]);
        for (const [edit, [fn, ...args]] of onDisk) {
          const expected = answers[index][`${edit}, on disk`];
          await copyFile(file, copy);
          const error = await taglib[fn](copy, ...args).then(
            () => undefined,
            ({ name }) => name,
          );
          if (error) assert.equal(hash(await readFile(copy)), hash(await readFile(file)), edit);
          assert.deepEqual(await readdir(folder), [path.basename(file)]);
          if (expected.crash || REFUSED.includes(path.basename(file))) {
            assert.ok([undefined, 'InvalidFormatError'].includes(error), edit);
            continue;
          }
          // Some files taglib-wasm can only change as bytes; ours saves them as well.
          const comparable = expected.error === 'WasmMemoryError' ? answers[index][edit] : expected;
          assert.equal(error, comparable.error, edit);
          if (!error) assert.equal(hash(await readFile(copy)), comparable.hash, edit);
        }
      });
    }
  });
}

/** Files that taglib-wasm saves, and that we refuse to save. */
const REFUSED = [
  // TagLib writes a tag behind the samples of an RF64 and does not tell the
  // chunk that has the sizes (EBU Tech 3306): the tag then counts as audio, to
  // TagLib itself, too. Ours notices when it reads the copy back.
  'rf64.wav',
  // A tag and nothing else, cut after 28 bytes: TagLib seeks to before its start.
  'unsynch24.id3',
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
];

/**
 * TagLib gives every attachment of a Matroska file a random number for an
 * identifier, and a number with leading zeros takes fewer bytes.
 */
function hasRandomBytes(file, edit) {
  return /\.(mka|mkv|webm)$/.test(file) && edit !== 'clearTags' && edit !== 'applyTags';
}

/** How much two random identifiers may change the length of a file, in bytes. */
const RANDOM_LENGTH = 14;

async function outcome(edited) {
  try {
    const bytes = await edited;
    return { hash: hash(bytes), length: bytes.length };
  } catch (error) {
    return { error: error.name };
  }
}

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
