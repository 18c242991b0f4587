/** Texts that were stored as Latin-1 and have another encoding, judged by their languages' names. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { fixture, ROOT, scratch } from './support/files.mjs';
import { frame, id3v2 } from './support/hostile.mjs';
import { encoderFor, namesIn } from './support/legacy-texts.mjs';
import { random } from './support/random.mjs';
import { hasMutagen } from './support/readers.mjs';

after(taglib.shutdown);

const audio = await readFile(fixture('plain.mp3'));
const latin1 = (bytes) => Buffer.concat([Buffer.of(0), bytes]);
const utf8 = (text) => Buffer.concat([Buffer.of(3), Buffer.from(text)]);

/** An MP3 whose title, artist and album are stored as bytes in frames of encoding 0. */
const mp3 = (title, artist, album) =>
  Buffer.concat([
    id3v2(
      Buffer.concat([
        frame('TIT2', latin1(title)),
        frame('TPE1', latin1(artist)),
        frame('TALB', latin1(album)),
      ]),
    ),
    audio,
  ]);

/** An MP3 of version 2.3 or 2.4 with a chapter, whose frames follow its times. */
function withChapter(version, ...frames) {
  const times = Buffer.alloc(16);
  times.writeUInt32BE(20, 4);
  const chapter = frame('CHAP', Buffer.concat([Buffer.from('ch1\0'), times, ...frames]));
  const tag = id3v2(chapter);
  // The sizes of both versions are the same below 128 bytes.
  assert.ok(chapter.length < 128);
  tag[3] = version;
  return Buffer.concat([tag, audio]);
}

/** An MP3 with an ID3v1 tag. */
function withId3v1(title) {
  const tag = Buffer.alloc(128);
  tag.write('TAG');
  tag.set(title.subarray(0, 30), 3);
  return Buffer.concat([audio, tag]);
}

/** A WAV with fields of RIFF INFO. */
function wav(fields) {
  const chunk = (id, body) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(id), size, body, Buffer.alloc(body.length % 2)]);
  };
  const format = Buffer.from('0100010044ac000088580100020010 00'.replace(' ', ''), 'hex');
  const info = Object.entries(fields).map(([id, body]) => chunk(id, body));
  const chunks = [
    chunk('fmt ', format),
    chunk('data', Buffer.alloc(200)),
    chunk('LIST', Buffer.concat([Buffer.from('INFO'), ...info])),
  ];
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

/** A title, an artist and an album in each encoding. */
const TITLES = {
  gbk: ['七里香', '周杰伦', '七里香专辑'],
  big5: ['聽海', '張惠妹', '神的孩子都在跳舞'],
  shift_jis: ['丸の内サディスティック', '椎名林檎', '無罪モラトリアム'],
  'euc-kr': ['다시 만난 세계', '소녀시대', '광화문 연가'],
  'windows-1251': ['Группа крови', 'Кино', 'Миллион алых роз'],
  'windows-1253': ['Ζορμπάς', 'Μίκης Θεοδωράκης', 'Όλα σε θυμίζουν'],
  'utf-8': ['Jóga', 'Björk', '初恋'],
};

for (const [encoding, [title, artist, album]] of Object.entries(TITLES)) {
  const encode = encoderFor(encoding);
  const bytes = [title, artist, album].map(encode);
  for (const legacyEncoding of [encoding, 'auto']) {
    describe(`with legacyEncoding ${legacyEncoding}, texts in ${encoding} read as they were written`, () => {
      const expected = { title: [title], artist: [artist], album: [album] };
      const readsAs = async (file, fields) => {
        const tags = await taglib.readTags(file, { legacyEncoding });
        for (const name of Object.keys(fields)) assert.deepEqual(tags[name], fields[name], name);
      };

      test('in ID3v2', async () => {
        await taglib.initialize([ROOT]);
        await readsAs(mp3(...bytes), expected);
      });

      test('in ID3v1, where the last character may be cut', async () => {
        const all = `${title} ${artist} ${album}`.repeat(3);
        const {
          title: [read],
        } = await taglib.readTags(withId3v1(encode(all)), { legacyEncoding });
        assert.ok(all.startsWith(read) && encode(read).length > 25, read);
      });

      test('in RIFF INFO, which TagLib takes for UTF-8', async () => {
        const file = wav({ INAM: bytes[0], IART: bytes[1], IPRD: bytes[2] });
        await readsAs(file, expected);
      });
    });
  }
}

