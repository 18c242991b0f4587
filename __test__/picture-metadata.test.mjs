/** What is told of pictures without their bytes, judged by ffmpeg and Node's hashes. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies, FIXTURES, fixture, fixtureNames, scratch } from './support/files.mjs';
import { frame, id3v2 } from './support/hostile.mjs';
import { hasFfmpeg } from './support/readers.mjs';
import { size } from './support/sizes.mjs';

const run = promisify(execFile);

before(() => taglib.initialize([FIXTURES]));
after(taglib.shutdown);

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** An MP3 with an image, whose MIME type is stated as given. */
const withImage = (data, mimeType = 'image/png') =>
  id3v2(frame('APIC', Buffer.concat([Buffer.from(`\0${mimeType}\0\x03\0`, 'latin1'), data])));

test('the pictures of every fixture are described as they are read', async () => {
  let count = 0;
  for (const name of fixtureNames()) {
    const pictures = await taglib.readPictures(fixture(name));
    const described = await taglib.readPictureMetadata(fixture(name));
    assert.deepEqual(
      described.map(({ width, height, contentMimeType, isMimeTypeRight, ...rest }) => rest),
      pictures.map(({ data, type, mimeType, description }) => {
        return { type, mimeType, description, size: data.length, sha256: sha256(data) };
      }),
      name,
    );
    for (const { width, height, contentMimeType, isMimeTypeRight } of described) {
      if (contentMimeType === undefined) continue;
      count += 1;
      assert.deepEqual([width, height, contentMimeType], [2, 2, 'image/png'], name);
      // An APE tag states no MIME type; TagLib takes that of a JPEG.
      assert.equal(isMimeTypeRight, !name.startsWith('ape.'), name);
    }
    const cover = pictures.find(({ type }) => type === 'FrontCover') ?? pictures[0];
    assert.deepEqual(await taglib.readCoverArt(fixture(name)), cover?.data, name);
  }
  assert.ok(count >= 10);
});

describe('an image', { skip: !hasFfmpeg && 'ffmpeg is not installed' }, () => {
  const TYPES = {
    jpg: 'image/jpeg',
    png: 'image/png',
    gif: 'image/gif',
    bmp: 'image/bmp',
    webp: 'image/webp',
  };

  for (const [extension, mimeType] of Object.entries(TYPES)) {
    test(`of the type ${mimeType} has the dimensions with which ffmpeg made it`, async (t) => {
      const folder = await scratch(t);
      for (const [width, height] of [
        [36, 22],
        [1200, 2],
        [300, 300],
      ]) {
        const file = path.join(folder, `${width}.${extension}`);
        const source = `color=c=red:s=${width}x${height}:d=0.04:r=25`;
        await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, '-frames:v', '1', file]);
        const data = await readFile(file);
        const [picture] = await taglib.readPictureMetadata(withImage(data, mimeType));
        assert.deepEqual(picture, {
          type: 'FrontCover',
          mimeType,
          description: '',
          size: data.length,
          contentMimeType: mimeType,
          isMimeTypeRight: true,
          width,
          height,
          sha256: sha256(data),
        });
      }
    });
  }
});

test('a wrong MIME type is told, and content that is no image has neither type nor dimensions', async () => {
  const png = await taglib.readCoverArt(fixture('id3v24.mp3'));
  const [wrong] = await taglib.readPictureMetadata(withImage(png, 'image/jpeg'));
  assert.deepEqual(
    [wrong.mimeType, wrong.contentMimeType, wrong.isMimeTypeRight],
    ['image/jpeg', 'image/png', false],
  );
  const [none] = await taglib.readPictureMetadata(withImage(Buffer.from('no image')));
  assert.deepEqual(Object.keys(none), ['type', 'mimeType', 'description', 'size', 'sha256']);
});

test('a damaged image is described, whatever its bytes', async () => {
  const png = Buffer.from(await taglib.readCoverArt(fixture('id3v24.mp3')));
  const images = [
    png,
    Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108000200030301', 'hex'),
    Buffer.from('474946383961030002000000003b', 'hex'),
    Buffer.from('524946461a000000574542505650384c0d0000002f0000001007101111', 'hex'),
    Buffer.from('424d3a0000000000000036000000280000000300000002000000', 'hex'),
  ];
  let state = 1;
  const random = (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const calls = Array.from({ length: size(500, 20_000) }, (_, index) => {
    const image = Buffer.from(images[index % images.length]);
    for (let count = random(4); count >= 0; count -= 1) image[random(image.length)] = random(256);
    const cut = image.subarray(0, random(3) === 0 ? 1 + random(image.length) : image.length);
    return taglib
      .readPictureMetadata(withImage(cut))
      .then(([picture]) => assert.equal(picture.sha256, sha256(cut)));
  });
  await Promise.all(calls);
});

test('a scan describes the pictures, and reads everything else as without', async (t) => {
  const folder = await copies(t, fixtureNames());
  await taglib.initialize([folder]);
  const records = async (options) => {
    const found = new Map();
    for await (const record of taglib.scan(folder, options)) found.set(record.path, record);
    return found;
  };
  for (const properties of [false, true]) {
    const described = await records({ pictures: 'metadata', properties });
    const without = await records({ pictures: false, properties });
    assert.equal(described.size, without.size);
    for (const [file, record] of described) {
      const { pictures = [], ...tags } = record.tags;
      assert.deepEqual({ ...record, tags }, without.get(file));
      assert.deepEqual(pictures, await taglib.readPictureMetadata(file));
    }
  }
  assert.throws(() => taglib.scan(folder, { pictures: 'bytes' }), {
    name: 'RangeError',
    message: 'pictures must be a boolean or "metadata", not the string "bytes"',
  });
  await taglib.initialize([FIXTURES]);
});
