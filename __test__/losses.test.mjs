/** Changes that would lose something they were not asked to change. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { ROOT, scratch } from './support/files.mjs';
import { writeUnkeepable } from './support/unkeepable.mjs';

after(taglib.shutdown);

const TITLE = { title: 'New title' };

let folder;
let file;
let original;

beforeEach(async (t) => {
  folder = await scratch(t);
  file = path.join(folder, 'song.mp3');
  await writeUnkeepable(file);
  original = await readFile(file);
  await taglib.initialize([folder]);
});

/** Checks that the error names what would be lost, and that the file is untouched. */
async function assertRefused(call) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof taglib.FileOperationError, error.stack);
    assert.equal(error.operation, 'save');
    assert.equal(error.details.errno, 'ENOTSUP');
    assertLosses(error.details.lost);
    return true;
  });
  assert.deepEqual(await readFile(file), original);
  assert.deepEqual(await readdir(folder), ['song.mp3']);
}

function assertLosses(lost) {
  assert.ok(lost.length > 0);
  for (const { kind, key, before, after: instead } of lost) {
    assert.match(kind, /^ID3v2 /);
    assert.equal(typeof key, 'string');
    assert.equal(typeof before, 'string');
    assert.ok(instead === undefined || typeof instead === 'string');
  }
}

const titleOf = async (content) => (await taglib.readTags(content)).title;

describe('a save that would lose something', () => {
  for (const [name, save] of [
    ['writeTags', (options) => taglib.writeTags(file, TITLE, options)],
    ['applyTagsToFile', (options) => taglib.applyTagsToFile(file, TITLE, options)],
    ['applyPicturesToFile', (options) => taglib.applyPicturesToFile(file, [], options)],
  ]) {
    test(`by ${name} is refused, names the losses and leaves the file as it is`, async () => {
      await assertRefused(save());
      await assertRefused(save({ onLoss: 'refuse' }));
    });

    test(`by ${name} is made with onLoss: 'report', and resolves to the losses`, async () => {
      const { lost } = await save({ onLoss: 'report' });
      assertLosses(lost);
      assert.notDeepEqual(await readFile(file), original);
    });
  }

  test("is made with onLoss: 'ignore', and resolves to nothing", async () => {
    assert.equal(await taglib.writeTags(file, TITLE, { onLoss: 'ignore' }), undefined);
    assert.deepEqual(await titleOf(file), [TITLE.title]);
  });

  test('is made in place, where nothing is compared', async () => {
    assert.equal(await taglib.writeTags(file, TITLE, { inPlace: true }), undefined);
    assert.deepEqual(await titleOf(file), [TITLE.title]);
  });
});

describe('a change of bytes that would lose something', () => {
  test('is refused, and names the losses', async () => {
    await assertRefused(taglib.applyTags(file, TITLE));
    await assertRefused(taglib.applyTags(original, TITLE));
    await assertRefused(taglib.applyPictures(original, []));
  });

  test("is made with onLoss: 'ignore'", async () => {
    const changed = await taglib.applyTags(original, TITLE, { onLoss: 'ignore' });
    assert.deepEqual(await titleOf(changed), [TITLE.title]);
  });
});

test('a save that keeps everything reports no losses', async () => {
  const options = { onLoss: 'report' };
  await taglib.writeTags(file, TITLE, { onLoss: 'ignore' });
  assert.deepEqual(await taglib.writeTags(file, { title: 'Next' }, options), { lost: [] });
  assert.deepEqual(await taglib.clearTagsInFile(file, options), { lost: [] });
});

test('onLoss refuses other values, a report of bytes, and a report of a save in place', async () => {
  const refusal = (message) => ({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message });
  const both = /^onLoss must be one of refuse, ignore, not the string "report"$/;
  const all = /^onLoss must be one of refuse, report, ignore, not the string "warn"$/;
  await assert.rejects(taglib.writeTags(file, TITLE, { onLoss: 'warn' }), refusal(all));
  await assert.rejects(taglib.applyTags(file, TITLE, { onLoss: 'report' }), refusal(both));
  await assert.rejects(
    taglib.writeTags(file, TITLE, { onLoss: 'report', inPlace: true }),
    refusal(both),
  );
  assert.deepEqual(await readFile(file), original);
});

describe('through the route, a change that would lose something', () => {
  /** Runs the code with the routed API in a process of its own, and gives its warnings. */
  async function warnings(code, env = {}) {
    const program = `
      const simple = require(${JSON.stringify(path.join(ROOT, 'simple.js'))});
      const file = ${JSON.stringify(file)};
      const warnings = [];
      process.on('warning', ({ code, message }) => warnings.push({ code, message }));
      simple.initialize([${JSON.stringify(folder)}]).then(async () => {
        ${code}
        await simple.shutdown();
        setImmediate(() => console.log(JSON.stringify(warnings)));
      });
    `;
    const args = ['--no-warnings', '-e', program];
    const options = { env: { ...process.env, ...env } };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return JSON.parse(stdout).filter(({ code: name }) => name === 'TAGLIB_WASI_LOSS');
  }

  test('is made, with one warning for each kind of loss', async () => {
    const losses = await warnings(`
      await simple.applyTags(file, { title: 'In memory' });
      await simple.applyPictures(file, []);
      await simple.applyTagsToFile(file, { title: 'On disk' });
    `);
    assert.equal(losses.length, 1);
    assert.ok(losses[0].message.includes(file), losses[0].message);
    assert.match(losses[0].message, /ID3v2 .*TAGLIB_WASI_ON_LOSS=refuse/);
    assert.deepEqual(await titleOf(file), ['On disk']);
  });

  for (const [name, options, env] of [
    ['TAGLIB_WASI_ON_LOSS=refuse', undefined, { TAGLIB_WASI_ON_LOSS: 'refuse' }],
    ["the option onLoss: 'refuse'", { onLoss: 'refuse' }, {}],
  ]) {
    test(`is refused without a warning by ${name}`, async () => {
      const losses = await warnings(
        `
          const error = await simple.applyTagsToFile(file, { title: 'x' }, ${JSON.stringify(options)})
            .then(() => undefined, (error) => error);
          if (error?.details?.errno !== 'ENOTSUP') throw new Error('it was not refused');
        `,
        env,
      );
      assert.deepEqual(losses, []);
      assert.deepEqual(await readFile(file), original);
    });
  }
});
