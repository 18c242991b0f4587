/** Chapters in every format that has them: read, written, removed, with links and images. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { run } from './support/command-line.mjs';
import { copies, fixture } from './support/files.mjs';
import { audioHash, hasFfmpeg } from './support/readers.mjs';

const execute = promisify(execFile);

after(taglib.shutdown);

const VORBIS = ['plain.flac', 'vorbis.ogg', 'opus.opus', 'speex.spx', 'flac.oga', 'chapters.opus'];
const MATROSKA = ['tagged.mka', 'tagged.webm', 'mkvmerge.mka', 'chapters.mka'];
const OTHERS = ['plain.mp3', 'id3v23.mp3', 'chapters.mp3', 'plain.m4a', 'chapters.m4a'];

const GIVEN = [
  { startTimeMs: 100, title: 'Zwei ü 世界' },
  { startTimeMs: 0, endTimeMs: 100, title: 'One = 1' },
];
const IN_ORDER = [
  { startTimeMs: 0, endTimeMs: 100, title: 'One = 1' },
  { startTimeMs: 100, title: 'Zwei ü 世界' },
];

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array(400).fill(7)]);
const PICTURE = { mimeType: 'image/png', data: PNG, type: 'Other', description: 'ü' };

async function opened(t, name) {
  const folder = await copies(t, [name]);
  await taglib.initialize([folder]);
  return path.join(folder, name);
}

/** The starts and titles, and the ends that do not follow from the length of the audio. */
async function chaptersOf(file) {
  const { chapters = [] } = await taglib.readTags(file);
  return chapters.map(({ startTimeMs, endTimeMs, title }, index) => ({
    startTimeMs,
    ...(index + 1 < chapters.length && { endTimeMs }),
    title,
  }));
}

/** What a file has besides chapters and positions, as it is stored. */
async function others(file) {
  const isChapter = ({ id, type }) =>
    /^(CHAP|CTOC|CHAPTER\d+(NAME|URL)?|SeekHead|Cues)$|Chapters?\b|EditionEntry/.test(id) ||
    type === 'padding';
  const elements = await taglib.readNative(file);
  return elements
    .filter((element) => !isChapter(element))
    .map(({ tag, id, description, values, sha256 }) => ({ tag, id, description, values, sha256 }));
}

for (const name of [...VORBIS, ...MATROSKA, ...OTHERS]) {
  describe(`the chapters of ${name}`, () => {
    test('are read as they were written, in the order of their start', async (t) => {
      const file = await opened(t, name);
      await taglib.writeTags(file, { chapters: GIVEN });
      assert.deepEqual(await chaptersOf(file), IN_ORDER);
    });

    test('are gone when they are removed, and nothing else is', async (t) => {
      const file = await opened(t, name);
      const { chapters, ...tags } = await taglib.readTags(file);
      await taglib.writeTags(file, { chapters: GIVEN });
      await taglib.writeTags(file, { chapters: [] });
      const { chapters: left, ...after } = await taglib.readTags(file);
      assert.equal(left, undefined);
      const isOther = ([key]) => !/^CHAPTER\d+(NAME)?$/.test(key);
      assert.deepEqual(Object.entries(after), Object.entries(tags).filter(isOther));
    });

    test('leave no trace when they are set and removed again', async (t) => {
      if (name.endsWith('.m4a')) t.skip('a chapter track leaves its media data behind');
      else {
        const file = await opened(t, name);
        const before = await others(file);
        await taglib.writeTags(file, { chapters: GIVEN });
        assert.deepEqual(await others(file), before);
        await taglib.writeTags(file, { chapters: null });
        assert.deepEqual(await others(file), before);
      }
    });

    test('are the same by FFmpeg, and the audio stays', { skip: !hasFfmpeg }, async (t) => {
      const file = await opened(t, name);
      const audio = await audioHash(file);
      await taglib.writeTags(file, { chapters: GIVEN });
      assert.equal(await audioHash(file), audio);
      const args = ['-v', 'error', '-of', 'json', '-show_chapters', file];
      const { stdout, stderr } = await execute('ffprobe', args);
      assert.doesNotMatch(stderr, /[Cc]hapter/);
      const found = JSON.parse(stdout).chapters.map(({ start_time, tags }) => ({
        startTimeMs: Number(start_time) * 1000,
        title: tags.title,
      }));
      const expected = IN_ORDER.map(({ startTimeMs, title }) => ({ startTimeMs, title }));
      // FFmpeg lists the chapters of all editions, and the hidden ones.
      const others = name === 'chapters.mka' ? ['Another edition', 'Hidden'] : [];
      assert.deepEqual(
        found.filter(({ title }) => !others.includes(title)),
        expected,
      );
    });

    test('are the same in bytes as in a file', async (t) => {
      const file = await opened(t, name);
      const bytes = await taglib.applyTags(await readFile(file), { chapters: GIVEN });
      await taglib.writeTags(file, { chapters: GIVEN });
      const ofBytes = await taglib.readTags(bytes);
      assert.deepEqual(ofBytes.chapters, (await taglib.readTags(file)).chapters);
    });

    test('are those of the Full API', async (t) => {
      const file = await opened(t, name);
      const song = await (await taglib.TagLib.initialize()).open(file);
      assert.deepEqual(song.getChapters(), (await taglib.readTags(file)).chapters ?? []);
      song.setChapters(GIVEN);
      const set = song.getChapters().map(({ startTimeMs, title }) => ({ startTimeMs, title }));
      await song.saveToFile();
      song.dispose();
      assert.deepEqual(await chaptersOf(file), IN_ORDER);
      assert.deepEqual(
        set,
        IN_ORDER.map(({ startTimeMs, title }) => ({ startTimeMs, title })),
      );
    });
  });
}

