/** Chapters of MP4 with links and images, which QuickTime stores in tracks beside the audio. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies, FIXTURES, fixture } from './support/files.mjs';
import { audioHash, hasFfmpeg } from './support/readers.mjs';

const execute = promisify(execFile);

/** What ChapterForge has written to `enhanced.m4a`. */
const TITLES = ['Röt', 'Green', 'Blue'];
const STARTS = [0, 60, 120];
const LINKS = ['https://example.org/red', undefined, 'https://example.org/blue'];

/** The images of `enhanced.m4a`, and a PNG. */
let images;
let png;

before(async () => {
  await taglib.initialize([FIXTURES]);
  const { chapters } = await taglib.readTags(fixture('enhanced.m4a'));
  images = chapters.map(({ picture }) => picture.data);
  [{ data: png }] = await taglib.readPictures(fixture('aac.m4a'));
});
after(taglib.shutdown);

async function opened(t, name) {
  const folder = await copies(t, [name]);
  await taglib.initialize([folder], { deadlineMs: 60_000 });
  return path.join(folder, name);
}

const jpeg = (data) => ({ mimeType: 'image/jpeg', type: 'Other', description: '', data });

/** The chapters as they are compared here: start, title, link, and bytes of the image. */
async function chaptersOf(file) {
  const { chapters = [] } = await taglib.readTags(file);
  return chapters.map(({ startTimeMs, title, url, picture }) => [
    ...[startTimeMs, title, url, picture?.data],
  ]);
}

const all = () => TITLES.map((title, index) => [STARTS[index], title, LINKS[index], images[index]]);

/** The chapters without their details. */
const plain = () => TITLES.map((title, index) => ({ startTimeMs: STARTS[index], title }));

/** What ffprobe finds: the formats of the tracks, and the chapters. */
async function probed(file) {
  const args = ['-v', 'error', '-of', 'json', '-show_chapters', '-show_streams', file];
  const { stdout, stderr } = await execute('ffprobe', args);
  assert.equal(stderr, '');
  const { streams, chapters } = JSON.parse(stdout);
  return {
    tracks: streams.map((stream) => stream.codec_tag_string),
    chapters: chapters.map(({ start_time, tags }) => [Math.round(start_time * 1000), tags.title]),
  };
}

/** The first image of the track of images, as FFmpeg copies it. */
async function firstImage(file) {
  const track = (await probed(file)).tracks.findIndex((tag) => /^(jpeg|png )$/.test(tag));
  const output = ['-map', `0:${track}`, '-c', 'copy', '-frames:v', '1', '-f', 'image2pipe', '-'];
  const args = ['-v', 'error', '-i', file, ...output];
  const { stdout } = await execute('ffmpeg', args, { encoding: 'buffer' });
  return new Uint8Array(stdout);
}