test('without the option every text is Latin-1, as the standard says', async () => {
  const bytes = encoderFor('gbk')('七里香');
  const { title } = await taglib.readTags(mp3(bytes, bytes, bytes));
  assert.deepEqual(title, ['ÆßÀïÏã']);
});

test('a text that the file has in Unicode stays, whatever the encoding', async () => {
  const frames = [frame('TIT2', utf8('Été')), frame('TPE1', latin1(Buffer.from('Été', 'latin1')))];
  const file = Buffer.concat([id3v2(Buffer.concat(frames)), audio]);
  const { title, artist } = await taglib.readTags(file, { legacyEncoding: 'windows-1251' });
  assert.deepEqual([title, artist], [['Été'], ['Été']]);
});

test('bytes that the encoding does not have stay Latin-1', async () => {
  const file = mp3(Buffer.from('\xFF\xFF', 'latin1'), Buffer.from('a'), Buffer.from('b'));
  const { title } = await taglib.readTags(file, { legacyEncoding: 'gbk' });
  assert.deepEqual(title, ['ÿÿ']);
});

test('a function gets the bytes of each text and where it is stored', async () => {
  const calls = [];
  const file = mp3(Buffer.of(0xc6, 0xdf), Buffer.from('ASCII'), Buffer.of(0xc6));
  const { title, album } = await taglib.readTags(file, {
    legacyEncoding: (bytes, context) => {
      calls.push([[...bytes], context]);
      return `${bytes.length} bytes`;
    },
  });
  assert.deepEqual([title, album], [['2 bytes'], ['1 bytes']]);
  assert.deepEqual(calls, [
    [[0xc6, 0xdf], { file: undefined, tag: 'ID3v2.4', id: 'TIT2' }],
    [[0xc6], { file: undefined, tag: 'ID3v2.4', id: 'TALB' }],
  ]);
});

test('an encoding that does not exist is refused with what is expected', async () => {
  const expected = (error) =>
    ['ERR_OUT_OF_RANGE', 'ERR_INVALID_ARG_TYPE'].includes(error.code) &&
    /legacyEncoding must be an encoding such as "gbk"/.test(error.message);
  for (const legacyEncoding of ['klingon', 7, null]) {
    await assert.rejects(taglib.readTags('/x.mp3', { legacyEncoding }), expected);
  }
});

test('a function that fails makes the read of that file fail, and no other', async () => {
  const wrong = mp3(Buffer.of(0xc6), Buffer.from('a'), Buffer.from('b'));
  const right = mp3(Buffer.from('c'), Buffer.from('a'), Buffer.from('b'));
  const { items } = await taglib.readTagsBatch([wrong, right], {
    legacyEncoding: () => {
      throw new Error('of the app');
    },
  });
  assert.deepEqual(
    items.map(({ status, error }) => [status, error?.message]),
    [
      ['error', 'of the app'],
      ['ok', undefined],
    ],
  );
});

test('every read that returns texts decodes them', async (t) => {
  const folder = await scratch(t);
  const [title, artist, album] = TITLES.gbk;
  const file = path.join(folder, 'song.mp3');
  await writeFile(file, mp3(...[title, artist, album].map(encoderFor('gbk'))));
  await taglib.initialize([folder]);
  const options = { legacyEncoding: 'gbk' };
  assert.deepEqual((await taglib.readMetadata(file, options)).tags.title, [title]);
  for (const batch of [taglib.readTagsBatch, taglib.readMetadataBatch]) {
    const { data } = (await batch([file], options)).items[0];
    assert.deepEqual((data.tags ?? data).title, [title]);
    assert.equal('latin1Texts' in (data.tags ?? data), false);
  }
  const elements = await taglib.readNative(file, options);
  assert.deepEqual(elements.find(({ id }) => id === 'TPE1').values, [artist]);
  for await (const { tags } of taglib.scan(folder, options)) assert.deepEqual(tags.album, [album]);
});

