/** Files changed by us against the same files changed by taglib-wasm, byte for byte. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib from '../index.js';
import { EDITS } from './support/edits.mjs';
import { corpus, fixture, fixtureNames } from './support/files.mjs';
import { peerEdits } from './support/peer.mjs';

const sets = { fixture: fixtureNames().map(fixture), corpus: corpus() };

for (const [name, files] of Object.entries(sets)) {
  describe(`the ${name} files`, { skip: files.length === 0 && 'there are none here' }, () => {
    let answers;

    before(async () => {
      answers = await peerEdits(files);
      await taglib.initialize([...new Set(files.map((file) => path.dirname(file)))]);
    });
    after(taglib.shutdown);

    for (const [index, file] of files.entries()) {
      test(`${path.basename(file)}: changed as taglib-wasm changes it`, async () => {
        const original = hash(await readFile(file));
        for (const [edit, [fn, ...args]] of Object.entries(EDITS)) {
          const expected = answers[index][edit];
          const [byPath, byBytes] = await Promise.all([
            outcome(taglib[fn](file, ...args)),
            outcome(taglib[fn](await readFile(file), ...args)),
          ]);
          assert.equal(byPath.error, byBytes.error, edit);
          if (isCrash(expected)) {
            // Ours answers, or refuses with an error of its own.
            assert.ok(byBytes.hash !== undefined || byBytes.error === 'InvalidFormatError', edit);
            continue;
          }
          assert.equal(byBytes.error, expected.error, edit);
          if (hasRandomBytes(file, fn)) {
            assert.equal(byBytes.length, expected.length, edit);
            continue;
          }
          assert.equal(byPath.hash, byBytes.hash, edit);
          assert.equal(byBytes.hash, expected.hash, edit);
        }
        assert.equal(hash(await readFile(file)), original, 'the file itself is untouched');
      });
    }
  });
}

/** An error that is none of taglib-wasm's: its sandbox broke down. */
function isCrash({ error, code }) {
  return error !== undefined && code === undefined;
}

/** TagLib gives every attachment of a Matroska file a random number for an identifier. */
function hasRandomBytes(file, edit) {
  return /\.(mka|mkv|webm)$/.test(file) && edit !== 'clearTags' && edit !== 'applyTags';
}

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
