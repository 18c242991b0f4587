/** `taglib-wasi report`: its facts, against values that were worked out by hand, and its file. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { BIN, run } from './support/command-line.mjs';
import { fixture, ROOT, scratch } from './support/files.mjs';
import { frame, id3v2 } from './support/hostile.mjs';
import { encoderFor, namesIn } from './support/legacy-texts.mjs';
import { library } from './support/library.mjs';

after(taglib.shutdown);

/** What an earlier report begins with. */
const EARLIER = '<!doctype html><meta name="generator" content="taglib-wasi report">';
const MARK = '<meta name="generator" content="taglib-wasi report">';

/** Makes a library: maps the name of each file to its fixture and tags. */
async function tagged(t, files) {
  const sources = Object.entries(files).map(([name, [source]]) => [name, source]);
  const folder = await library(t, Object.fromEntries(sources));
  for (const [name, [, tags]] of Object.entries(files)) {
    if (tags !== undefined) await taglib.writeTags(path.join(folder, name), tags);
  }
  return folder;
}

/** The facts about a folder, as JSON. */
async function factsOf(folder, ...args) {
  const { stdout } = await run(folder, ['report', '.', '--json', ...args]);
  return JSON.parse(stdout);
}

/** An album with a file for each list of tags. */
const album = (folder, fixtureName, title, tracks) =>
  Object.fromEntries(
    tracks.map((tags, index) => [
      `${folder}/${index}${path.extname(fixtureName)}`,
      [fixtureName, { title: `${title} ${index}`, artist: 'A', album: title, ...tags }],
    ]),
  );

const problemsOf = ({ contradictions }) =>
  contradictions.flatMap(({ problems }) =>
    problems.map(({ kind, disc, values }) => [kind, disc, values.map(({ value }) => value)]),
  );

