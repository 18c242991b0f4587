/** Synced lyrics, read and written, judged by mutagen. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies } from './support/files.mjs';
import { random } from './support/random.mjs';
import { hasMutagen } from './support/readers.mjs';

after(taglib.shutdown);

const LYRICS = {
  language: 'deu',
  description: 'Strophe',
  type: 'lyrics',
  lines: [
    { timeMs: 0, text: 'Grüße, 世界 🎵' },
    { timeMs: 1230, text: '' },
    { timeMs: 61_001, text: ' [sic] <b>' },
    { timeMs: 5_999_999, text: 'a' },
  ],
};

/** Everything that a change of synced lyrics must keep. */
async function others(file) {
  const { tags, properties } = await taglib.readMetadata(file);
  const { SYNCEDLYRICS, ...rest } = tags;
  // TagLib calculates Matroska's from the size of the file.
  const { bitrate, ...stream } = properties;
  return { rest, stream, audio: await taglib.readAudioHash(file) };
}

async function copyOf(t, name) {
  const folder = await copies(t, [name]);
  await taglib.initialize([folder]);
  return path.join(folder, name);
}

const FORMATS = [
  'id3v22.mp3',
  'id3v23.mp3',
  'id3v24.mp3',
  'ape.mp3',
  'id3.wav',
  'id3.aiff',
  'id3.tta',
  'vorbis-comment.flac',
  'vorbis.ogg',
  'opus.opus',
  'aac.m4a',
  'ape.wv',
  'tagged.mka',
];

for (const name of FORMATS) {
  test(`${name} holds synced lyrics beside everything that it had`, async (t) => {
    const file = await copyOf(t, name);
    const before = await others(file);
    const second = { language: 'eng', type: 'lyrics', lines: [{ timeMs: 5, text: 'line' }] };
    await taglib.writeSyncedLyrics(file, [LYRICS, second]);
    assert.deepEqual(await taglib.readSyncedLyrics(file), [LYRICS, second]);
    assert.deepEqual(await others(file), before);
    await taglib.writeSyncedLyrics(file, []);
    assert.deepEqual(await taglib.readSyncedLyrics(file), []);
    assert.deepEqual(await others(file), before);
  });
}

test('an MP3 has each type of synced text', async (t) => {
  const file = await copyOf(t, 'plain.mp3');
  const types = 'other lyrics transcription movement events chord trivia webpageUrls imageUrls';
  const list = types.split(' ').map((type) => {
    return { description: type, type, lines: [{ timeMs: 1, text: 'x\ny' }] };
  });
  await taglib.writeSyncedLyrics(file, list);
  assert.deepEqual(await taglib.readSyncedLyrics(file), list);
});

describe('what LRC can’t express is refused, and the file stays as it is:', () => {
  for (const [what, lyrics] of [
    ['a type', { type: 'chord', lines: [{ timeMs: 1, text: 'C' }] }],
    ['a line break', { lines: [{ timeMs: 1, text: 'a\nb' }] }],
    ['a time in a text', { lines: [{ timeMs: 1, text: '[00:01.00]a' }] }],
    ['the time of a word', { lines: [{ timeMs: 1, text: '<00:01.00>a' }] }],
    ['a line break in the description', { description: 'a\nb', lines: [] }],
  ]) {
    test(what, async (t) => {
      const file = await copyOf(t, 'vorbis-comment.flac');
      const before = await readFile(file);
      await assert.rejects(taglib.writeSyncedLyrics(file, [lyrics]), { code: 'METADATA' });
      assert.deepEqual(await readFile(file), before);
    });
  }
});

test('wrong arguments are refused with what was expected', async (t) => {
  const file = await copyOf(t, 'plain.mp3');
  const line = { timeMs: 1, text: 'a' };
  for (const [lyrics, message] of [
    [undefined, /^lyrics must be an array of synced lyrics, not undefined$/],
    [[null], /^lyrics\[0\] must be an object with lines, not null$/],
    [[{}], /^lyrics\[0\]\.lines must be an array of \{ timeMs, text \}, not undefined$/],
    [[{ lines: [{ timeMs: 1.5, text: '' }] }], /^lyrics\[0\]\.lines\[0\]\.timeMs must be a whole/],
    [[{ lines: [{ timeMs: -1, text: '' }] }], /timeMs must be a whole number/],
    [[{ lines: [{ timeMs: 2 ** 32, text: '' }] }], /timeMs must be a whole number/],
    [[{ lines: [{ timeMs: 1 }] }], /^lyrics\[0\]\.lines\[0\]\.text must be a string/],
    [[{ lines: [{ timeMs: 1, text: '\0' }] }], /without NUL/],
    [[{ language: 'de', lines: [line] }], /^lyrics\[0\]\.language must be a code of ISO 639-2/],
    [[{ type: 'song', lines: [line] }], /^lyrics\[0\]\.type must be one of other, lyrics/],
    [[{ text: 'x', lines: [line] }], /text/],
    [[{ lines: [line] }, { lines: [line] }], /^lyrics\[1\] must be different from the others/],
  ]) {
    await assert.rejects(taglib.writeSyncedLyrics(file, lyrics), { message });
  }
});

