/** The folder API: `scanFolder`, `updateFolderTags`, `findDuplicates`, `exportFolderMetadata`. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import taglib, { FileOperationError, readTags } from '../index.js';
import { node } from '../tools/runtimes.mjs';
import { fixtureNames, scratch } from './support/files.mjs';
import { library } from './support/library.mjs';
import { readByOthers } from './support/other-readings.mjs';

const run = promisify(execFile);
const CHILD = fileURLToPath(new URL('support/taglib-wasm-folder-child.mjs', import.meta.url));
const SAVER = fileURLToPath(new URL('support/folder-saver.mjs', import.meta.url));

after(taglib.shutdown);

/** A library of three directories, in the order in which a scan gives its files. */
const ALBUMS = {
  'a.mp3': 'id3v24.mp3',
  'b/1.FLAC': 'vorbis-comment.flac',
  'b/10.ogg': 'vorbis.ogg',
  'b/2/c.m4a': 'aac.m4a',
  'c.mp3': 'id3v23.mp3',
};

const pathsOf = (folder, { items }) => items.map((item) => path.relative(folder, item.path));

describe('scanFolder', () => {
  const runtime = node(24);

  test('gives what taglib-wasm’s gives, and what its tags leave out', {
    skip: !runtime && 'no Node 24 is packaged for this platform',
  }, async (t) => {
    const folder = await library(t, fixtureNames());
    const { stdout } = await run(runtime, [CHILD, folder], { maxBuffer: 1 << 26 });
    const theirs = JSON.parse(stdout);
    const { items } = await taglib.scanFolder(folder);
    assert.deepEqual(items.map((item) => item.path).sort(), Object.keys(theirs.items).sort());
    for (const { path: file, tags, ...item } of items) {
      const { tags: theirTags, ...theirItem } = theirs.items[file];
      // Always false there.
      const { compilation: _, ...fields } = theirTags;
      const known = { ...fields, ...readByOthers(path.basename(file)) };
      assert.deepEqual({ ...plain(tags), ...known }, plain(tags), file);
      assert.deepEqual(plain(item), theirItem, file);
    }
  });

  /** Without what is undefined. */
  function plain(value) {
    return JSON.parse(
      JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner)),
    );
  }

  test('walks directories in the order of their names', async (t) => {
    const folder = await library(t, ALBUMS);
    const scanned = await taglib.scanFolder(folder);
    assert.deepEqual(pathsOf(folder, scanned), Object.keys(ALBUMS));
    assert.ok(Number.isInteger(scanned.duration));
  });

  test('reads the first files in that order if there is a maximum', async (t) => {
    const folder = await library(t, ALBUMS);
    for (const maxFiles of [0, 1, 3, 100, Number.POSITIVE_INFINITY]) {
      const paths = pathsOf(folder, await taglib.scanFolder(folder, { maxFiles }));
      assert.deepEqual(paths, Object.keys(ALBUMS).slice(0, maxFiles));
    }
  });

  test('takes extensions in any case, with or without a dot', async (t) => {
    const folder = await library(t, ALBUMS);
    for (const extensions of [['.MP3'], ['mp3'], ['.mp3', 'Mp3']]) {
      const paths = pathsOf(folder, await taglib.scanFolder(folder, { extensions }));
      assert.deepEqual(paths, ['a.mp3', 'c.mp3']);
    }
  });

  test('looks for the extensions of taglib-wasm’s list unless told others', async (t) => {
    const list = new URL(
      '../node_modules/taglib-wasm/dist/src/folder-api/types.js',
      import.meta.url,
    );
    const { DEFAULT_AUDIO_EXTENSIONS } = await import(list);
    assert.ok(DEFAULT_AUDIO_EXTENSIONS.length > 10);
    const folder = await library(t, {});
    for (const extension of [...DEFAULT_AUDIO_EXTENSIONS, '.aiff', '.txt']) {
      await writeFile(path.join(folder, `a${extension}`), '');
    }
    const { items } = await taglib.scanFolder(folder);
    assert.deepEqual(
      items.map((item) => path.extname(item.path)),
      [...DEFAULT_AUDIO_EXTENSIONS].sort(),
    );
  });

  test('stays in the directory itself if told so', async (t) => {
    const folder = await library(t, ALBUMS);
    const paths = pathsOf(folder, await taglib.scanFolder(folder, { recursive: false }));
    assert.deepEqual(paths, ['a.mp3', 'c.mp3']);
  });

  test('leaves out audio properties if told so', async (t) => {
    const folder = await library(t, ['id3v24.mp3']);
    const [without] = (await taglib.scanFolder(folder, { includeProperties: false })).items;
    assert.deepEqual([without.status, without.properties], ['ok', undefined]);
    assert.equal((await taglib.scanFolder(folder)).items[0].properties.sampleRate, 44_100);
  });

  test('follows links only if told so, to each directory once', async (t) => {
    const folder = await library(t, { 'a/song.mp3': 'id3v24.mp3' });
    await symlink('a', path.join(folder, 'z'));
    await symlink('..', path.join(folder, 'a', 'up'));
    for (const follow of [false, true]) {
      assert.deepEqual(pathsOf(folder, await taglib.scanFolder(folder, { follow })), [
        'a/song.mp3',
      ]);
    }
  });

  test('makes an item of a file that can’t be read, or rejects if told so', async (t) => {
    const folder = await library(t, ALBUMS);
    await writeFile(path.join(folder, 'b', '3.flac'), 'junk');
    const { items } = await taglib.scanFolder(folder);
    const [failed, ...others] = items.filter(({ status }) => status === 'error');
    assert.deepEqual([path.relative(folder, failed.path), others], ['b/3.flac', []]);
    assert.equal(failed.error.code, 'INVALID_FORMAT');
    assert.equal(items.length, Object.keys(ALBUMS).length + 1);
    await assert.rejects(taglib.scanFolder(folder, { continueOnError: false }), {
      code: 'INVALID_FORMAT',
    });
  });

  test('reports its progress file by file', async (t) => {
    const folder = await library(t, ALBUMS);
    const reports = [];
    await taglib.scanFolder(folder, { onProgress: (...report) => reports.push(report) });
    const total = Object.keys(ALBUMS).length;
    assert.deepEqual(
      reports.map(([processed, of]) => [processed, of]),
      reports.map((_, index) => [index + 1, total]),
    );
    const names = reports.map(([, , file]) => path.relative(folder, file));
    assert.deepEqual(names.sort(), Object.keys(ALBUMS).sort());
  });

  test('is aborted by its signal, before and while it runs', async (t) => {
    const folder = await library(t, ALBUMS);
    await assert.rejects(taglib.scanFolder(folder, { signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await assert.rejects(taglib.scanFolder(folder, { signal: controller.signal, onProgress }), {
      name: 'AbortError',
    });
  });

  test('rejects if the directory itself can’t be listed', async (t) => {
    const folder = await library(t, ['id3v24.mp3']);
    const errno = (name) =>
      taglib.scanFolder(path.join(folder, name)).catch(({ details }) => details.errno);
    assert.equal(await errno('missing'), 'ENOENT');
    assert.equal(await errno('id3v24.mp3'), 'ENOTDIR');
    assert.equal(await errno('../elsewhere'), 'ENOTCAPABLE');
  });

  test('refuses unknown options and values', async (t) => {
    const folder = await library(t, []);
    for (const options of [{ recursiv: true }, { maxFiles: -1 }, { extensions: 'mp3' }]) {
      await assert.rejects(taglib.scanFolder(folder, options), { code: /^ERR_/ });
    }
  });
});

describe('updateFolderTags', () => {
  test('saves every update, in the order of the updates of each file', async (t) => {
    const folder = await library(t, ALBUMS);
    const files = Object.keys(ALBUMS).map((name) => path.join(folder, name));
    const updates = [1, 2, 3].flatMap((round) =>
      files.flatMap((file) => [
        { path: file, tags: { title: `title ${round}` } },
        // The same file by another spelling.
        { path: `${path.dirname(file)}/./${path.basename(file)}`, tags: { [`x${round}`]: 'y' } },
      ]),
    );
    const { items } = await taglib.updateFolderTags(updates);
    assert.deepEqual(
      items,
      updates.map((update) => ({ status: 'ok', path: update.path })),
    );
    for (const file of files) {
      const tags = await readTags(file);
      assert.deepEqual(tags.title, ['title 3'], file);
    }
  });

  test('gives a failed update as an item in its place, or rejects if told so', async (t) => {
    const folder = await library(t, ALBUMS);
    const [first, last] = ['a.mp3', 'c.mp3'].map((name) => path.join(folder, name));
    const updates = [
      { path: first, tags: { title: 'x' } },
      { path: path.join(folder, 'missing.mp3'), tags: { title: 'x' } },
      { path: last, tags: { title: 'x' } },
    ];
    const { items } = await taglib.updateFolderTags(updates);
    assert.deepEqual(
      items.map(({ status }) => status),
      ['ok', 'error', 'ok'],
    );
    assert.equal(items[1].error.details.errno, 'ENOENT');
    await assert.rejects(
      taglib.updateFolderTags(updates, { continueOnError: false }),
      FileOperationError,
    );
  });

  test('in a read-only preopen changes nothing', async (t) => {
    const folder = await library(t, ['id3v24.mp3']);
    await taglib.initialize([{ path: folder, readOnly: true }]);
    const song = path.join(folder, 'id3v24.mp3');
    const before = await readFile(song);
    const { items } = await taglib.updateFolderTags([{ path: song, tags: { title: 'x' } }]);
    assert.equal(items[0].error.details.errno, 'EROFS');
    assert.deepEqual(await readFile(song), before);
  });

  test('refuses what are not updates', async (t) => {
    await library(t, []);
    for (const updates of ['x', [{}], [{ path: 7, tags: {} }]]) {
      await assert.rejects(taglib.updateFolderTags(updates), { code: 'ERR_INVALID_ARG_TYPE' });
    }
  });
});

describe('findDuplicates', () => {
  test('groups files by artist and title, or by the fields that it is given', async (t) => {
    const folder = await library(t, ALBUMS);
    await taglib.updateFolderTags([
      { path: path.join(folder, 'a.mp3'), tags: { artist: ['A', 'B'], title: 'T', album: 'X' } },
      { path: path.join(folder, 'b/10.ogg'), tags: { artist: 'A, B', title: 'T', album: 'Y' } },
      { path: path.join(folder, 'b/1.FLAC'), tags: { artist: '', title: '', album: 'Y' } },
    ]);
    const named = (groups) =>
      groups.map(({ criteria, files }) => [criteria, pathsOf(folder, { items: files })]);
    const groups = named(await taglib.findDuplicates(folder));
    assert.deepEqual(groups[0], [{ artist: 'A, B', title: 'T' }, ['a.mp3', 'b/10.ogg']]);
    const byAlbum = named(await taglib.findDuplicates(folder, { criteria: ['album'] }));
    assert.deepEqual(byAlbum[0], [{ album: 'Y' }, ['b/1.FLAC', 'b/10.ogg']]);
  });
});

describe('exportFolderMetadata', () => {
  test('writes what a scan gives, errors with their messages', async (t) => {
    const folder = await library(t, { 'broadcast.wav': 'broadcast.wav' });
    await writeFile(path.join(folder, 'bad.flac'), 'junk');
    const output = path.join(folder, 'export.json');
    await taglib.exportFolderMetadata(folder, output);
    const text = await readFile(output, 'utf8');
    const { summary, files, errors, folder: name } = JSON.parse(text);
    assert.equal(text, JSON.stringify(JSON.parse(text), null, 2));
    assert.deepEqual(
      [summary.totalFiles, summary.processedFiles, summary.errors, name],
      [2, 1, 1, folder],
    );
    const { bext, bextData, title } = files[0].tags;
    const tags = await readTags(files[0].path);
    assert.deepEqual(title, tags.title);
    assert.equal(bext.timeReferenceSamples, Number(tags.bext.timeReferenceSamples));
    assert.deepEqual(new Uint8Array(Buffer.from(bextData, 'base64')), tags.bextData);
    assert.match(errors[0].error.message, /Not a readable audio file/);
    assert.equal(errors[0].error.code, 'INVALID_FORMAT');
  });

  test('writes a directory without audio files as empty lists', async (t) => {
    const folder = await library(t, {});
    const output = path.join(folder, 'export.json');
    await taglib.exportFolderMetadata(folder, output);
    const { files, errors } = JSON.parse(await readFile(output, 'utf8'));
    assert.deepEqual({ files, errors }, { files: [], errors: [] });
  });

  test('replaces a file, or keeps it if told so', async (t) => {
    const folder = await library(t, ['id3v24.mp3']);
    const output = path.join(folder, 'export.json');
    await writeFile(output, 'old');
    await assert.rejects(taglib.exportFolderMetadata(folder, output, { overwrite: false }), {
      code: 'FILE_OPERATION',
      path: output,
      message: /EEXIST/,
    });
    assert.equal(await readFile(output, 'utf8'), 'old');
    await taglib.exportFolderMetadata(folder, output);
    assert.equal(JSON.parse(await readFile(output, 'utf8')).summary.totalFiles, 1);
    assert.deepEqual((await readdir(folder)).sort(), ['export.json', 'id3v24.mp3']);
  });
});

describe('on a full disk', () => {
  const mount = 'mount -t tmpfs -o size=2m taglib-wasi "$0" && exec "$@"';
  const onTmpfs = (folder, ...command) => ['-rm', 'sh', '-c', mount, folder, ...command];
  const works = spawnSync('unshare', onTmpfs('/mnt', 'true')).status === 0;

  test('every function that writes rejects with ENOSPC, and every file is the old one', {
    skip: !works && 'mounting a file system is not permitted',
  }, async (t) => {
    const folder = await scratch(t);
    await mkdir(folder, { recursive: true });
    const { stdout } = await run('unshare', onTmpfs(folder, process.execPath, SAVER, folder));
    for (const [name, outcome] of Object.entries(JSON.parse(stdout))) {
      assert.deepEqual(outcome, { errno: 'ENOSPC', changed: [] }, name);
    }
  });
});
