/** Our answers against taglib-wasm's, on every file at hand. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { InvalidFormatError, initialize, readTags, shutdown } from '../index.js';
import { corpus, fixture, fixtureNames } from './support/files.mjs';
import { expectedTags, peerAnswers } from './support/peer.mjs';

const sets = { fixture: fixtureNames().map(fixture), corpus: corpus() };

for (const [name, files] of Object.entries(sets)) {
  describe(`the ${name} files`, { skip: files.length === 0 && 'there are none here' }, () => {
    let answers;

    before(async () => {
      answers = await peerAnswers(files);
      await initialize([...new Set(files.map((file) => path.dirname(file)))]);
    });
    after(shutdown);

    for (const [index, file] of files.entries()) {
      test(`${path.basename(file)}: its path gives taglib-wasm's answer`, async () => {
        await assertAnswer(file, expectedTags(answers[index]));
      });

      test(`${path.basename(file)}: its bytes give taglib-wasm's answer`, async () => {
        await assertAnswer(await readFile(file), answers[index].byBytes.tags ?? null);
      });
    }
  });
}

async function assertAnswer(file, expected) {
  if (expected === null) {
    await assert.rejects(readTags(file), InvalidFormatError);
  } else {
    assert.deepStrictEqual(await readTags(file), expected);
  }
}
