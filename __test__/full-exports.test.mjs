/**
 * Everything that taglib-wasm's main entry exports is there, and gives what taglib-wasm's
 * gives; and every method of its open files works.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import * as taglibWasmModule from 'taglib-wasm';
import taglib from '../index.js';
import { fixture } from './support/files.mjs';
import { library } from './support/library.mjs';

after(taglib.shutdown);

const taglibWasm = { ...taglibWasmModule };

/** The names of taglib-wasm's exports of a type, without the classes. */
function exportsOf(type) {
  return Object.entries(taglibWasm)
    .filter(([name, value]) => typeof value === type && !/^[A-Z]\w*(Error|Lib|Impl)$/.test(name))
    .map(([name]) => name);
}

test('every export of taglib-wasm’s main entry exists, as the same kind of value', () => {
  assert.equal(Object.keys(taglibWasm).length, 84);
  const differing = Object.entries(taglibWasm).filter(
    ([name, value]) => typeof taglib[name] !== typeof value,
  );
  assert.deepEqual(
    differing.map(([name]) => name),
    [],
  );
});

for (const name of exportsOf('object').filter((name) => !['RatingUtils', 'bwf'].includes(name))) {
  test(`${name} is taglib-wasm’s table`, () => {
    assert.deepEqual(taglib[name], taglibWasm[name]);
  });
}

describe('the look-up functions', () => {
  const names = [...Object.keys(taglibWasm.PROPERTIES), 'TITLE', 'year', 'no such name', ''];
  for (const name of exportsOf('function').filter((name) =>
    /^(getAll|getProp)|^isValid[PT]/.test(name),
  )) {
    test(`${name} gives what taglib-wasm’s gives`, () => {
      const inputs =
        name === 'getPropertiesByFormat' ? ['ID3v2', 'MP4', 'Vorbis', 'WAV', 'x'] : names;
      for (const input of inputs) {
        assert.deepEqual(taglib[name](input), taglibWasm[name](input), input);
      }
    });
  }

  test('do not take what every object has for a property', () => {
    assert.equal(taglib.isValidProperty('toString'), false);
    assert.equal(taglib.getPropertyMetadata('toString'), undefined);
  });
});

test('isNamedAudioInput tells bytes with a name from other input', () => {
  const bytes = new Uint8Array();
  for (const input of ['a.mp3', bytes, bytes.buffer, { name: 'a', data: bytes }, { name: 'a' }]) {
    assert.equal(taglib.isNamedAudioInput(input), taglibWasm.isNamedAudioInput(input));
  }
});

describe('RatingUtils', () => {
  for (const [name, theirs] of Object.entries(taglibWasm.RatingUtils)) {
    test(`${name} gives what taglib-wasm’s gives`, () => {
      const ours = taglib.RatingUtils[name];
      if (typeof theirs !== 'function') return assert.deepEqual(ours, theirs);
      for (const number of [0, 0.1, 0.2, 0.5, 0.77, 1, 2, 3.5, 5, 63, 64, 128, 196, 255, 300]) {
        assert.equal(ours(number), theirs(number), `of ${number}`);
        assert.equal(ours(number, 10), theirs(number, 10), `of ${number}, with 10`);
      }
    });
  }
});

describe('bwf', () => {
  const full = {
    description: 'A recording, with an ü',
    originator: 'x'.repeat(40),
    originatorReference: 'R1',
    originationDate: '2024-05-06',
    originationTime: '07:08:09',
    timeReferenceSamples: 2n ** 33n + 5n,
    version: 2,
    umid: '0aF'.repeat(50),
    loudnessValueDb: -23.456,
    loudnessRangeDb: 1000,
    maxTruePeakLevelDbtp: -1000,
    codingHistory: 'A=PCM\r\n',
  };
  const { version, ...unversioned } = full;
  const samples = { full, unversioned, 'version 1': { ...full, version: 1 }, empty: {} };

  for (const [name, bext] of Object.entries(samples)) {
    test(`encodes and decodes as taglib-wasm’s does: ${name}`, () => {
      const bytes = taglibWasm.bwf.encodeBext(bext);
      assert.deepEqual(taglib.bwf.encodeBext(bext), bytes);
      for (const length of [bytes.length, 602, 500, 420, 400, 348, 347, 0]) {
        const part = bytes.subarray(0, length);
        assert.deepEqual(taglib.bwf.decodeBext(part), taglibWasm.bwf.decodeBext(part), `${length}`);
      }
    });
  }
});