describe('links and images of chapters that another program has written', () => {
  test('are read with the chapters', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    assert.deepEqual(await chaptersOf(file), all());
    const [{ picture }] = (await taglib.readTags(file)).chapters;
    assert.deepEqual(picture, jpeg(images[0]));
    const ofBytes = await taglib.readTags(await readFile(file));
    assert.deepEqual(ofBytes.chapters, (await taglib.readTags(file)).chapters);
  });

  test('are left out without pictures, apart from the links', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const { chapters } = await taglib.readTags(file, { pictures: false });
    assert.deepEqual(
      chapters.map(({ url, picture }) => [url, picture]),
      LINKS.map((link) => [link, undefined]),
    );
  });

  test('stay when something else is changed', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    await taglib.writeTags(file, { title: 'A much longer title'.repeat(100), artist: ['x'] });
    assert.deepEqual(await chaptersOf(file), all());
  });

  test('stay when the titles change, and with the reference to the images', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const hash = await taglib.readAudioHash(file);
    const chapters = plain().map((chapter) => ({ ...chapter, title: `${chapter.title} 2` }));
    await taglib.writeTags(file, { chapters });
    const expected = all().map(([start, title, ...details]) => [start, `${title} 2`, ...details]);
    assert.deepEqual(await chaptersOf(file), expected);
    assert.equal(await taglib.readAudioHash(file), hash);
  });

  test('move with their chapters', async (t) => {
    for (const start of [40, 80]) {
      const file = await opened(t, 'enhanced.m4a');
      const chapters = plain();
      chapters[1].startTimeMs = start;
      await taglib.writeTags(file, { chapters });
      const expected = all();
      expected[1][0] = start;
      assert.deepEqual(await chaptersOf(file), expected);
    }
  });

  test('go with a chapter, and the others stay', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const [first, , third] = plain();
    await taglib.writeTags(file, { chapters: [first, third] });
    const [red, , blue] = all();
    assert.deepEqual(await chaptersOf(file), [red, blue]);
  });

  test('are removed by null, one by one', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const [first, second, third] = plain();
    const chapters = [{ ...first, url: null }, { ...second, picture: null }, third];
    await taglib.writeTags(file, { chapters });
    const [[start, title, , image], [second_, green], blue] = all();
    assert.deepEqual(await chaptersOf(file), [
      [start, title, undefined, image],
      [second_, green, undefined, undefined],
      blue,
    ]);
    const none = plain().map((chapter) => ({ ...chapter, url: null, picture: null }));
    await taglib.writeTags(file, { chapters: none });
    assert.ok((await chaptersOf(file)).every(([, , url, image]) => !url && !image));
  });

  test('go with all chapters, and nothing else does', async (t) => {
    for (const remove of [
      (file) => taglib.writeTags(file, { chapters: [] }),
      (file) => taglib.clearTagsInFile(file),
    ]) {
      const file = await opened(t, 'enhanced.m4a');
      const hash = await taglib.readAudioHash(file);
      await remove(file);
      const content = await readFile(file);
      const moov = content.indexOf('moov') - 4;
      const movie = content.toString('latin1', moov, moov + content.readUInt32BE(moov));
      assert.equal(movie.split('trak').length, 2);
      assert.doesNotMatch(movie, /vide|tref|chap/);
      assert.equal(await taglib.readAudioHash(file), hash);
    }
  });

  test('are not kept when all tags are removed and chapters are added', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const bytes = await readFile(file);
    const cleared = await taglib.clearTags(bytes);
    const changed = await taglib.applyTags(cleared, { chapters: plain() });
    const { chapters } = await taglib.readTags(changed);
    assert.ok(chapters.every(({ url, picture }) => !url && !picture));
  });

  test('are read if the audio refers to the images first', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const content = await readFile(file);
    const reference = content.indexOf('chap') + 4;
    content.writeUInt32BE(4, reference);
    content.writeUInt32BE(2, reference + 4);
    await writeFile(file, content);
    assert.deepEqual(await chaptersOf(file), all());
    const [first, ...rest] = plain();
    await taglib.writeTags(file, { chapters: [{ ...first, title: 'new' }, ...rest] });
    const [[start, , ...details], ...others] = all();
    assert.deepEqual(await chaptersOf(file), [[start, 'new', ...details], ...others]);
  });

  test('stay if an image begins between the starts of chapters', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const content = await readFile(file);
    // The titles are in the first track after the audio. The third of them is left out.
    const titles = content.indexOf('Chapter Titles');
    content.writeUInt32BE(2, content.indexOf('stts', titles) + 8);
    content.writeUInt32BE(2, content.indexOf('stsz', titles) + 12);
    await writeFile(file, content);
    const [red, green, blue] = all();
    assert.deepEqual(await chaptersOf(file), [red, green]);
    const [first, second, third] = plain();
    await taglib.writeTags(file, { chapters: [{ ...first, startTimeMs: 10 }, second] });
    await taglib.writeTags(file, { chapters: [{ ...first, startTimeMs: 10 }, second, third] });
    const [, , , image] = blue;
    assert.deepEqual((await chaptersOf(file))[2], [120, 'Blue', undefined, image]);
  });
});