describe('applySyncedLyrics', () => {
  for (const name of ['id3v23.mp3', 'vorbis-comment.flac']) {
    test(`returns the bytes that writeSyncedLyrics gives ${name}`, async (t) => {
      const file = await copyOf(t, name);
      const bytes = new Uint8Array(await readFile(file));
      const fromPath = await taglib.applySyncedLyrics(file, [LYRICS]);
      const applying = taglib.applySyncedLyrics(bytes, [LYRICS]);
      bytes.fill(0);
      assert.deepEqual(await applying, fromPath);
      await taglib.writeSyncedLyrics(file, [LYRICS]);
      assert.deepEqual(new Uint8Array(await readFile(file)), fromPath);
    });
  }
});

test('wrong options are refused with what was expected', async (t) => {
  const file = await copyOf(t, 'plain.mp3');
  for (const [options, message] of [
    [{ keepOthers: 1 }, /^keepOthers must be a boolean, not 1$/],
    [{ keep: true }, /^options has no option "keep"/],
    [null, /^options must be an object, not null$/],
  ]) {
    await assert.rejects(taglib.applySyncedLyrics(file, [], options), { message });
    await assert.rejects(taglib.writeSyncedLyrics(file, [], options), { message });
  }
});

for (const name of ['id3v22.mp3', 'id3v23.mp3', 'id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a']) {
  test(`with keepOthers, only lyrics with the same names are replaced in ${name}`, async (t) => {
    const file = await copyOf(t, name);
    const lines = [{ timeMs: 5, text: 'é' }];
    const unnamed = { type: 'lyrics', lines };
    const other = { language: 'eng', description: 'Strophe', type: 'lyrics', lines };
    const same = { language: 'DEU', description: 'Strophe', type: 'lyrics', lines };
    await taglib.writeSyncedLyrics(file, [unnamed, same, other]);
    await taglib.writeSyncedLyrics(file, [LYRICS], { keepOthers: true });
    assert.deepEqual(await taglib.readSyncedLyrics(file), [unnamed, other, LYRICS]);
  });
}

test('with keepOthers, a text without times stays in the field for LRC', async (t) => {
  const file = await copyOf(t, 'vorbis-comment.flac');
  await taglib.writeTags(file, { SYNCEDLYRICS: ['no times', '[00:01.00]old'] });
  const lyrics = [{ lines: [{ timeMs: 1000, text: 'new' }] }];
  await taglib.writeSyncedLyrics(file, lyrics, { keepOthers: true });
  const { SYNCEDLYRICS } = await taglib.readTags(file);
  assert.deepEqual(SYNCEDLYRICS, ['no times', '[00:01.00]new\n']);
});

test('LRC in the lyrics of other programs is read as synced lyrics, and stays', async (t) => {
  for (const name of ['id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a', 'ape.wv']) {
    const file = await copyOf(t, name);
    const text = '[ti:Title]\r\n[00:01.50]one\r\n[00:02]two\r\n';
    await taglib.writeTags(file, { lyrics: [{ text }] });
    const [{ lines }, ...rest] = await taglib.readSyncedLyrics(file);
    assert.deepEqual(lines, [
      { timeMs: 1500, text: 'one' },
      { timeMs: 2000, text: 'two' },
    ]);
    assert.deepEqual(rest, []);
    await taglib.writeSyncedLyrics(file, []);
    const { lyrics } = await taglib.readTags(file);
    assert.deepEqual(
      lyrics.map((one) => one.text),
      [text],
    );
  }
});