test('what is about taglib-wasm’s own module is passed on to it', async () => {
  assert.equal(taglib.isDenoCompiled(), false);
  const { TagLib } = taglibWasm;
  const module = { createFileHandle: () => undefined, getVersion: () => 'a version' };
  assert.ok((await taglib.createTagLib(module)) instanceof TagLib);
  for (const name of ['loadTagLibModule', 'initializeForDenoCompile']) {
    // Taken by both, or refused by both in a Node that is too old for it.
    const [ours, theirs] = await Promise.all(
      [taglib, taglibWasm].map((one) =>
        one[name]({ forceWasmType: 'emscripten' }).then(
          (value) => value.constructor.name,
          (error) => error.message,
        ),
      ),
    );
    assert.equal(ours, theirs, name);
  }
  // Needs Deno.
  await assert.rejects(taglib.prepareWasmForEmbedding('x.wasm'), { name: 'FileOperationError' });
  const emscripten = taglib.TagLib.initialize({ forceWasmType: 'emscripten' });
  assert.ok(
    await emscripten.then(
      (opener) => opener instanceof TagLib,
      ({ code }) => code === 'ENVIRONMENT',
    ),
  );
});

/** Every method of `AudioFile`: a call on an MP3, an MP4 or a WAV, and what it must give. */
const CALLS = {
  addPicture: (mp3, { picture }) => {
    mp3.addPicture(picture);
    return [mp3.getPictures().length, 3];
  },
  audioProperties: (mp3) => [mp3.audioProperties().sampleRate, 44_100],
  dispose: (mp3) => [mp3.dispose(), undefined],
  [Symbol.dispose]: (mp3) => [mp3[Symbol.dispose](), undefined],
  getBext: (_, { wav }) => [wav.getBext().version, 2],
  getBextData: (_, { wav }) => [wav.getBextData().length >= 602, true],
  getChapters: (_, { mp4 }) => [mp4.getChapters().length, 0],
  getFileBuffer: (mp3) => [String.fromCharCode(...mp3.getFileBuffer().subarray(0, 3)), 'ID3'],
  getFormat: (mp3) => [mp3.getFormat(), 'MP3'],
  getId3v2Frames: (mp3) => [mp3.getId3v2Frames('APIC').length, 2],
  getIxml: (_, { wav }) => [typeof wav.getIxml(), 'string'],
  getLyrics: (mp3) => [Array.isArray(mp3.getLyrics()), true],
  getMP4Item: (_, { mp4 }) => [mp4.getMP4Item('trkn'), '3/12'],
  getPictures: (mp3) => [mp3.getPictures().length, 2],
  getProperty: (mp3) => [mp3.getProperty('artist'), 'First Artist'],
  getRating: (mp3) => [mp3.getRating() > 0.7, true],
  getRatings: (mp3) => [mp3.getRatings()[0].counter, 7],
  hasId3Tags: (mp3) => [mp3.hasId3Tags(), { v1: false, v2: false }],
  isFormat: (mp3) => [mp3.isFormat('MP3'), true],
  isMP4: (_, { mp4 }) => [mp4.isMP4(), true],
  isValid: (mp3) => [mp3.isValid(), true],
  properties: (mp3) => [mp3.properties().album, ['The Fixtures']],
  removeId3v2Frames: (mp3) => {
    mp3.removeId3v2Frames('TXXX');
    return [mp3.getId3v2Frames('TXXX'), []];
  },
  removeMP4Item: (_, { mp4 }) => {
    mp4.removeMP4Item('©nam');
    return [mp4.tag().title, ''];
  },
  removePictures: (mp3) => {
    mp3.removePictures();
    return [mp3.getPictures(), []];
  },
  save: (mp3) => {
    mp3.tag().setTitle('New');
    return [mp3.save(), true];
  },
  saveToFile: (mp3) => {
    mp3.tag().setTitle('New');
    return [mp3.saveToFile() instanceof Promise, true];
  },
  setBext: (_, { wav }) => {
    wav.setBext({ ...wav.getBext(), description: 'New' });
    return [wav.getBext().description, 'New'];
  },
  setBextData: (_, { wav }) => {
    wav.setBextData(null);
    return [wav.getBext(), undefined];
  },
  setChapters: (mp3) => {
    mp3.setChapters([{ startTimeMs: 0, title: 'One' }]);
    return [mp3.getChapters()[0].title, 'One'];
  },
  setId3v2Frames: (mp3) => {
    mp3.setId3v2Frames('XRVA', [new Uint8Array([1])]);
    return [mp3.getId3v2Frames('XRVA').length, 1];
  },
  setIxml: (_, { wav }) => {
    wav.setIxml('<x/>');
    return [wav.getIxml(), '<x/>'];
  },
  setLyrics: (mp3) => {
    mp3.setLyrics([{ text: 'la' }]);
    return [mp3.getLyrics(), [{ text: 'la' }]];
  },
  setMP4Item: (_, { mp4 }) => {
    mp4.setMP4Item('©nam', 'New');
    return [mp4.tag().title, 'New'];
  },
  setPictures: (mp3, { picture }) => {
    mp3.setPictures([picture]);
    return [mp3.getPictures().length, 1];
  },
  setProperties: (mp3) => {
    mp3.setProperties({ mood: ['calm'] });
    return [mp3.getProperty('mood'), 'calm'];
  },
  setProperty: (mp3) => {
    mp3.setProperty('mood', 'calm');
    return [mp3.properties().mood, ['calm']];
  },
  setRating: (mp3) => {
    mp3.setRating(1);
    return [mp3.getRating(), 1];
  },
  setRatings: (mp3) => {
    mp3.setRatings([{ rating: 1, email: 'me' }]);
    return [mp3.getRatings()[0].email, 'me'];
  },
  stripId3Tags: (mp3) => [mp3.stripId3Tags(), undefined],
  tag: (mp3) => [mp3.tag().setTitle('New').title, 'New'],
};