for (const name of ['plain.m4a', 'chapters.m4a', 'alac.m4a', 'enhanced.m4a']) {
  describe(`links and images in ${name}`, () => {
    const chapters = () => [
      {
        startTimeMs: 20,
        title: 'Zwei ü 世界',
        url: 'https://example.org/ü?世',
        picture: jpeg(images[1]),
      },
      { startTimeMs: 80, title: 'no details', url: null, picture: null },
      { startTimeMs: 130, title: 'Drei', url: 'http://x', picture: jpeg(images[0]) },
    ];
    const expected = () => [
      [20, 'Zwei ü 世界', 'https://example.org/ü?世', images[1]],
      [80, 'no details', undefined, undefined],
      [130, 'Drei', 'http://x', images[0]],
    ];

    test('are read as they were written, and the audio stays', async (t) => {
      const file = await opened(t, name);
      const hash = await taglib.readAudioHash(file);
      await taglib.writeTags(file, { chapters: chapters() });
      assert.deepEqual(await chaptersOf(file), expected());
      assert.equal(await taglib.readAudioHash(file), hash);
      await taglib.writeTags(file, { title: 'x'.repeat(5000) });
      assert.deepEqual(await chaptersOf(file), expected());
    });

    test('are the same in bytes', async (t) => {
      const bytes = await readFile(await opened(t, name));
      const changed = await taglib.applyTags(bytes, { chapters: chapters() });
      const found = (await taglib.readTags(changed)).chapters;
      assert.deepEqual(
        found.map(({ url, picture }) => [url, picture?.data]),
        expected().map(([, , url, image]) => [url, image]),
      );
    });

    test('are understood by FFmpeg', { skip: !hasFfmpeg }, async (t) => {
      const file = await opened(t, name);
      const audio = await audioHash(file);
      const [first, ...rest] = chapters();
      await taglib.writeTags(file, { chapters: [{ ...first, startTimeMs: 0 }, ...rest] });
      const { tracks, chapters: found } = await probed(file);
      assert.ok(tracks.includes('jpeg') && tracks.includes('tx3g'));
      assert.deepEqual(found, [
        [0, 'Zwei ü 世界'],
        [80, 'no details'],
        [130, 'Drei'],
      ]);
      assert.deepEqual(await firstImage(file), images[1]);
      assert.equal(await audioHash(file), audio);
    });

    test('leave no data behind when they are changed or removed', async (t) => {
      const file = await opened(t, name);
      await taglib.writeTags(file, { chapters: [] });
      const { size } = await stat(file);
      await taglib.writeTags(file, { chapters: chapters() });
      for (const image of [images[2], images[0]]) {
        const [first, ...rest] = chapters();
        await taglib.writeTags(file, { chapters: [{ ...first, picture: jpeg(image) }, ...rest] });
        assert.ok((await stat(file)).size < size + 4000);
      }
      await taglib.writeTags(file, { chapters: [] });
      assert.equal((await stat(file)).size, size);
    });
  });
}

/** The places of the media data of a file, each with its header. */
function mediaOf(content) {
  const media = [];
  for (let at = 0; at < content.length; at += content.readUInt32BE(at)) {
    if (content.toString('latin1', at + 4, at + 8) === 'mdat') {
      media.push([at, content.readUInt32BE(at)]);
    }
  }
  return media;
}

