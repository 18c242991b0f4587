/** `readAudioHash`: a hash that only a change of the audio changes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies, FIXTURES, fixture, fixtureNames } from './support/files.mjs';
import { hasMutagen } from './support/readers.mjs';

const { readAudioHash } = taglib;

/** Tracker modules, whose texts are among the audio. */
const MODULES = ['tiny.it', 'tiny.mod', 'tiny.s3m', 'tiny.xm'];
const names = fixtureNames().filter((name) => !MODULES.includes(name));

/** Changes a title with mutagen, to a longer one. */
const SET_TITLE = `
import sys, mutagen
file = mutagen.File(sys.argv[1], easy=True)
if file.tags is None: file.add_tags()
key = 'Title' if 'asf' in type(file).__module__ else 'title'
file.tags[key] = ['x' * 9000]
file.save()
`;

describe('readAudioHash', () => {
  before(() => taglib.initialize([FIXTURES]));
  after(taglib.shutdown);

  test('is kept by every save, and is the same by path and by bytes', async (t) => {
    const folder = await copies(t, names);
    await taglib.initialize([folder]);
    for (const name of names) {
      const file = path.join(folder, name);
      const hash = await readAudioHash(file);
      assert.match(hash, /^[0-9a-f]{64}$/, name);
      assert.equal(await readAudioHash(await readFile(file)), hash, name);
      await taglib.writeTags(file, { title: 'x'.repeat(9000), genre: [] });
      assert.equal(await readAudioHash(file), hash, name);
      await taglib.clearTagsInFile(file);
      assert.equal(await readAudioHash(file), hash, name);
    }
    await taglib.initialize([FIXTURES]);
  });

  test('is kept by a save of mutagen', { skip: !hasMutagen }, async (t) => {
    const changed = ['id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a', 'tagged.wma', 'id3.tta'];
    const folder = await copies(t, changed);
    await taglib.initialize([folder]);
    for (const name of changed) {
      const file = path.join(folder, name);
      const hash = await readAudioHash(file);
      await promisify(execFile)('python3', ['-c', SET_TITLE, file]);
      assert.equal((await taglib.readTags(file)).title[0].length, 9000, name);
      assert.equal(await readAudioHash(file), hash, name);
    }
    await taglib.initialize([FIXTURES]);
  });

  test('is the hash of the bytes between the tags of an MP3', async () => {
    const content = await readFile(fixture('id3v24.mp3'));
    const size = content.subarray(6, 10).reduce((sum, byte) => sum * 128 + byte, 0);
    const audio = createHash('sha256').update(content.subarray(10 + size));
    assert.equal(await readAudioHash(content), audio.digest('hex'));
  });

  test('is another one if a byte of the audio is another one', async () => {
    /** What is just in front of the audio, or undefined if the file ends with audio. */
    const files = {
      'plain.mp3': undefined,
      'plain.flac': undefined,
      'vorbis.ogg': undefined,
      'tagged.wma': undefined,
      'plain.m4a': 'mdat',
      'id3.wav': 'data',
      'id3.aiff': 'SSND',
    };
    for (const [name, marker] of Object.entries(files)) {
      const content = await readFile(fixture(name));
      const hash = await readAudioHash(content);
      content[marker ? content.indexOf(marker) + 50 : content.length - 50] ^= 1;
      const changed = await readAudioHash(content);
      assert.match(changed, /^[0-9a-f]{64}$/, name);
      assert.notEqual(changed, hash, name);
    }
  });

  test('is undefined for tracker modules and for damaged files', async () => {
    for (const name of MODULES) assert.equal(await readAudioHash(fixture(name)), undefined, name);
    const content = await readFile(fixture('info.wav'));
    const cutOff = content.subarray(0, content.indexOf('data') + 100);
    assert.equal((await taglib.readProperties(cutOff)).sampleRate, 8000);
    assert.equal(await readAudioHash(cutOff), undefined);
  });

  test('rejects as readTags does', async () => {
    await assert.rejects(readAudioHash(new Uint8Array(1000)), { code: 'INVALID_FORMAT' });
    await assert.rejects(readAudioHash(path.join(FIXTURES, 'none.mp3')), {
      code: 'FILE_OPERATION',
    });
    const signal = AbortSignal.abort();
    await assert.rejects(readAudioHash(fixture('plain.mp3'), { signal }), { name: 'AbortError' });
    await assert.rejects(readAudioHash(fixture('plain.mp3'), { hash: 'md5' }), TypeError);
    await assert.rejects(readAudioHash(17), { code: 'FILE_OPERATION' });
  });
});