/** The names of the methods that a class and its base classes have. */
function methodsOf({ prototype }) {
  const names = [];
  for (let one = prototype; one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    const descriptors = Object.getOwnPropertyDescriptors(one);
    names.push(...Reflect.ownKeys(one).filter((name) => 'value' in descriptors[name]));
  }
  return new Set(names.filter((name) => name !== 'constructor'));
}

/** Of taglib-wasm's class, but not of its interface `AudioFile`. */
const INTERNAL = ['partialDeletedPropertyKeys'];

describe('open files', () => {
  const theirs = methodsOf(taglibWasm.AudioFileImpl);
  for (const name of INTERNAL) theirs.delete(name);

  test('have taglib-wasm’s 41 methods', () => {
    assert.equal(theirs.size, 41);
    const ours = methodsOf(taglib.AudioFileImpl);
    assert.deepEqual(
      [...theirs].filter((name) => !ours.has(name)),
      [],
    );
    assert.deepEqual(
      [...theirs].filter((name) => CALLS[name] === undefined),
      [],
    );
  });

  for (const name of theirs) {
    test(`have a working ${String(name)}`, async (t) => {
      const folder = await library(t, ['id3v24.mp3', 'aac.m4a', 'broadcast.wav']);
      const opener = await taglib.TagLib.initialize();
      const open = (file) => opener.open(path.join(folder, file));
      const [mp3, mp4, wav] = await Promise.all(
        ['id3v24.mp3', 'aac.m4a', 'broadcast.wav'].map(open),
      );
      assert.ok(mp3 instanceof taglib.AudioFileImpl);
      const picture = { mimeType: 'image/png', data: new Uint8Array([1]), type: 'Media' };
      const [actual, expected] = CALLS[name](mp3, { mp4, wav, picture });
      assert.deepEqual(actual, expected);
      await mp3[Symbol.asyncDispose]();
    });
  }
});

test('TagLib has taglib-wasm’s methods', async (t) => {
  const methods = ['open', 'edit', 'updateFile', 'copyWithTags', 'version'];
  const theirs = methodsOf(taglibWasm.TagLib);
  theirs.delete('taglibVersion'); // private
  assert.deepEqual([...theirs].sort(), methods.toSorted());
  const folder = await library(t, []);
  const opener = await taglib.TagLib.initialize();
  assert.match(opener.version(), /^\d+\.\d+\.\d+ \(TagLib \d+\.\d+\.\d+\)$/);
  const song = path.join(folder, 'song.flac');
  await writeFile(song, await readFile(fixture('plain.flac')));
  await opener.updateFile(song, { title: 'New' });
  await opener.edit(song, (file) => file.tag().setArtist('Somebody'));
  await opener.copyWithTags(song, path.join(folder, 'copy.flac'), { album: 'Copies' });
  const tag = (await opener.open(path.join(folder, 'copy.flac'))).tag();
  assert.deepEqual([tag.title, tag.artist, tag.album], ['New', 'Somebody', 'Copies']);
});