describe('the facts of `taglib-wasi report --json`', () => {
  test('count files, sizes, hours, albums and artists', async (t) => {
    const names = { 'a/1.flac': 'plain.flac', 'a/2.flac': 'plain.flac', 'b/3.mp3': 'plain.mp3' };
    const folder = await tagged(t, {
      'a/1.flac': [names['a/1.flac'], { artist: 'A', album: 'One', year: 1999, genre: 'Jazz' }],
      'a/2.flac': [
        names['a/2.flac'],
        { artist: 'B', album: 'One', year: 1999, genre: ['Jazz', 'Pop'] },
      ],
      'b/3.mp3': [names['b/3.mp3'], { artist: 'A', album: 'Two', year: 2001 }],
    });
    const sizes = {};
    const lengths = {};
    for (const name of Object.keys(names)) {
      sizes[name] = (await stat(path.join(folder, name))).size;
      lengths[name] = (await taglib.readProperties(path.join(folder, name))).durationMs;
    }
    const facts = await factsOf(folder);
    const bytes = sizes['a/1.flac'] + sizes['a/2.flac'] + sizes['b/3.mp3'];
    const seconds = Math.round((2 * lengths['a/1.flac'] + lengths['b/3.mp3']) / 1000);
    assert.deepEqual(facts.totals, {
      ...{ files: 3, broken: 0, bytes, seconds, albums: 2, artists: 2, albumsWithCover: 0 },
    });
    assert.deepEqual(
      facts.formats.map(({ name, files, bytes: size }) => [name, files, size]),
      [
        ['FLAC', 2, sizes['a/1.flac'] + sizes['a/2.flac']],
        ['MP3', 1, sizes['b/3.mp3']],
      ],
    );
    const shares = (list) => list.map(({ name, files }) => [name, files]);
    assert.deepEqual(shares(facts.years), [
      ['1999', 2],
      ['2001', 1],
    ]);
    assert.deepEqual(shares(facts.genres), [
      ['Jazz', 2],
      ['Pop', 1],
    ]);
    assert.deepEqual(
      facts.files.map((file) => [file.path, file.artist, file.year, file.bytes]),
      [
        ['a/1.flac', 'A', 1999, sizes['a/1.flac']],
        ['a/2.flac', 'B', 1999, sizes['a/2.flac']],
        ['b/3.mp3', 'A', 2001, sizes['b/3.mp3']],
      ],
    );
  });

  test('list the files that lack a cover, a year, an album artist and so on', async (t) => {
    const folder = await tagged(t, {
      'bare.mp3': ['plain.mp3'],
      'full.flac': ['vorbis-comment.flac', { albumArtist: 'A' }],
      'partly.m4a': ['plain.m4a', { title: 'T', artist: 'A', album: 'B', track: 1 }],
    });
    const { missing } = await factsOf(folder);
    assert.deepEqual(missing, {
      ...{ cover: ['bare.mp3', 'partly.m4a'], title: ['bare.mp3'], artist: ['bare.mp3'] },
      ...{ album: ['bare.mp3'], albumArtist: ['bare.mp3', 'partly.m4a'] },
      ...{ year: ['bare.mp3', 'partly.m4a'], track: ['bare.mp3'] },
    });
  });

  test('list what contradicts itself within an album', async (t) => {
    const folder = await tagged(
      t,
      album('kind', 'plain.flac', 'Kind of Blue', [
        { albumArtist: 'Miles', year: 1959, track: 1, totalTracks: 4 },
        { albumArtist: 'Miles', year: 1959, track: 2, totalTracks: 4 },
        { albumArtist: 'Davis', year: 1960, track: 2, totalTracks: 5 },
        { album: 'Kind Of Blue', track: 6, totalTracks: 4, discNumber: 1 },
      ]),
    );
    const facts = await factsOf(folder);
    assert.deepEqual(problemsOf(facts), [
      ['albumTitle', undefined, ['Kind of Blue', 'Kind Of Blue']],
      ['albumArtist', undefined, ['Miles', 'Davis']],
      ['year', undefined, [1959, 1960]],
      ['totalTracks', undefined, [4, 5]],
      ['trackBeyondTotal', undefined, ['6 of 4']],
      ['repeatedTrack', undefined, [2]],
      ['missingTrack', undefined, [3, 4, 5]],
    ]);
    assert.deepEqual(facts.contradictions[0].folder, 'kind');
    assert.equal(facts.contradictions[0].files, 4);
  });

  test('look at each disc on its own, in folders of their own too', async (t) => {
    const disc = (number, tracks) =>
      album(
        `box/CD${number}`,
        'plain.flac',
        'Box',
        tracks.map((track) => ({ track, discNumber: number, totalDiscs: 2 })),
      );
    const folder = await tagged(t, { ...disc(1, [1, 2]), ...disc(2, [1, 3]), ...disc(3, [1]) });
    const facts = await factsOf(folder);
    assert.equal(facts.totals.albums, 1);
    assert.deepEqual(problemsOf(facts), [
      ['discBeyondTotal', undefined, ['3 of 2']],
      ['missingTrack', 2, [2]],
    ]);
  });

  test('take nothing for a contradiction that proper albums have', async (t) => {
    const folder = await tagged(t, {
      // A compilation differs in artists, years and genres.
      ...album('comp', 'plain.flac', 'Hits', [
        { artist: 'X', albumArtist: 'Various Artists', year: 1970, track: 1, genre: 'Pop' },
        { artist: 'Y', albumArtist: 'Various Artists', year: 1980, track: 2, genre: 'Soul' },
      ]),
      // The same album in two formats.
      ...album('both', 'plain.flac', 'Both', [{ track: 1 }, { track: 2 }]),
      ...album('both', 'plain.mp3', 'Both', [{ track: 1 }, { track: 2 }]),
      // Some songs of an album.
      ...album('some', 'plain.flac', 'Some', [
        { track: 3, totalTracks: 12 },
        { track: 9, totalTracks: 12 },
      ]),
      // Albums of the same name in two folders.
      ...album('x', 'plain.flac', 'Live', [{ albumArtist: 'X', year: 1990, track: 1 }]),
      ...album('y', 'plain.flac', 'Live', [{ albumArtist: 'Y', year: 2000, track: 1 }]),
      // Numbers that no album has.
      ...album('odd', 'plain.flac', 'Odd', [{ track: 1 }, { track: 2_000_000_000 }]),
    });
    assert.deepEqual(problemsOf(await factsOf(folder)), []);
  });

  test('list files with the same audio, and with --audio-hash those with other tags too', async (t) => {
    const song = { title: 'Song', artist: 'A' };
    const folder = await tagged(t, {
      'one.flac': ['plain.flac', song],
      'other/retagged.flac': ['plain.flac', { ...song, comment: 'x'.repeat(9000) }],
      'other/renamed.flac': ['plain.flac', { title: 'Other', comment: 'x'.repeat(20_000) }],
      'song.mp3': ['plain.mp3', song],
    });
    await link(path.join(folder, 'song.mp3'), path.join(folder, 'copy.mp3'));
    const sizeOf = async (name) => (await stat(path.join(folder, name))).size;
    const shown = ({ duplicates }) =>
      duplicates.map(({ paths, extraBytes }) => [paths, extraBytes]);
    const small = await sizeOf('one.flac');
    const copy = [['copy.mp3', 'song.mp3'], await sizeOf('song.mp3')];

    const facts = await factsOf(folder);
    assert.equal(facts.isAllAudioCompared, false);
    assert.deepEqual(
      new Map(shown(facts)),
      new Map([[['one.flac', 'other/retagged.flac'], small], copy]),
    );
    const flac = facts.duplicates.find(({ paths }) => paths.includes('one.flac'));
    assert.equal(flac.audioHash, await taglib.readAudioHash(path.join(folder, 'one.flac')));

    const all = await factsOf(folder, '--audio-hash');
    assert.equal(all.isAllAudioCompared, true);
    assert.deepEqual(
      new Map(shown(all)),
      new Map([
        [
          ['one.flac', 'other/renamed.flac', 'other/retagged.flac'],
          small + (await sizeOf('other/retagged.flac')),
        ],
        copy,
      ]),
    );
  });

  test('list broken files with their error, and the command exits with 1', async (t) => {
    const folder = await tagged(t, { 'good.mp3': ['plain.mp3'] });
    await mkdir(path.join(folder, 'sub'));
    await writeFile(path.join(folder, 'sub', 'junk.flac'), 'junk');
    const { code, stdout, stderr } = await run(folder, ['report', '.', '--json']);
    assert.equal(code, 1);
    assert.match(stderr, /^1 read, 1 failed, 0 skipped in/m);
    const { broken, totals } = JSON.parse(stdout);
    assert.deepEqual([totals.files, totals.broken], [1, 1]);
    assert.deepEqual(
      broken.map(({ path: file, code: errorCode }) => [file, errorCode]),
      [['sub/junk.flac', 'INVALID_FORMAT']],
    );
    assert.match(broken[0].message, /^Not a readable audio file: sub\/junk\.flac: /);
  });

  test('have texts of at most 1,000 characters, since tags may have a million', async (t) => {
    const folder = await tagged(t, {
      'long.flac': ['plain.flac', { title: 'x'.repeat(900_000), artist: '🎵'.repeat(999) }],
    });
    const [{ title, artist }] = (await factsOf(folder)).files;
    assert.equal(title, `${'x'.repeat(1000)}…`);
    assert.equal(artist, `${'🎵'.repeat(500)}…`);
  });

  test('are of no files for an empty directory', async (t) => {
    const folder = await scratch(t);
    const { totals, files, formats } = await factsOf(folder);
    assert.deepEqual([totals.files, totals.seconds, files, formats], [0, 0, [], []]);
    const { code, stdout } = await run(folder, ['report', '.']);
    assert.equal(code, 0);
    assert.ok(stdout.includes(MARK));
  });
});