describe('an open file with legacyEncoding', () => {
  const options = { legacyEncoding: 'gbk' };
  const [title, artist, album] = TITLES.gbk;
  const [storedTitle, storedArtist, storedAlbum] = TITLES.gbk.map(encoderFor('gbk'));

  /** Writes a file, and opens it. */
  async function opened(t, name, content) {
    const file = path.join(await scratch(t), name);
    await writeFile(file, content);
    const lib = await taglib.TagLib.initialize({ preopens: [path.dirname(file)] });
    return { file, lib, open: await lib.open(file, options) };
  }

  const FILES = {
    'song.mp3': mp3(storedTitle, storedArtist, storedAlbum),
    'song.wav': wav({ INAM: storedTitle, IART: storedArtist, IPRD: storedAlbum }),
  };

  for (const [name, content] of Object.entries(FILES)) {
    test(`has getters that give decoded texts of ${name}`, async (t) => {
      const { open } = await opened(t, name, content);
      assert.equal(open.tag().title, title);
      assert.deepEqual(open.properties(), { title: [title], artist: [artist], album: [album] });
      assert.equal(open.getProperty('album'), album);
    });
  }

  for (const [name, content] of Object.entries(FILES)) {
    test(`writes what is set, and leaves every other text of ${name} as it is`, async (t) => {
      const { file, open } = await opened(t, name, content);
      const [titleId, artistId] = name === 'song.mp3' ? ['TIT2', 'TPE1'] : ['INAM', 'IART'];
      open.setProperties({ ...open.properties(), title: ['新的'] });
      await open.saveToFile();
      const elements = await taglib.readNative(file);
      const element = (id) => elements.find((it) => it.id === id);
      assert.deepEqual(element(titleId).values, ['新的']);
      assert.equal(element(artistId).encoding, 'ISO-8859-1');
      assert.deepEqual(Buffer.from(element(artistId).values[0], 'latin1'), storedArtist);
    });
  }

  test('writes nothing if nothing is set', async (t) => {
    const { file, open } = await opened(t, 'song.mp3', FILES['song.mp3']);
    open.setProperties(open.properties());
    await open.saveToFile();
    assert.deepEqual(await readFile(file), FILES['song.mp3']);
  });

  test('is refused if the encoding does not exist, or if a function fails', async (t) => {
    const { file, lib } = await opened(t, 'song.mp3', FILES['song.mp3']);
    await assert.rejects(lib.open(file, { legacyEncoding: 'klingon' }), {
      code: 'ERR_OUT_OF_RANGE',
    });
    const files = [];
    const failing = (_, context) => {
      files.push(context.file);
      throw new Error('of the app');
    };
    await assert.rejects(lib.open(file, { legacyEncoding: failing }), { message: 'of the app' });
    assert.deepEqual(files, [file]);
  });
});

test('descriptions of pictures are decoded, and nothing else about them differs', async () => {
  const description = encoderFor('gbk')('封面');
  const image = Buffer.concat([Buffer.from('image/png\0\x03'), description, Buffer.from('\0PNG')]);
  const file = Buffer.concat([id3v2(frame('APIC', latin1(image))), audio]);
  for (const read of [taglib.readPictures, taglib.readPictureMetadata]) {
    const [stored] = await read(file);
    assert.equal(stored.description, '·âÃæ');
    const decoded = await read(file, { legacyEncoding: 'gbk' });
    assert.deepEqual(decoded, [{ ...stored, description: '封面' }]);
    assert.deepEqual(await read(audio, { legacyEncoding: 'gbk' }), []);
    await assert.rejects(read(file, { legacyEncoding: 'klingon' }), { code: 'ERR_OUT_OF_RANGE' });
  }
  await assert.rejects(taglib.readCoverArt(file, { legacyEncoding: 'gbk' }), TypeError);
});