describe('with mutagen', { skip: !hasMutagen && 'mutagen is not installed' }, () => {
  const python = async (program, ...args) =>
    (await promisify(execFile)('python3', ['-c', program, ...args])).stdout;

  test('a frame that this package writes is read as it was given', async (t) => {
    const file = await copyOf(t, 'id3v23.mp3');
    await taglib.writeSyncedLyrics(file, [LYRICS]);
    const program = `
import json, sys
from mutagen.id3 import ID3
[frame] = ID3(sys.argv[1]).getall("SYLT")
print(json.dumps([frame.lang, frame.desc, int(frame.format), int(frame.type), frame.text]))`;
    const lines = LYRICS.lines.map(({ timeMs, text }) => [text, timeMs]);
    assert.deepEqual(JSON.parse(await python(program, file)), ['deu', 'Strophe', 2, 1, lines]);
  });

  test('with keepOthers, frames of any encoding and time format stay byte for byte', async (t) => {
    const file = await copyOf(t, 'id3v24.mp3');
    const program = `
import sys
from mutagen.id3 import ID3, SYLT
tags = ID3(sys.argv[1])
for e in range(4): tags.add(SYLT(e, "eng", 2, 1, "e%d" % e, [("line \\xe9", 10)]))
tags.add(SYLT(3, "eng", 1, 1, "MPEG frames", [("a", 1)]))
tags.add(SYLT(0, "deu", 2, 1, "Strophe", [("old", 1)]))
tags.save()`;
    await python(program, file);
    const frames = async () => {
      const elements = await taglib.readNative(file);
      const synced = elements.filter(({ id }) => id === 'SYLT');
      return synced.map(({ description, sha256 }) => `${description} ${sha256}`).sort();
    };
    const before = await frames();
    await taglib.writeSyncedLyrics(file, [LYRICS], { keepOthers: true });
    const after = await frames();
    const kept = (list) => list.filter((frame) => !frame.startsWith('Strophe'));
    assert.equal(kept(after).length, 5);
    assert.deepEqual(kept(after), kept(before));
    assert.notDeepEqual(after, before);
    const [lyrics] = (await taglib.readSyncedLyrics(file)).slice(-1);
    assert.deepEqual(lyrics, LYRICS);
  });

  for (const name of ['id3v24.mp3', 'id3.wav', 'id3.aiff', 'id3.tta', 'vorbis-comment.flac']) {
    test(`frames that mutagen writes to ${name} are read, in every encoding`, async (t) => {
      const file = await copyOf(t, name);
      const program = `
import sys, mutagen
from mutagen.id3 import ID3, SYLT, ID3NoHeaderError
path = sys.argv[1]
frames = [SYLT(e, "eng", 2, 1, "e%d" % e, [("line \\xe9", 10), ("", 20)]) for e in range(4)]
frames.append(SYLT(3, "eng", 1, 1, "MPEG frames", [("a", 1)]))
if path.endswith(".flac"):
    tags = ID3()
    for frame in frames: tags.add(frame)
    tags.save(path)
else:
    audio = mutagen.File(path)
    for frame in frames: audio.tags.add(frame)
    audio.save()`;
      await python(program, file);
      const lines = [
        { timeMs: 10, text: 'line é' },
        { timeMs: 20, text: '' },
      ];
      const found = await taglib.readSyncedLyrics(file);
      found.sort((one, other) => one.description.localeCompare(other.description));
      const expected = [0, 1, 2, 3].map((encoding) => {
        return { language: 'eng', description: `e${encoding}`, type: 'lyrics', lines };
      });
      assert.deepEqual(found, expected);
    });
  }
});

describe('LRC', () => {
  test('is the same after it was written and read, for any lines', () => {
    const next = random(7);
    const characters = [...'ab [](){}<>:.,;é世🎵\t'];
    for (let round = 0; round < 500; round += 1) {
      const lines = Array.from({ length: next(20) }, () => {
        const text = Array.from({ length: next(12) }, () => characters[next(characters.length)]);
        return { timeMs: next(2) ? next(6_000_000) : 10 * next(600_000), text: text.join('') };
      });
      lines.sort((one, other) => one.timeMs - other.timeMs);
      assert.deepEqual(taglib.parseLrc(taglib.formatLrc({ lines })).lines, lines);
    }
  });

  test('is read in the forms that programs write', () => {
    const text = `\uFEFF[ar: Somebody ]
[offset:+500]
[length: 3:20]
  [00:10.5][00:20:00] again
[01:02.345]<01:02.345>with <01:03.00>words
no time
[00:00.10]early`;
    assert.deepEqual(taglib.parseLrc(text), {
      headers: { ar: 'Somebody', offset: '+500', length: '3:20' },
      lines: [
        { timeMs: 0, text: 'early' },
        { timeMs: 10_000, text: ' again' },
        { timeMs: 19_500, text: ' again' },
        { timeMs: 61_845, text: 'with words' },
      ],
    });
    assert.deepEqual(taglib.parseLrc('plain\nlyrics'), { headers: {}, lines: [] });
  });

  test('is decoded from bytes, which must be in the encoding that is named', () => {
    const lines = (text) => [{ timeMs: 1000, text }];
    const utf16 = Buffer.from('\ufeff[00:01.00]é', 'utf16le');
    assert.deepEqual(taglib.parseLrc(utf16, { encoding: 'utf-16le' }).lines, lines('é'));
    assert.deepEqual(taglib.parseLrc(Buffer.from('[00:01.00]é')).lines, lines('é'));
    const latin1 = Buffer.from('[00:01.00]é', 'latin1');
    assert.throws(() => taglib.parseLrc(latin1), { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
    assert.throws(() => taglib.parseLrc('', { encoding: 7 }), { code: 'ERR_OUT_OF_RANGE' });
    assert.throws(() => taglib.parseLrc(7), { message: /^lrc must be a string or a Uint8Array/ });
  });

  test('joins the syllables of ID3v2 to lines', () => {
    const lines = [
      { timeMs: 0, text: 'Hel' },
      { timeMs: 100, text: 'lo' },
      { timeMs: 1000, text: '\nwor' },
      { timeMs: 1100, text: 'ld' },
    ];
    assert.equal(taglib.formatLrc({ lines }), '[00:00.00]Hello\n[00:01.00]world\n');
  });

  test('has hundredths, or thousandths where they are needed, and any number of minutes', () => {
    const lines = [6_050, 6_055, 6_000_000].map((timeMs) => ({ timeMs, text: '' }));
    assert.equal(
      taglib.formatLrc({ headers: { ti: 'Title' }, lines }),
      '[ti:Title]\n[00:06.05]\n[00:06.055]\n[100:00.00]\n',
    );
  });
});
