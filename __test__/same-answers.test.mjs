/** Our answers, compared with taglib-wasm's, for all fixtures and corpus files. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib, { InvalidFormatError, MetadataError } from '../index.js';
import { corpus, fixture, fixtureNames } from './support/files.mjs';
import {
  chaptersReadByOthers,
  hasFrontCoversOnly,
  readByOthers,
} from './support/other-readings.mjs';
import { expectedAnswers, taglibWasmAnswers } from './support/taglib-wasm.mjs';

const sets = { fixture: fixtureNames().map(fixture), corpus: corpus() };

for (const [name, files] of Object.entries(sets)) {
  describe(`the ${name} files`, { skip: files.length === 0 && 'there is no corpus' }, () => {
    let answers;

    before(async () => {
      answers = await taglibWasmAnswers(files);
      await taglib.initialize([...new Set(files.map((file) => path.dirname(file)))]);
    });
    after(taglib.shutdown);

    for (const [index, file] of files.entries()) {
      test(`${path.basename(file)} gives taglib-wasm’s answers by path`, async () => {
        await assertAnswers(path.basename(file), file, expectedAnswers(answers[index]));
      });

      test(`${path.basename(file)} gives taglib-wasm’s answers by bytes`, async () => {
        const { byBytes } = answers[index];
        const expected = byBytes.readTags.value && byBytes;
        await assertAnswers(path.basename(file), await readFile(file), expected);
      });
    }
  });
}

async function assertAnswers(name, file, expected) {
  assert.equal(await taglib.isValidAudioFile(file), expected !== undefined);
  if (expected === undefined) {
    await assert.rejects(taglib.readTags(file), InvalidFormatError);
    return;
  }
  assert.deepStrictEqual(withoutCompilation(await taglib.readTags(file)), {
    ...withoutCompilation(withCovers(name, expected.readTags.value, expected)),
    ...readByOthers(name),
    ...chaptersReadByOthers(name),
  });
  assert.deepStrictEqual(await taglib.readCoverArt(file), expected.readCoverArt.value);
  for (const read of ['readPictures', 'readPictureMetadata']) {
    const { pictures } = withCovers(name, { pictures: expected[read].value }, expected);
    assert.deepStrictEqual((await taglib[read](file)).map(withoutFacts), pictures, read);
  }
  await assertProperties(file, expected.readProperties);
  await assertMetadata(name, file, expected);
  await assertFormat(file, expected);
}

async function assertProperties(file, { value, error }) {
  if (error) {
    assert.equal(error, 'MetadataError');
    await assert.rejects(taglib.readProperties(file), MetadataError);
  } else {
    assert.deepStrictEqual(withoutBitrateMode(await taglib.readProperties(file)), value);
  }
}

async function assertMetadata(name, file, answers) {
  const expected = answers.readMetadata.value;
  const theirs = withoutCompilation(withCovers(name, expected.tags, answers));
  const { properties, tags, ...rest } = await taglib.readMetadata(file);
  assert.deepStrictEqual(
    { ...rest, tags: withoutCompilation(tags), properties: withoutBitrateMode(properties) },
    { ...expected, tags: { ...theirs, ...readByOthers(name), ...chaptersReadByOthers(name) } },
  );
}

/** taglib-wasm does not tell these (`picture-metadata.test.mjs`). */
function withoutFacts({ contentMimeType, isMimeTypeRight, width, height, sha256, ...picture }) {
  return picture;
}

/**
 * taglib-wasm's `compilation` is false even if the flag is set, since it compares `true`
 * with "1". Ours is the flag, as `other-readers.test.mjs` shows with mutagen and ffprobe.
 */
function withoutCompilation(tags) {
  const { compilation, ...rest } = tags;
  assert.ok([undefined, false, true].includes(compilation));
  return rest;
}

/**
 * MP4 has no types of pictures: all are covers (QuickTime File Format, `covr`). taglib-wasm
 * gives the type `Other`, and `FrontCover` in its Full API.
 */
function withCovers(name, tags, { readFormat }) {
  const isChanged = hasFrontCoversOnly(name, readFormat.value === 'MP4');
  if (!isChanged || tags.pictures === undefined) return tags;
  return { ...tags, pictures: tags.pictures.map((it) => ({ ...it, type: 'FrontCover' })) };
}

/**
 * taglib-wasm documents `bitrateMode`, gets it from TagLib, and leaves it out.
 * We give it.
 */
function withoutBitrateMode(properties) {
  if (properties === undefined) return undefined;
  const { bitrateMode, ...rest } = properties;
  assert.ok([undefined, 'CBR', 'VBR', 'ABR'].includes(bitrateMode));
  return rest;
}

/**
 * taglib-wasm's type has a name for each of these formats, but it answers "unknown" or, for
 * an APE that begins with an ID3v2 tag, "MP3"; and "OGG" for FLAC and Speex in Ogg.
 */
async function assertFormat(file, expected) {
  const { containerFormat, codec } = expected.readProperties.value ?? {};
  const isUnlisted = ['APE', 'DSF', 'DSDIFF', 'MPC', 'MOD', 'S3M', 'IT', 'XM'].includes(
    containerFormat,
  );
  const inOgg = containerFormat === 'OGG' ? { FLAC: 'OggFLAC', Speex: 'SPEEX' }[codec] : undefined;
  const format = inOgg ?? (isUnlisted ? containerFormat : expected.readFormat.value);
  assert.equal(await taglib.readFormat(file), format);
}