test('lines and descriptions of synced lyrics are decoded', async () => {
  const encode = encoderFor('gbk');
  const time = Buffer.alloc(4);
  const parts = [Buffer.from('\0zho\x02\x01'), encode('歌词'), Buffer.of(0)];
  for (const line of ['窗外的麻雀', 'ASCII']) parts.push(encode(line), Buffer.of(0), time);
  const file = Buffer.concat([id3v2(frame('SYLT', Buffer.concat(parts))), audio]);
  for (const legacyEncoding of ['gbk', 'auto']) {
    const [{ description, lines }] = await taglib.readSyncedLyrics(file, { legacyEncoding });
    assert.equal(description, '歌词');
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['窗外的麻雀', 'ASCII'],
    );
  }
});

for (const version of [3, 4]) {
  describe(`titles of chapters in ID3v2.${version}`, () => {
    const image = frame('APIC', latin1(Buffer.from('image/png\0\x03\0PNG')));
    const title = frame('TIT2', latin1(encoderFor('gbk')('第一章')));
    const file = withChapter(version, image, title);

    test('are decoded', async () => {
      for (const legacyEncoding of ['gbk', 'auto']) {
        const { chapters } = await taglib.readTags(file, { legacyEncoding });
        assert.deepEqual(
          chapters.map((chapter) => [chapter.id, chapter.title]),
          [['ch1', '第一章']],
        );
      }
      const calls = [];
      const legacyEncoding = (bytes, { tag, id }) => calls.push([tag, id]) && `${bytes.length}`;
      const { chapters } = await taglib.readTags(file, { legacyEncoding });
      assert.deepEqual([chapters[0].title, calls], ['6', [[`ID3v2.${version}`, 'TIT2']]]);
    });

    test('stay if they are Unicode', async () => {
      const unicode = withChapter(version, frame('TIT2', utf8('Été')));
      const { chapters } = await taglib.readTags(unicode, { legacyEncoding: 'windows-1251' });
      assert.equal(chapters[0].title, 'Été');
    });

    test('are written as Unicode by fix-encoding, beside the image of the chapter', async (t) => {
      const folder = await scratch(t);
      const song = path.join(folder, 'song.mp3');
      await writeFile(song, file);
      const bin = path.join(ROOT, 'bin', 'taglib-wasi.js');
      const command = [bin, 'fix-encoding', song, '--encoding', 'gbk', '--write'];
      await promisify(execFile)(process.execPath, command);
      await taglib.initialize([folder]);
      const { chapters } = await taglib.readTags(song);
      assert.equal(chapters[0].title, '第一章');
      assert.ok((await readFile(song)).includes(image));
    });
  });
}

test('in a scan a text is judged together with those of its folder', async (t) => {
  const folder = await scratch(t);
  const encode = encoderFor('gbk');
  const [alone, album] = ['alone', 'album'].map((name) => path.join(folder, name));
  await Promise.all([mkdir(alone), mkdir(album)]);
  // By itself, this title looks Korean.
  const short = encode('荷兰');
  const untold = Buffer.from('untold');
  for (const name of [alone, album]) {
    await writeFile(path.join(name, '1.mp3'), mp3(short, untold, untold));
  }
  for (const [index, title] of ['窗外的麻雀', '月亮代表我的心', '我们都是好孩子'].entries()) {
    await writeFile(path.join(album, `${index + 2}.mp3`), mp3(encode(title), untold, untold));
  }
  await taglib.initialize([folder]);
  const titles = {};
  for await (const record of taglib.scan(folder, { legacyEncoding: 'auto' })) {
    titles[path.relative(folder, record.path)] = record.tags.title[0];
  }
  assert.notEqual(titles['alone/1.mp3'], '荷兰');
  assert.equal(titles['album/1.mp3'], '荷兰');
});