describe('the encodings that look wrong to `taglib-wasi report`', () => {
  const audio = readFileSync(fixture('plain.mp3'));

  test('are those that fix-encoding finds, with what it would write', async (t) => {
    const folder = await scratch(t);
    const title = Buffer.concat([Buffer.of(0), Buffer.from('c6dfc0efcfe3', 'hex')]);
    await writeFile(
      path.join(folder, 'gbk.mp3'),
      Buffer.concat([id3v2(frame('TIT2', title)), audio]),
    );
    const latin1 = Buffer.from('\0Voilà l’été'.replace('’', "'"), 'latin1');
    await writeFile(
      path.join(folder, 'fr.mp3'),
      Buffer.concat([id3v2(frame('TIT2', latin1)), audio]),
    );
    const { encodings, files } = await factsOf(folder);
    assert.deepEqual(encodings, [
      { path: 'gbk.mp3', kind: 'legacy', field: 'title', text: 'ÆßÀïÏã', decoded: '七里香' },
    ]);
    assert.equal(files[0].title, "Voilà l'été");
    const { stdout } = await run(folder, ['fix-encoding', 'gbk.mp3', 'fr.mp3', '--json']);
    const [gbk, fr] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(gbk.changes.title.to, ['七里香']);
    assert.equal(fr.status, 'unchanged');
  });

  test('are also texts that another program misread and stored as Unicode', async (t) => {
    const folder = await tagged(t, {
      'a.flac': ['plain.flac', { title: 'BjÃ¶rk â€“ JÃ³ga' }],
      'b.flac': ['plain.flac', { title: 'Fine', artist: 'Âëàäèìèð Âûñîöêèé' }],
      'c.flac': ['plain.flac', { title: 'lost \ufffd\ufffd' }],
      'd.flac': ['plain.flac', { title: 'ƒAƒCƒXƒNƒŠ[ƒ€' }],
      'e.flac': [
        'plain.flac',
        { title: 'CAFÉ…', artist: 'Ääääähhh', album: '„Spaß“ ‚Groß‘', comment: 'AMANHÃ…' },
      ],
    });
    const { encodings } = await factsOf(folder);
    assert.deepEqual(
      encodings.map(({ path: file, kind, field, decoded }) => [file, kind, field, decoded]),
      [
        ['a.flac', 'utf8', 'title', 'Björk – Jóga'],
        ['b.flac', 'misread', 'artist', undefined],
        ['c.flac', 'replaced', 'title', undefined],
        ['d.flac', 'misread', 'title', undefined],
      ],
    );
  });

  test('are none of the names of countries and languages in 40 languages', async (t) => {
    const languages =
      'de fr es pt it nl da sv nb nn fi is et sq ca gl eu ga tr pl cs sk hu ro hr sl lv lt vi cy ' +
      'fo lb el ru uk ja zh ko ar he';
    const names = languages.split(' ').map((language) => [language, namesIn(language)]);
    const count = names.reduce((sum, [, list]) => sum + list.length, 0);
    assert.ok(count > 15_000, `only ${count} names`);
    const folder = await tagged(
      t,
      Object.fromEntries(
        names.map(([language, list]) => [
          `${language}.flac`,
          ['plain.flac', { title: list, comment: list.map((name) => `${name.toUpperCase()}…`) }],
        ]),
      ),
    );
    assert.deepEqual((await factsOf(folder)).encodings, []);
  });

  test('are at least nine of ten names that were misread as Latin-1', async (t) => {
    const encodings = [
      ...[
        ['zh', 'gbk'],
        ['ja', 'shift_jis'],
        ['ko', 'euc-kr'],
        ['ru', 'windows-1251'],
      ],
      ...[
        ['el', 'windows-1253'],
        ['ru', 'utf-8'],
        ['de', 'utf-8'],
      ],
    ];
    const files = {};
    for (const [language, encoding] of encodings) {
      const encode = encoderFor(encoding);
      const bytes = namesIn(language)
        .filter((name) => /[^\0-\x7f]/.test(name))
        .map(encode)
        .filter(Boolean);
      for (const [index, name] of bytes.slice(0, 20).entries()) {
        files[`${encoding}-${language}-${index}.flac`] = [
          'plain.flac',
          { title: name.toString('latin1') },
        ];
      }
    }
    const folder = await tagged(t, files);
    const found = (await factsOf(folder)).encodings.length;
    const all = Object.keys(files).length;
    assert.ok(all === 140 && found >= 0.9 * all, `${found} of ${all}`);
  });
});