describe('chapters that other programs have written', () => {
  test('are read from Vorbis comments', async () => {
    await taglib.initialize([path.dirname(fixture('chapters.opus'))]);
    assert.deepEqual(await chaptersOf(fixture('chapters.opus')), [
      { startTimeMs: 0, endTimeMs: 100, title: 'Part 1' },
      { startTimeMs: 100, title: 'Part 2' },
    ]);
  });

  test('are those of the default edition of Matroska, without hidden ones', async () => {
    await taglib.initialize([path.dirname(fixture('chapters.mka'))]);
    assert.deepEqual(await chaptersOf(fixture('chapters.mka')), [
      { startTimeMs: 0, endTimeMs: 80, title: 'Anfang ü' },
      { startTimeMs: 100, title: 'Ende' },
    ]);
  });

  test('keep their other languages, inner chapters and exact times', async (t) => {
    const file = await opened(t, 'chapters.mka');
    const stored = async () => (await readFile(file)).toString('latin1');
    const before = await stored();
    const { chapters } = await taglib.readTags(file);
    await taglib.writeTags(file, {
      chapters: chapters.map((chapter) =>
        chapter.title === 'Ende' ? chapter : { ...chapter, title: 'A new beginning' },
      ),
    });
    for (const text of ['Start', 'Inner', 'Hidden', 'Another edition', 'Ende']) {
      assert.ok(before.includes(text) && (await stored()).includes(text), text);
    }
    // 100.123456 ms, in nanoseconds.
    const exact = '\x05\xf7\xc3\x40';
    assert.ok(before.includes(exact) && (await stored()).includes(exact));
    assert.ok((await stored()).includes('A new beginning'));
  });
});

describe('the editions of Matroska', () => {
  test('are all removed with the chapters, and by clearing the tags', async (t) => {
    for (const remove of [
      (file) => taglib.writeTags(file, { chapters: [] }),
      (file) => taglib.clearTagsInFile(file),
    ]) {
      const file = await opened(t, 'chapters.mka');
      await remove(file);
      assert.equal((await taglib.readTags(file)).chapters, undefined);
      const elements = await taglib.readNative(file);
      assert.ok(!elements.some(({ id }) => /^Chapters\b/.test(id)));
    }
  });

  test('that decide what is played are not changed', async (t) => {
    const file = await opened(t, 'chapters.mka');
    const content = await readFile(file);
    // EditionFlagDefault becomes EditionFlagOrdered, of the same length.
    const flag = content.indexOf(Buffer.from([0x45, 0xdb, 0x81, 1]));
    assert.ok(flag > 0);
    content[flag + 1] = 0xdd;
    await writeFile(file, content);
    for (const chapters of [GIVEN, []]) {
      await assert.rejects(taglib.writeTags(file, { chapters }), /an edition is ordered/);
    }
    assert.deepEqual(await readFile(file), content);
    await taglib.writeTags(file, { title: 'other fields can be changed' });
  });
});

