/** Content and answers that are too large for one turn of the event loop, or for the app. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import taglib from '../index.js';
import { scratch } from './support/files.mjs';
import { flacWith, frame, id3v2 } from './support/hostile.mjs';

const limits = { deadlineMs: 60_000, memoryLimit: 2 ** 30 };

before(() => taglib.initialize({}, limits));
after(taglib.shutdown);

/** An ID3v2.4 picture frame with `data`. */
function picture(data) {
  return frame('APIC', Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), data]));
}

test('every text and value of a large answer arrives, in its place', async () => {
  const long = '\x01x"é🎵'.repeat(90_000);
  const longKey = 'K'.repeat(10_000);
  const values = Array.from({ length: 9000 }, (_, value) => `é🎵\x01"${value}`);
  const blocks = Array.from({ length: 100 }, (_, value) => `${value}`.repeat(1000));
  const expected = { F1: values, LONG: [long], 2020: ['a', long], [longKey]: blocks, F2: values };
  const comments = Object.entries(expected).flatMap(([key, list]) =>
    list.map((value) => `${key}=${value}`),
  );
  const tags = await taglib.readTags(flacWith([...comments, 'TITLE=last']));
  assert.deepEqual(tags, { title: ['last'], ...expected });
  const { tags: same, properties } = await taglib.readMetadata(flacWith(comments));
  assert.deepEqual(same, expected);
  assert.equal(properties.sampleRate, 44_100);
});

test('every byte of a large picture arrives, and of many small ones', async () => {
  const large = Buffer.alloc(20_000_000, 'picture ');
  const [one] = await taglib.readPictures(id3v2(picture(large)));
  assert.equal(Buffer.compare(one.data, large), 0);
  const small = Array.from({ length: 1000 }, (_, index) => Buffer.from([index, index >> 8]));
  const pictures = await taglib.readPictures(id3v2(Buffer.concat(small.map(picture))));
  const data = pictures.map((each) => Buffer.from(each.data));
  assert.deepEqual(data, small);
});

test('every byte of a large changed file arrives', async () => {
  const large = Buffer.alloc(20_000_000, 'picture ');
  const changed = await taglib.applyTags(id3v2(picture(large)), { title: 'new' });
  const { title, pictures } = await taglib.readTags(changed);
  assert.deepEqual(title, ['new']);
  assert.equal(Buffer.compare(pictures[0].data, large), 0);
});

test('every byte of large content is read, as bytes, as a File, in a batch and when it is opened', async () => {
  const picturesOf = ([one]) => Buffer.compare(one.data, large);
  const large = Buffer.alloc(20_000_000, 'picture ');
  const content = id3v2(picture(large));
  const file = new File([content], 'large.mp3');
  assert.equal(picturesOf(await taglib.readPictures(content)), 0);
  assert.equal(picturesOf(await taglib.readPictures(file)), 0);
  const { items } = await taglib.readTagsBatch([content, file, content]);
  for (const { data } of items) assert.equal(picturesOf(data.pictures), 0);
  const opened = await (await taglib.getTagLib()).open(content);
  assert.equal(picturesOf(opened.getPictures()), 0);
  assert.deepEqual(Buffer.from(await opened.toBuffer()), content);
});

test('every byte of large content that was opened is written to a file', async (t) => {
  const folder = await scratch(t);
  await taglib.initialize([folder], limits);
  const content = id3v2(picture(Buffer.alloc(20_000_000, 'picture ')));
  const opened = await (await taglib.getTagLib()).open(content);
  await opened.saveToFile(path.join(folder, 'copy.mp3'));
  assert.equal(Buffer.compare(await readFile(path.join(folder, 'copy.mp3')), content), 0);
});

test('large content that is transferred before it is copied is an error, and content of 8 MiB is not', async () => {
  for (const [size, isCopied] of [
    [8 << 20, true],
    [(8 << 20) + 1, false],
  ]) {
    const content = new Uint8Array(size);
    content.set(flacWith(['TITLE=first']));
    const calls = [
      taglib.readTags(content),
      taglib.applyTags(content, { artist: 'x' }).then(taglib.readTags),
      taglib
        .readTagsBatch([content])
        .then(({ items: [{ data, error }] }) => data ?? Promise.reject(error)),
    ];
    structuredClone(content, { transfer: [content.buffer] });
    for (const call of calls) {
      if (isCopied) assert.deepEqual((await call).title, ['first']);
      else await assert.rejects(call, { name: 'TypeError', message: /transferred or resized/ });
    }
  }
});

test('large answers at once are each their own', async () => {
  const files = [1, 2, 3].map((value) => flacWith([`T=${`${value}`.repeat(500_000)}`]));
  const answers = await Promise.all(files.map((file) => taglib.readTags(file)));
  for (const [index, { T }] of answers.entries()) {
    assert.equal(T[0], `${index + 1}`.repeat(500_000));
  }
});

test('an answer beyond maxAnswerBytes fails, by path and as bytes', async (t) => {
  const folder = await scratch(t);
  const file = path.join(folder, 'a.mp3');
  const audio = Buffer.concat(
    new Array(9).fill(Buffer.concat([Buffer.from([255, 251, 144, 0]), Buffer.alloc(413)])),
  );
  const title = frame('TIT2', Buffer.from('\x03title'));
  const content = Buffer.concat([
    id3v2(Buffer.concat([title, picture(Buffer.alloc(70_000))])),
    audio,
  ]);
  await writeFile(file, content);
  await taglib.initialize([folder], { ...limits, maxAnswerBytes: 65_536 });
  const limited = { name: 'ResourceLimitError', code: 'RESOURCE_LIMIT', limit: 'answer' };
  for (const input of [file, content]) {
    await assert.rejects(taglib.readTags(input), limited);
    await assert.rejects(taglib.readPictures(input), limited);
    // Without pictures the answer is small, and a save has no answer.
    assert.deepEqual((await taglib.readTags(input, { pictures: false })).title, ['title']);
  }
  await taglib.writeTags(file, { title: 'new' });
  await taglib.initialize([folder], { ...limits, maxAnswerBytes: 80_000 });
  const { title: saved, pictures } = await taglib.readTags(file);
  assert.deepEqual([saved, pictures[0].data.length], [['new'], 70_000]);
});