describe('the file that `taglib-wasi report` writes', () => {
  const songs = { 'music/song.mp3': 'id3v24.mp3', 'music/b/song.flac': 'vorbis-comment.flac' };
  const REPORT = ['report', 'music', '-o', 'report.html'];

  test('is a page, or JSON with --json, and replaces an earlier report', async (t) => {
    const folder = await library(t, songs);
    const file = path.join(folder, 'report.html');
    assert.equal((await run(folder, REPORT)).code, 0);
    const page = await readFile(file, 'utf8');
    assert.ok(page.startsWith('<!doctype html>') && page.includes(MARK));
    assert.equal((await run(folder, [...REPORT, '--json'])).code, 0);
    assert.equal(JSON.parse(await readFile(file, 'utf8')).totals.files, 2);
    assert.equal((await run(folder, REPORT)).code, 0);
    assert.ok((await readFile(file, 'utf8')).includes(MARK));
    assert.deepEqual((await readdir(folder)).sort(), ['music', 'report.html']);
  });

  test('is printed without -o', async (t) => {
    const folder = await library(t, songs);
    const { code, stdout } = await run(folder, ['report', 'music']);
    assert.equal(code, 0);
    assert.match(stdout, /^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test('has each cover once, and the smallest ones if there are too many bytes', async (t) => {
    const folder = await tagged(t, {
      'music/a/1.flac': ['plain.flac', { album: 'A' }],
      'music/b/1.flac': ['plain.flac', { album: 'B' }],
      'music/c/1.flac': ['plain.flac', { album: 'C' }],
      'music/d/1.flac': ['plain.flac', { album: 'D' }],
    });
    const jpeg = (size) => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(size)]);
    const covers = { a: jpeg(100), b: jpeg(100), c: jpeg(999_950), d: Buffer.from('no image') };
    for (const [name, data] of Object.entries(covers)) {
      const cover = { type: 'FrontCover', mimeType: 'image/jpeg', data };
      await taglib.applyPicturesToFile(path.join(folder, 'music', name, '1.flac'), [cover]);
    }
    const images = async (...args) => {
      const { stdout } = await run(folder, ['report', 'music', ...args]);
      return [...stdout.matchAll(/id="cover-\d+">data:image\/jpeg;base64,([^<]*)</g)].map(
        ([, text]) => Buffer.from(text, 'base64'),
      );
    };
    assert.deepEqual(await images(), [covers.a, covers.c]);
    assert.deepEqual(await images('--cover-megabytes', '1'), [covers.a]);
    assert.deepEqual(await images('--cover-megabytes', '0'), []);
    const { code, stderr } = await run(folder, ['report', 'music', '--cover-megabytes', '-1']);
    assert.equal(code, 2);
    assert.match(stderr, /It must be a positive integer/);
  });

  test('does not replace a song or any other file, unless it is forced', async (t) => {
    const folder = await library(t, songs);
    await writeFile(path.join(folder, 'notes.html'), '<p>My notes');
    await taglib.writeTags(path.join(folder, 'music/song.mp3'), { title: EARLIER });
    for (const name of ['music/song.mp3', 'notes.html']) {
      const before = await readFile(path.join(folder, name));
      const { code, stderr } = await run(folder, ['report', 'music', '-o', name]);
      assert.equal(code, 1);
      assert.match(stderr, /exists and is not a report of taglib-wasi; name another file, or/);
      assert.deepEqual(await readFile(path.join(folder, name)), before);
    }
    const forced = await run(folder, ['report', 'music', '-o', 'notes.html', '--force']);
    assert.equal(forced.code, 0);
    assert.ok((await readFile(path.join(folder, 'notes.html'), 'utf8')).includes(MARK));
  });

  test('can’t be a directory, a pipe, or in a folder that is not there', async (t) => {
    const folder = await library(t, songs);
    await promisify(execFile)('mkfifo', [path.join(folder, 'pipe')]);
    for (const [name, reason] of [
      ['music', /music is not a regular file/],
      ['pipe', /pipe is not a regular file/],
      ['none/report.html', /can't write the report: ENOENT/],
    ]) {
      const { code, stderr } = await run(folder, ['report', 'music', '-o', name, '--force']);
      assert.equal(code, 1);
      assert.match(stderr, reason);
    }
    assert.deepEqual((await readdir(folder)).sort(), ['music', 'pipe']);
  });

  test('is where a symbolic link leads to, and the link stays', async (t) => {
    const folder = await library(t, songs);
    await writeFile(path.join(folder, 'real.html'), EARLIER);
    await symlink('real.html', path.join(folder, 'report.html'));
    assert.equal((await run(folder, REPORT)).code, 0);
    assert.match(await readFile(path.join(folder, 'real.html'), 'utf8'), /^<!doctype html>/);
    assert.deepEqual((await readdir(folder)).sort(), ['music', 'real.html', 'report.html']);
  });

  test('stays as it was if the new one can’t be written', async (t) => {
    const folder = await library(t, songs);
    const old = path.join(folder, 'report.html');
    await writeFile(old, EARLIER);
    // Stands for a full disk: the first part is written, the second is not.
    const hook = path.join(folder, 'hook.cjs');
    await writeFile(
      hook,
      `const fs = require('node:fs/promises');
      const { open } = fs;
      fs.open = async (file, flags) => {
        const handle = await open(file, flags);
        const { writeFile } = handle;
        let parts = 0;
        handle.writeFile = (part) => {
          parts += 1;
          if (parts === 1) return writeFile.call(handle, part);
          const error = new Error('ENOSPC: no space left on device, write');
          return Promise.reject(Object.assign(error, { code: 'ENOSPC' }));
        };
        return handle;
      };`,
    );
    const failed = promisify(execFile)(process.execPath, ['--require', hook, BIN, ...REPORT], {
      cwd: folder,
    });
    await assert.rejects(failed, /can't write the report: ENOSPC/);
    assert.equal(await readFile(old, 'utf8'), EARLIER);
    assert.deepEqual((await readdir(folder)).sort(), ['hook.cjs', 'music', 'report.html']);
  });

  test('stays as it was at Ctrl-C', async (t) => {
    const folder = await library(t, songs);
    for (let count = 0; count < 3000; count += 1) {
      await link(path.join(folder, 'music/b/song.flac'), path.join(folder, `music/${count}.flac`));
    }
    const old = path.join(folder, 'report.html');
    await writeFile(old, EARLIER);
    const script = path.join(ROOT, '__test__', 'support', 'terminal.py');
    const command = [process.execPath, BIN, 'report', path.join(folder, 'music'), '-o', old];
    const args = [script, '/dev/null', ' | 1', ...command];
    const { code, shown } = JSON.parse((await promisify(execFile)('python3', args)).stdout);
    assert.equal(code, 130);
    assert.match(shown, /Interrupted: /);
    assert.equal(await readFile(old, 'utf8'), EARLIER);
    assert.deepEqual((await readdir(folder)).sort(), ['music', 'report.html']);
  });

  test('is not begun for a directory that is not there', async (t) => {
    const folder = await scratch(t);
    const { code, stderr } = await run(folder, REPORT);
    assert.equal(code, 1);
    assert.match(stderr, /Can't open music: ENOENT: no such directory/);
    assert.deepEqual(await readdir(folder), []);
  });
});