describe('links and images of chapters', () => {
  for (const name of ['plain.mp3', 'id3v23.mp3', 'id3v22.mp3']) {
    test(`are read from ${name} as they were written, and stay if they are not named`, async (t) => {
      const file = await opened(t, name);
      const [second, first] = GIVEN;
      const url = 'https://example.org/é';
      await taglib.writeTags(file, { chapters: [{ ...first, url, picture: PICTURE }, second] });
      const { chapters } = await taglib.readTags(file);
      assert.deepEqual([chapters[0].url, chapters[0].picture], [url, PICTURE]);
      assert.ok(!('url' in chapters[1]) && !('picture' in chapters[1]));

      await taglib.writeTags(file, { chapters: [first, { ...second, title: 'new' }] });
      const { chapters: kept } = await taglib.readTags(file);
      assert.deepEqual([kept[0].url, kept[0].picture], [url, PICTURE]);
      assert.equal(kept[1].title, 'new');

      await taglib.writeTags(file, { chapters: [{ ...first, url: null, picture: null }, second] });
      const { chapters: removed } = await taglib.readTags(file);
      assert.ok(!('url' in removed[0]) && !('picture' in removed[0]));
    });
  }

  test('are left out without pictures', async (t) => {
    const file = await opened(t, 'plain.mp3');
    const chapters = [{ startTimeMs: 0, title: 'x', url: 'http://x', picture: PICTURE }];
    await taglib.writeTags(file, { chapters });
    const [without] = (await taglib.readTags(file, { pictures: false })).chapters;
    for await (const record of taglib.scan(path.dirname(file), { pictures: 'metadata' })) {
      for (const chapter of [without, record.tags.chapters[0]]) {
        assert.equal(chapter.url, 'http://x');
        assert.ok(!('picture' in chapter));
      }
    }
    const [many] = (await taglib.readTagsBatch([file])).items;
    assert.deepEqual(many.data.chapters[0].picture, PICTURE);
  });

  test('are copies that belong to the caller in the Full API', async (t) => {
    const file = await opened(t, 'plain.mp3');
    const song = await (await taglib.TagLib.initialize()).open(file);
    song.setChapters([{ startTimeMs: 0, title: 'x', url: 'http://x', picture: PICTURE }]);
    song.getChapters()[0].picture.data.fill(0);
    await song.saveToFile();
    assert.deepEqual(song.getChapters()[0].picture, PICTURE);
    song.dispose();
    assert.deepEqual((await taglib.readTags(file)).chapters[0].picture, PICTURE);
  });

  test('are read from Vorbis comments, which have no images', async (t) => {
    const file = await opened(t, 'plain.flac');
    await taglib.writeTags(file, { chapters: [{ startTimeMs: 0, title: 'x', url: 'http://x' }] });
    await taglib.writeTags(file, { chapters: [{ startTimeMs: 0, title: 'x' }, ...GIVEN] });
    const { chapters, CHAPTER001URL } = await taglib.readTags(file);
    assert.deepEqual([chapters[0].url, CHAPTER001URL], ['http://x', ['http://x']]);
  });

  for (const [name, detail] of [
    ['plain.flac', { picture: PICTURE }],
    ['tagged.mka', { picture: PICTURE }],
    ['tagged.mka', { url: 'http://x' }],
  ]) {
    const [kind] = Object.keys(detail);
    test(`are refused where the format has no room: the ${kind} of ${name}`, async (t) => {
      const file = await opened(t, name);
      const before = await readFile(file);
      const chapters = [{ startTimeMs: 0, title: 'One', ...detail }];
      await assert.rejects(taglib.writeTags(file, { chapters }), (error) => {
        assert.equal(error.details.errno, 'ENOTSUP');
        assert.match(error.message, new RegExp(`chapter ${kind}`));
        return true;
      });
      assert.deepEqual(await readFile(file), before);
    });
  }
});