describe('images of chapters', () => {
  test('stay if the titles come before them in the file', async (t) => {
    const file = await opened(t, 'plain.m4a');
    const chapters = plain().map((chapter, index) => ({
      ...chapter,
      picture: jpeg(images[index]),
    }));
    await taglib.writeTags(file, { chapters });
    const content = await readFile(file);
    const [[first, firstSize], [second, secondSize]] = mediaOf(content).slice(-2);
    const swapped = Buffer.concat([
      content.subarray(0, first),
      content.subarray(second),
      content.subarray(first, second),
    ]);
    for (let at = content.indexOf('stco'); at !== -1; at = content.indexOf('stco', at + 1)) {
      for (let entry = 0; entry < content.readUInt32BE(at + 8); entry += 1) {
        const offset = content.readUInt32BE(at + 12 + 4 * entry);
        if (offset < first) continue;
        const shift = offset < second ? secondSize : -firstSize;
        swapped.writeUInt32BE(offset + shift, at + 12 + 4 * entry);
      }
    }
    await writeFile(file, swapped);
    const expected = plain().map(({ startTimeMs, title }, index) => [
      ...[startTimeMs, title, undefined, images[index]],
    ]);
    assert.deepEqual(await chaptersOf(file), expected);
    const [{ startTimeMs }, ...rest] = plain();
    await taglib.writeTags(file, { chapters: [{ startTimeMs, title: 'new' }, ...rest] });
    expected[0][1] = 'new';
    assert.deepEqual(await chaptersOf(file), expected);
  });

  test('and links are not lost without a word when chapters become those of Nero', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const content = await readFile(file);
    const song = await (await taglib.TagLib.initialize()).open(file);
    t.after(() => song.dispose());
    song.setChapters(plain(), { mp4ChapterStyle: 'nero' });
    await assert.rejects(song.saveToFile(), /chapter url.*chapter picture/);
    assert.deepEqual(await readFile(file), content);
  });

  test('may be PNG', async (t) => {
    const file = await opened(t, 'plain.m4a');
    const picture = { ...jpeg(png), mimeType: 'image/png' };
    await taglib.writeTags(file, { chapters: [{ startTimeMs: 0, title: 'x', picture }] });
    assert.deepEqual((await taglib.readTags(file)).chapters[0].picture, picture);
    if (hasFfmpeg) assert.deepEqual(await firstImage(file), png);
  });

  test('belong to their chapters even if these begin a millisecond apart', async (t) => {
    const file = await opened(t, 'plain.m4a');
    const chapters = [100, 101, 102].map((startTimeMs, index) => ({
      ...{ startTimeMs, title: 'x', ...(index !== 1 && { picture: jpeg(images[index]) }) },
    }));
    await taglib.writeTags(file, { chapters });
    assert.deepEqual(
      (await chaptersOf(file)).map(([, , , image]) => image),
      [images[0], undefined, images[2]],
    );
  });

  test('are stored once if consecutive chapters share one', async (t) => {
    const file = await opened(t, 'plain.m4a');
    const { size } = await stat(file);
    const chapters = Array.from({ length: 50 }, (_, index) => ({
      ...{ startTimeMs: index * 4, title: 'x', picture: jpeg(images[0]) },
    }));
    await taglib.writeTags(file, { chapters });
    assert.equal((await chaptersOf(file)).filter(([, , , image]) => image).length, 50);
    assert.ok((await stat(file)).size < size + (50 * images[0].length) / 3);
  });

  test('that chapters share are returned once if the answer would be too large', async (t) => {
    const file = await opened(t, 'plain.m4a');
    const large = new Uint8Array([...images[0], ...Array(50_000).fill(0)]);
    const chapters = Array.from({ length: 40 }, (_, index) => ({
      ...{ startTimeMs: index * 5, title: 'x', picture: jpeg(large) },
    }));
    await taglib.writeTags(file, { chapters });
    await taglib.initialize([path.dirname(file)], { maxAnswerBytes: 1 << 20 });
    const found = await chaptersOf(file);
    assert.equal(found.length, 40);
    assert.deepEqual(
      found.map(([, , , image]) => image?.length),
      [large.length, ...Array(39).fill(undefined)],
    );
  });

  for (const [what, details, reason] of [
    ['a link of more than 255 bytes', () => ({ url: `http://${'x'.repeat(255)}` }), /chapter url/],
    [
      'an image with a description',
      () => ({ picture: { ...jpeg(images[0]), description: 'x' } }),
      /chapter picture description/,
    ],
    [
      'a type of picture',
      () => ({ picture: { ...jpeg(images[0]), type: 'Artist' } }),
      /chapter picture type/,
    ],
    [
      'an image that is neither JPEG nor PNG',
      () => ({ picture: jpeg(new Uint8Array(Buffer.from('GIF89a\x03\x00\x02\x00\x00\x00\x00'))) }),
      /chapter picture/,
    ],
  ]) {
    test(`can't have ${what}, so the change is refused`, async (t) => {
      const file = await opened(t, 'plain.m4a');
      const content = await readFile(file);
      const chapters = [{ startTimeMs: 0, title: 'One', ...details() }];
      await assert.rejects(taglib.writeTags(file, { chapters }), (error) => {
        assert.equal(error.details.errno, 'ENOTSUP');
        assert.match(error.message, reason);
        return true;
      });
      assert.deepEqual(await readFile(file), content);
    });
  }

  test('are all JPEG or all PNG, and other changes are refused', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const content = await readFile(file);
    const [first, ...rest] = plain();
    const picture = { ...jpeg(png), mimeType: 'image/png' };
    const chapters = [{ ...first, picture }, ...rest];
    await assert.rejects(taglib.writeTags(file, { chapters }), /must be JPEG, or all of them PNG/);
    assert.deepEqual(await readFile(file), content);
  });
});