describe('auto, on names of countries and languages,', () => {
  const LANGUAGES = {
    gbk: ['zh-CN'],
    big5: ['zh-TW'],
    shift_jis: ['ja'],
    'euc-kr': ['ko'],
    'windows-1251': ['ru', 'uk', 'bg', 'sr', 'mk'],
    'koi8-r': ['ru'],
    'windows-1253': ['el'],
    'windows-1255': ['he'],
    'windows-874': ['th'],
    'iso-8859-1': ['fr', 'de', 'es', 'pt', 'sv', 'is', 'da', 'fi', 'nl', 'nb', 'ca'],
  };
  /** Reads files with three names each. Returns how many were right, wrong and untouched. */
  async function figures(encoding, language) {
    const encode = encoderFor(encoding);
    const names = namesIn(language).filter((name) => encode(name) !== undefined);
    const next = random(1);
    const texts = Array.from({ length: 100 }, () =>
      Array.from({ length: 3 }, () => names[next(names.length)]),
    ).filter((list) => list.some((name) => /[^\0-\x7f]/.test(name)));
    const files = texts.map((list) => mp3(...list.map(encode)));
    const { items } = await taglib.readTagsBatch(files, { legacyEncoding: 'auto' });
    const count = { right: 0, wrong: 0, untouched: 0 };
    for (const [index, { data }] of items.entries()) {
      const found = [data.title[0], data.artist[0], data.album[0]];
      const stored = texts[index].map((name) => Buffer.from(encode(name)).toString('latin1'));
      if (same(found, texts[index])) count.right += 1;
      else if (same(found, stored)) count.untouched += 1;
      else count.wrong += 1;
    }
    return count;
  }
  const same = (one, other) => one.every((text, index) => text.trim() === other[index].trim());

  for (const [encoding, languages] of Object.entries(LANGUAGES)) {
    for (const language of languages) {
      test(`is right about ${encoding} in ${language}`, async () => {
        await taglib.initialize([ROOT]);
        const { right, wrong, untouched } = await figures(encoding, language);
        const all = right + wrong + untouched;
        assert.ok(all > 15, `only ${all} files`);
        if (encoding === 'iso-8859-1') assert.equal(wrong + untouched, 0);
        assert.ok(right / all >= 0.97, `${right} right, ${wrong} wrong, ${untouched} untouched`);
      });
    }
  }
});

describe('the command fix-encoding', () => {
  const BIN = path.join(ROOT, 'bin', 'taglib-wasi.js');
  const fix = async (cwd, ...args) => {
    const command = [BIN, 'fix-encoding', ...args];
    return (await promisify(execFile)(process.execPath, command, { cwd })).stdout;
  };

  for (const name of ['song.mp3', 'song.wav']) {
    test(`shows what it would change in ${name}, and then writes it as Unicode`, async (t) => {
      const folder = await scratch(t);
      const file = path.join(folder, name);
      const [title, artist, album] = TITLES.gbk;
      const bytes = [title, artist, album].map(encoderFor('gbk'));
      const [INAM, IART, IPRD] = bytes;
      await writeFile(file, name.endsWith('.mp3') ? mp3(...bytes) : wav({ INAM, IART, IPRD }));
      const before = await readFile(file);
      const shown = await fix(folder, name);
      for (const text of [title, artist, album]) assert.ok(shown.includes(text), shown);
      assert.deepEqual(await readFile(file), before);

      assert.equal(await fix(folder, name, '--write'), `${name}: changed\n`);
      await taglib.initialize([folder]);
      const tags = await taglib.readTags(file);
      assert.deepEqual([tags.title, tags.artist, tags.album], [[title], [artist], [album]]);
      const after = await readFile(file);
      assert.equal(await fix(folder, name, '--write'), `${name}: unchanged\n`);
      assert.deepEqual(await readFile(file), after);
      if (!hasMutagen || name !== 'song.mp3') return;
      const program = 'import mutagen, sys; print(mutagen.File(sys.argv[1])["TIT2"].text[0])';
      const { stdout } = await promisify(execFile)('python3', ['-c', program, file]);
      assert.equal(stdout.trim(), title);
    });
  }

  test('leaves a file alone whose texts are Latin-1', async (t) => {
    const folder = await scratch(t);
    const file = path.join(folder, 'song.mp3');
    const texts = ['Désenchantée', 'Mylène Farmer', 'Ainsi soit je'];
    await writeFile(file, mp3(...texts.map((text) => Buffer.from(text, 'latin1'))));
    const before = await readFile(file);
    assert.equal(await fix(folder, 'song.mp3', '--write'), 'song.mp3: unchanged\n');
    assert.deepEqual(await readFile(file), before);
  });
});