describe('many chapters', () => {
  for (const [name, count] of [
    ['plain.flac', 999],
    ['vorbis.ogg', 999],
    ['plain.mp3', 2000],
    ['tagged.mka', 5000],
  ]) {
    test(`of ${name} are written, read, changed and removed: ${count}`, async (t) => {
      const folder = await copies(t, [name]);
      await taglib.initialize([folder], { deadlineMs: 60_000 });
      const file = path.join(folder, name);
      const url = /mka/.test(name) ? {} : { url: 'http://x' };
      const chapters = Array.from({ length: count }, (_, index) => ({
        startTimeMs: index % 200,
        title: `chapter ${index}`,
        ...url,
      }));
      await taglib.writeTags(file, { chapters });
      const { chapters: read } = await taglib.readTags(file);
      assert.deepEqual(
        read.map(({ title }) => title).toSorted(),
        chapters.map(({ title }) => title).toSorted(),
      );
      await taglib.writeTags(file, {
        chapters: read.map((chapter) => ({ ...chapter, title: `new ${chapter.title}` })),
      });
      const { chapters: changed } = await taglib.readTags(file);
      assert.ok(changed.every(({ title }) => title.startsWith('new chapter ')));
      assert.equal(changed.length, count);
      await taglib.writeTags(file, { chapters: [] });
      assert.equal((await taglib.readTags(file)).chapters, undefined);
    });
  }
});

describe('chapters on the command line', () => {
  const command = async (cwd, ...args) => (await run(cwd, args)).stdout;
  const chapters = [{ startTimeMs: 61_000, title: 'x', url: 'http://x', picture: PICTURE }];

  test('are shown in words, and scanned without the bytes of their images', async (t) => {
    const file = await opened(t, 'plain.mp3');
    await taglib.writeTags(file, { chapters });
    const folder = path.dirname(file);
    assert.match(
      await command(folder, 'read', 'plain.mp3'),
      /1:01 x http:\/\/x \(Other, image\/png, 408 bytes ü\)/,
    );
    const [{ picture }] = JSON.parse(await command(folder, 'scan', '.')).tags.chapters;
    assert.deepEqual(picture, {
      mimeType: 'image/png',
      type: 'Other',
      description: 'ü',
      size: PNG.length,
    });
  });

  test('are dumped with their images, and applied again', async (t) => {
    const file = await opened(t, 'plain.mp3');
    const folder = path.dirname(file);
    await taglib.writeTags(file, { chapters });
    const dump = await command(folder, 'dump', '--pictures', 'plain.mp3');
    await writeFile(path.join(folder, 'dump.json'), dump);
    await taglib.writeTags(file, { chapters: [] });
    await command(folder, 'apply', 'dump.json');
    const [{ title, url, picture }] = (await taglib.readTags(file)).chapters;
    assert.deepEqual([title, url, picture], ['x', 'http://x', PICTURE]);
  });
});

describe('chapters that can’t be written', () => {
  test('are refused with the reason', async (t) => {
    const file = await opened(t, 'plain.mp3');
    const one = (detail) => ({ chapters: [{ startTimeMs: 0, title: 'x', ...detail }] });
    for (const [detail, reason] of [
      [{ url: 'http://世' }, /percent-encode/],
      [{ url: 'a\0b' }, /NUL/],
      [{ title: 'a\0b' }, /NUL/],
      [{ url: 1 }, /chapters\[0\]\.url must be a string/],
      [{ picture: {} }, /chapters\[0\]\.picture\.mimeType must be a string/],
      [{ picture: { ...PICTURE, data: new Uint8Array() } }, /chapters\[0\]\.picture\.data must be/],
    ]) {
      await assert.rejects(async () => taglib.writeTags(file, one(detail)), reason);
    }
    const flac = await opened(t, 'plain.flac');
    const many = Array.from({ length: 1000 }, (_, index) => ({ startTimeMs: index, title: 'x' }));
    await assert.rejects(taglib.writeTags(flac, { chapters: many }), /999 at most, not 1000/);
    const wma = await opened(t, 'tagged.wma');
    await assert.rejects(taglib.writeTags(wma, { chapters: GIVEN }), /did not write the chapters/);
  });

  test('are refused in Vorbis comments if they end before the next one begins', async (t) => {
    const file = await opened(t, 'plain.flac');
    const chapters = [{ startTimeMs: 0, endTimeMs: 50, title: 'x' }, { startTimeMs: 100 }];
    await assert.rejects(taglib.writeTags(file, { chapters }), /chapter end/);
  });
});