describe('many chapters with links and images', () => {
  test('are written, read, changed and removed', async (t) => {
    const file = await opened(t, 'plain.m4a');
    const { size } = await stat(file);
    const chapters = Array.from({ length: 1000 }, (_, index) => ({
      startTimeMs: index * 2,
      title: `chapter ${index}`,
      url: `http://x/${index}`,
      picture: jpeg(images[index % 3]),
    }));
    await taglib.writeTags(file, { chapters });
    const found = await chaptersOf(file);
    assert.deepEqual(
      found,
      chapters.map(({ startTimeMs, title, url, picture }) => [
        startTimeMs,
        title,
        url,
        picture.data,
      ]),
    );
    const renamed = chapters.map(({ startTimeMs }) => ({ startTimeMs, title: `${startTimeMs}` }));
    await taglib.writeTags(file, { chapters: renamed });
    assert.deepEqual(
      (await chaptersOf(file)).map(([, , ...details]) => details),
      found.map(([, , ...details]) => details),
    );
    await taglib.writeTags(file, { chapters: [] });
    assert.equal((await stat(file)).size, size);
  });
});

describe('damaged tables of chapters', () => {
  /** Reads and changes the content, which may only fail as documented. */
  async function tried(content) {
    for (const use of [
      () => taglib.readTags(content),
      () => taglib.applyTags(content, { chapters: [{ startTimeMs: 0, title: 'x', url: 'y' }] }),
    ]) {
      await use().catch((error) => assert.ok(error instanceof taglib.TagLibError, error.stack));
    }
  }

  test('leave out the image, and do not fail the read', async (t) => {
    const file = await opened(t, 'enhanced.m4a');
    const whole = await readFile(file);
    const track = whole.indexOf('Chapter Images');
    for (const [table, offset, value] of [
      ['stsz', 8, 0xffffffff],
      ['stsz', 12, 0xffffffff],
      ['stsz', 16, 0x7fffffff],
      ['stts', 8, 0xffffffff],
      ['stts', 8, 0],
      ['stsc', 8, 0],
      ['stsc', 16, 0xffffffff],
      ['stco', 12, 0xfffffff0],
      ['stco', 8, 0xffffffff],
    ]) {
      const content = Buffer.from(whole);
      content.writeUInt32BE(value, content.indexOf(table, track) + offset);
      const { chapters } = await taglib.readTags(content);
      assert.deepEqual(
        chapters.map(({ title, url }) => [title, url]),
        TITLES.map((title, index) => [title, LINKS[index]]),
        `${table} ${offset}`,
      );
    }
  });

  test('and files that are cut off never end the process', async (t) => {
    const whole = await readFile(await opened(t, 'enhanced.m4a'));
    for (let length = 36; length < whole.length; length += 61) {
      await tried(new Uint8Array(whole.subarray(0, length)));
    }
  });

  test('with random bytes never end the process', async (t) => {
    const whole = await readFile(await opened(t, 'enhanced.m4a'));
    const [start, end] = [whole.indexOf('mvhd'), whole.indexOf('udta')];
    let seed = 1;
    const random = (below) => {
      seed = (seed * 48_271) % 0x7fffffff;
      return seed % below;
    };
    for (let round = 0; round < 150; round += 1) {
      const content = new Uint8Array(whole);
      for (let count = random(4); count >= 0; count -= 1) {
        content[start + random(end - start)] = [0, 1, 0x7f, 0xff, random(256)][random(5)];
      }
      await tried(content);
    }
  });
});
