/**
 * The getters of the Full API give what taglib-wasm's give in the better one of its two
 * modes, for all fixtures and corpus files. Each exception is a row of the table in
 * `docs/migrating.md`.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib from '../index.js';
import { corpus, fixture, fixtureNames } from './support/files.mjs';
import { answersOf, GETTERS } from './support/getters.mjs';
import {
  chaptersReadByOthers,
  hasFrontCoversOnly,
  readByOthers,
} from './support/other-readings.mjs';
import { taglibWasmGetters } from './support/taglib-wasm.mjs';

const files = [...fixtureNames().map(fixture), ...corpus()];
let wasi;
let emscripten;
let opener;

before(async () => {
  [wasi, emscripten] = await Promise.all(
    ['wasi', 'emscripten'].map((mode) => taglibWasmGetters(mode, files)),
  );
  const preopens = [...new Set(files.map((file) => path.dirname(file)))];
  opener = await taglib.TagLib.initialize({ preopens });
});
after(taglib.shutdown);

for (const [index, file] of files.entries()) {
  describe(path.basename(file), () => {
    test('has the answers of taglib-wasm’s better mode', async (t) => {
      const expected = expectedAnswers(wasi[index], emscripten[index], path.basename(file));
      if (expected === undefined) return t.skip('taglib-wasm can’t open it');
      const answers = answersOf(await opener.open(file));
      if (emscripten[index].failure) removeLeadingZeros(answers);
      for (const name of Object.keys(GETTERS)) {
        if (name in expected) assert.deepStrictEqual(answers[name], expected[name], name);
      }
    });

    test('has the same answers by path and by bytes', async () => {
      const byPath = await opener.open(file).catch((error) => error);
      const byBytes = await opener.open(await readFile(file)).catch((error) => error);
      // By path TagLib may go by the extension of a file whose content it does not know.
      if (byPath instanceof Error || byBytes instanceof Error) return;
      const answers = answersOf(byPath);
      const fromBytes = answersOf(byBytes);
      for (const [name, answer] of Object.entries(fromBytes)) {
        assert.deepStrictEqual(answer, answers[name], name);
      }
    });

    test('has the frames that it was opened with', async () => {
      const opened = await opener.open(file, { frames: true }).catch((error) => error);
      if (opened instanceof Error || !opened.isFormat('MP3')) return;
      const later = await opener.open(file, { pictures: false });
      assert.deepStrictEqual(opened.getId3v2Frames(), later.getId3v2Frames());
    });
  });
}

/**
 * What each getter must give; no key where taglib-wasm gives nothing to compare with.
 * Undefined if WASI mode can't open the file; `same-answers.test.mjs` compares those.
 */
function expectedAnswers(wasi, emscripten, name) {
  if (wasi.failure) return undefined;
  const others = readByOthers(name);
  const { albumArtist: _, ...basic } = others;
  const hasFrontCovers = hasFrontCoversOnly(name, wasi.isMP4.value);
  const isSameFormat = wasi.getFormat.value === emscripten.getFormat?.value;
  const properties = {
    ...propertiesOf(wasi.properties.value),
    ...(isSameFormat && numbersOf(emscripten.properties.value)),
    ...asProperties(others),
  };
  const expected = {
    ...wasi,
    tag: { value: { ...wasi.tag.value, ...firstValues(basic) } },
    properties: { value: properties },
    getProperty: { value: firstValues(properties) },
    getId3v2Frames: framesOf(wasi.getId3v2Frames),
    getPictures: { value: picturesOf(wasi.getPictures.value, hasFrontCovers) },
    getFormat: { value: formatOf(wasi.getFormat.value, wasi.audioProperties.value) },
    audioProperties: withBitrateMode(wasi.audioProperties, emscripten.audioProperties),
    getMP4Item: mp4Items(emscripten.getMP4Item ?? wasi.getMP4Item, properties),
  };
  const { chapters } = chaptersReadByOthers(name);
  if (chapters !== undefined) expected.getChapters = { value: chapters };
  // Only Emscripten mode gives these, if it can open the file.
  if (emscripten.failure && wasi.isMP4.value) delete expected.getMP4Item;
  if (emscripten.failure && wasi.getFormat.value === 'MP3') delete expected.audioProperties;
  return expected;
}

/** The properties of fields that another program reads. */
function asProperties({ track, ...others }) {
  return track === undefined ? others : { ...others, trackNumber: [String(track)] };
}

/** taglib-wasm names some formats `unknown`, and FLAC and Speex in Ogg after the container. */
function formatOf(format, audio) {
  const inOgg = { FLAC: 'OggFLAC', Speex: 'SPEEX' };
  if (format === 'OGG') return inOgg[audio?.codec] ?? format;
  return format === 'unknown' ? (audio?.containerFormat ?? format) : format;
}

function withBitrateMode({ value }, emscripten) {
  const { bitrateMode } = emscripten?.value ?? {};
  return { value: value && bitrateMode ? { ...value, bitrateMode } : value };
}

/** Of a number such as "03", WASI mode gives an integer. */
function removeLeadingZeros({ properties, getProperty }) {
  const { trackNumber } = properties.value;
  if (trackNumber === undefined) return;
  trackNumber[0] = String(Number(trackNumber[0]));
  getProperty.value.trackNumber = trackNumber[0];
}

/** WASI mode has integers, and totals in some formats only; Emscripten mode has the texts. */
function numbersOf(properties) {
  const numbers = {};
  for (const [name, total] of Object.entries({
    trackNumber: 'totalTracks',
    discNumber: 'totalDiscs',
    bpm: undefined,
  })) {
    const [text = ''] = properties[name] ?? [];
    const pair = total && text.match(/^(\d+)\/(\d+)$/);
    if (pair) Object.assign(numbers, { [name]: [pair[1]], [total]: [pair[2]] });
    else if (text !== '') numbers[name] = properties[name];
  }
  return numbers;
}

/** Flags are "1" and "0". */
function propertiesOf(properties) {
  const { compilation } = properties;
  if (compilation === undefined) return properties;
  const digits = { true: '1', false: '0' };
  return { ...properties, compilation: compilation.map((flag) => digits[flag] ?? flag) };
}

function firstValues(properties) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, values]) => [name, [values].flat()[0]]),
  );
}

function picturesOf(pictures, hasFrontCovers) {
  if (!hasFrontCovers) return pictures;
  return pictures.map((picture) => ({ ...picture, type: 'FrontCover' }));
}

/** Of ID3v2.2 frames, taglib-wasm gives four bytes of the header as well. */
function framesOf({ value, ...rest }) {
  if (value === undefined) return rest;
  return {
    value: value.map(({ id, data }) => {
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const isShifted = data.length > 4 && view.getUint32(0) === (data.length - 4) << 16;
      return { id, data: isShifted ? data.subarray(4) : data };
    }),
  };
}

/**
 * Emscripten's items, but numbers with their totals, and flags as digits.
 */
function mp4Items({ value, ...rest }, properties) {
  if (value === undefined) return rest;
  const pair = ([number] = [], [total] = []) => (total ? `${number ?? 0}/${total}` : number);
  return {
    value: {
      ...value,
      trkn: pair(properties.trackNumber, properties.totalTracks),
      disk: pair(properties.discNumber, properties.totalDiscs),
      cpil: { true: '1', false: '0' }[value.cpil] ?? value.cpil,
    },
  };
}
