/** The operations of the addon that the Full API is built on, one by one. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { copies, fixture } from './support/files.mjs';

const require = createRequire(import.meta.url);
const { unwrap, unwrapSync } = require('../lib/core/answers.js');
const { native: addon } = require('../lib/core/native.js');

const binding = addon();
/** The functions of the addon, of which those that give a ticket give a promise of the outcome. */
const native = new Proxy(binding, {
  get: (_, name) =>
    QUEUED.has(name) ? (...args) => outcomeOf(binding[name](...args)) : binding[name],
});
const QUEUED = new Set('apply,openSession,read,readContent,save,saveAs,writeContent'.split(','));
/** What waits for an outcome, by ticket. */
const waiting = new Map();

function outcomeOf(ticket) {
  return new Promise((resolve) => waiting.set(ticket, resolve));
}

function deliver() {
  const next = binding.deliverCompletions((ticket, outcome, buffers) => {
    const isText = typeof outcome === 'string';
    waiting.get(ticket)(isText ? { json: outcome, buffers: buffers ?? undefined } : outcome);
  });
  if (next !== 'called') setImmediate(deliver);
}

const windows = process.platform === 'win32' && 'Windows has no such pipes';
const LIMITS = { deadlineMs: 5000, memoryLimit: 2 ** 28, maxAnswerBytes: 2 ** 26 };
const OPTIONS = { breakHardLinks: false, preserveModified: false, inPlace: false };
const TITLE = { fields: [{ name: 'title', values: ['New'] }] };

/** A session with the folders as `/name`; a name that ends in `!` is read-only. */
async function session(folders) {
  const preopens = Object.entries(folders).map(([name, hostPath]) => ({
    guestPath: `/${name.replace('!', '')}`,
    hostPath,
    readOnly: name.endsWith('!'),
  }));
  const { value } = await native.openSession(preopens, LIMITS);
  return value;
}

async function read(opened, file, query, pictures = true) {
  return unwrap(await native.read(opened, file, query, pictures, false), null);
}

before(() => binding.startCalls(deliver));

describe('a model', () => {
  let opened;
  before(async () => {
    opened = await session({ 'music!': path.dirname(fixture('id3v24.mp3')) });
  });

  test('has what the other queries give, and the property map', async () => {
    const file = '/music/id3v24.mp3';
    const model = await read(opened, file, 'model');
    assert.deepEqual(model.tags, await read(opened, file, 'tags'));
    assert.deepEqual(model.properties, await read(opened, file, 'properties'));
    assert.equal(model.format, 'MP3');
    assert.equal(model.hasPictures, true);
    assert.deepEqual(model.propertyMap.ARTIST, ['First Artist', 'Second Artist']);
    assert.deepEqual(model.propertyMap.TRACKNUMBER, ['3/12']);
    assert.equal(model.propertyMap.TRACKTOTAL, undefined);
    assert.equal(model.frames, undefined);
    assert.equal(model.mp4Items, undefined);
  });

  test('without pictures still tells that there are some', async () => {
    const model = await read(opened, '/music/vorbis-comment.flac', 'model', false);
    assert.equal(model.tags.pictures, undefined);
    assert.equal(model.hasPictures, true);
    assert.equal(model.id3Tags, undefined);
  });

  test('has the raw frames if they are asked for, pictures among them', async () => {
    const { frames, tags } = await read(opened, '/music/id3v24.mp3', 'modelWithFrames', false);
    assert.equal(tags.pictures, undefined);
    const ids = frames.map(({ id }) => id);
    assert.ok(ids.includes('TIT2') && ids.includes('POPM'), ids);
    assert.equal(ids.filter((id) => id === 'APIC').length, 2);
    const track = frames.find(({ id }) => id === 'TRCK');
    assert.equal(Buffer.from(track.data).toString('latin1').replaceAll('\0', ''), '\x033/12');
  });

  test('has the same content from bytes', async () => {
    for (const name of ['id3v24.mp3', 'aac.m4a', 'vorbis-comment.flac', 'opus.opus']) {
      const byBytes = await read(opened, readFileSync(fixture(name)), 'modelWithFrames');
      assert.deepEqual(byBytes, await read(opened, `/music/${name}`, 'modelWithFrames'), name);
    }
  });

  test('has the items of MP4 as they are stored', async () => {
    const { mp4Items } = await read(opened, '/music/aac.m4a', 'model');
    assert.deepEqual(mp4Items['©nam'], ['Grüße, 世界 🎵']);
    assert.deepEqual(mp4Items.trkn, ['3/12']);
    assert.deepEqual(mp4Items.disk, ['1/2']);
    assert.deepEqual(mp4Items.tmpo, ['128']);
    assert.deepEqual(mp4Items.cpil, ['1']);
    assert.equal(mp4Items.covr, undefined);
  });

  test('has the bodies of ID3v2.2 frames without the rest of a header', async () => {
    const frames = await read(opened, '/music/id3v22.mp3', 'frames');
    const title = frames.find(({ id }) => id === 'TIT2');
    assert.equal(Buffer.from(title.data).toString('latin1'), '\0Two Two');
    assert.equal(await read(opened, '/music/aac.m4a', 'frames'), undefined);
  });
});

describe('a combined edit', () => {
  /** Saves `edit` to a copy of a fixture, and gives its model before and after. */
  async function saved(t, name, edit, change = (bytes) => bytes) {
    const folder = await copies(t, {});
    const opened = await session({ music: folder });
    await fs.writeFile(path.join(folder, name), change(readFileSync(fixture(name))));
    const file = `/music/${name}`;
    const model = () => read(opened, file, 'modelWithFrames');
    const before = await model();
    assert.deepEqual(await native.save(opened, file, edit, OPTIONS), { value: undefined });
    return { before, after: await model(), bytes: await fs.readFile(path.join(folder, name)) };
  }

  test('strips ID3 tags from FLAC, one or both, and nothing else', async (t) => {
    const withTags = (flac) => {
      const mp3 = readFileSync(fixture('id3v24.mp3'));
      const [a, b, c, d] = mp3.subarray(6, 10);
      const id3v2 = mp3.subarray(0, 10 + ((a << 21) | (b << 14) | (c << 7) | d));
      const id3v1 = Buffer.concat([Buffer.from('TAGtitle'), Buffer.alloc(120)]);
      return Buffer.concat([id3v2, flac, id3v1]);
    };
    for (const stripId3 of [
      { v1: true, v2: true },
      { v1: true, v2: false },
      { v1: false, v2: true },
    ]) {
      const { before, after, bytes } = await saved(
        ...[t, 'vorbis-comment.flac', { stripId3 }, withTags],
      );
      assert.deepEqual(before.id3Tags, { v1: true, v2: true });
      const left = { v1: !stripId3.v1, v2: !stripId3.v2 };
      assert.deepEqual(after.id3Tags, left.v1 || left.v2 ? left : undefined);
      assert.deepEqual({ ...after, id3Tags: undefined }, { ...before, id3Tags: undefined });
      assert.equal(bytes.toString('latin1', 0, 3), stripId3.v2 ? 'fLa' : 'ID3');
      assert.equal(bytes.toString('latin1').at(-128) === 'T', !stripId3.v1);
    }
  });

  test('sets, replaces and removes raw ID3v2 frames', async (t) => {
    const id3V2Frames = [
      { id: 'RGAD', bodies: [Buffer.from('12345678'), Buffer.from('second')] },
      { id: 'TCOM', bodies: [Buffer.from('\x03New composer')] },
      { id: 'UFID', bodies: [] },
    ];
    for (const name of ['id3v24.mp3', 'id3v23.mp3', 'plain.mp3']) {
      const { before, after } = await saved(t, name, { id3V2Frames });
      const changed = ['RGAD', 'TCOM', 'UFID'];
      const bodies = (id) =>
        after.frames
          .filter((frame) => frame.id === id)
          .map(({ data }) => Buffer.from(data).toString('latin1'));
      assert.deepEqual(bodies('RGAD'), ['12345678', 'second'], name);
      assert.match(bodies('TCOM').join(), /N\0?e\0?w\0? \0?c/, name);
      assert.deepEqual(bodies('UFID'), [], name);
      const others = ({ frames }) => frames.filter(({ id }) => !changed.includes(id));
      assert.deepEqual(others(after), others(before), name);
    }
  });

  test('refuses raw frames that would not arrive', async (t) => {
    const folder = await copies(t, ['id3v24.mp3', 'id3.wav']);
    const opened = await session({ music: folder });
    const save = (name, id, body) =>
      native.save(opened, `/music/${name}`, { id3V2Frames: [{ id, bodies: [body] }] }, OPTIONS);
    assert.equal((await save('id3.wav', 'RGAD', Buffer.from('x'))).failure.errno, 'ENOTSUP');
    assert.equal((await save('id3v24.mp3', 'bad!', Buffer.from('x'))).failure.errno, 'ENOTSUP');
    assert.equal((await save('id3v24.mp3', 'RGAD', Buffer.alloc(0))).failure.errno, 'ENOTSUP');
    const bytes = await fs.readFile(path.join(folder, 'id3v24.mp3'));
    assert.deepEqual(bytes, readFileSync(fixture('id3v24.mp3')));
  });

  test('writes the chapters of MP4 in the style that is asked for', async (t) => {
    const chapters = [
      { startTimeMs: 0, title: 'One' },
      { startTimeMs: 50, title: 'Two' },
    ];
    for (const mp4ChapterStyle of [undefined, 'quicktime', 'nero', 'both']) {
      const { after, bytes } = await saved(t, 'chapters.m4a', { chapters, mp4ChapterStyle });
      assert.deepEqual(
        after.tags.chapters.map(({ title }) => title),
        ['One', 'Two'],
      );
      const style = mp4ChapterStyle ?? 'quicktime';
      assert.equal(bytes.includes('chpl'), style !== 'quicktime', style);
      assert.equal(bytes.includes('tref'), style !== 'nero', style);
    }
  });

  test('changes everything at once', async (t) => {
    const { after } = await saved(t, 'id3v24.mp3', {
      fields: [
        { name: 'title', values: ['New'] },
        { name: 'TRACKNUMBER', values: ['7/21'] },
        { name: 'composer', values: [] },
      ],
      pictures: { mode: 'replaceAll', pictures: [] },
      ratings: [{ rating: 1 }],
      lyrics: [{ text: 'la', language: 'deu' }],
      chapters: [{ startTimeMs: 0, endTimeMs: 10, title: 'A', id: 'c1' }],
      id3V2Frames: [{ id: 'NCON', bodies: [Buffer.from('x')] }],
    });
    assert.deepEqual(after.propertyMap.TITLE, ['New']);
    assert.deepEqual(after.propertyMap.TRACKNUMBER, ['7/21']);
    assert.equal(after.propertyMap.COMPOSER, undefined);
    assert.equal(after.hasPictures, false);
    assert.deepEqual(
      after.tags.ratings.map(({ rating }) => rating),
      [1],
    );
    assert.equal(after.tags.lyrics[0].text, 'la');
    assert.equal(after.tags.chapters[0].title, 'A');
    assert.ok(after.frames.some(({ id }) => id === 'NCON'));
  });

  test('names the property of an MP4 item, if that is where it is written', () => {
    assert.equal(native.mp4PropertyOf('©nam'), 'TITLE');
    assert.equal(native.mp4PropertyOf('----:com.apple.iTunes:MOOD'), 'MOOD');
    assert.equal(native.mp4PropertyOf('----:com.apple.iTunes:TITLE'), null);
    assert.equal(native.mp4PropertyOf('covr'), null);
  });
});

describe('a call that blocks', () => {
  test('reads and applies as the one that does not', async (t) => {
    const folder = await copies(t, ['id3v24.mp3']);
    const opened = await session({ music: folder });
    const file = '/music/id3v24.mp3';
    const model = unwrapSync(native.readSync(opened, file, 'modelWithFrames', true));
    assert.deepEqual(model, await read(opened, file, 'modelWithFrames'));
    const applied = unwrapSync(native.applySync(opened, file, TITLE));
    assert.deepEqual(applied, unwrap(await native.apply(opened, file, TITLE), null));
    const content = unwrapSync(native.readContentSync(opened, file));
    assert.ok(readFileSync(fixture('id3v24.mp3')).equals(content));
    const { failure } = native.readSync(opened, '/music/missing.mp3', 'tags', true);
    assert.equal(failure.errno, 'ENOENT');
  });

  test('gives a large answer at once', async (t) => {
    const folder = await copies(t, {});
    const large = Buffer.alloc(9_000_000, 'large');
    await fs.writeFile(path.join(folder, 'large'), large);
    const opened = await session({ music: folder });
    assert.ok(large.equals(unwrapSync(native.readContentSync(opened, '/music/large'))));
  });

  test('saves, and tells why it does not', async (t) => {
    const folder = await copies(t, ['id3v24.mp3']);
    const opened = await session({ music: folder });
    assert.deepEqual(native.saveSync(opened, '/music/id3v24.mp3', TITLE, OPTIONS), {
      value: undefined,
    });
    const { tags } = unwrapSync(native.readSync(opened, '/music/id3v24.mp3', 'model', false));
    assert.deepEqual(tags.title, ['New']);
    const readOnly = await session({ 'music!': folder });
    const { failure } = native.saveSync(readOnly, '/music/id3v24.mp3', TITLE, OPTIONS);
    assert.equal(failure.errno, 'EROFS');
  });
});

describe('a call that blocks ends', () => {
  test('while others hold all threads of libuv', { skip: windows }, async (t) => {
    const folder = await copies(t, ['id3v24.mp3']);
    const opened = await session({ music: folder });
    const pipes = Array.from({ length: Number(process.env.UV_THREADPOOL_SIZE ?? 4) }, (_, index) =>
      path.join(folder, `pipe${index}`),
    );
    execFileSync('mkfifo', pipes);
    // Each waits for somebody who writes.
    const opening = pipes.map((pipe) => fs.open(pipe));
    const { value, failure } = native.saveSync(opened, '/music/id3v24.mp3', TITLE, OPTIONS);
    const writers = pipes.map((pipe) => openSync(pipe, 'r+'));
    for (const handle of await Promise.all(opening)) await handle.close();
    writers.forEach(closeSync);
    assert.deepEqual({ value, failure }, { value: undefined, failure: undefined });
  });

  test('while another save of the same file is under way', async (t) => {
    const folder = await copies(t, ['id3v24.mp3']);
    const opened = await session({ music: folder });
    const album = { fields: [{ name: 'album', values: ['New'] }] };
    const other = native.save(opened, '/music/id3v24.mp3', album, OPTIONS);
    assert.equal(native.saveSync(opened, '/music/id3v24.mp3', TITLE, OPTIONS).failure, undefined);
    assert.equal((await other).failure, undefined);
    const tags = await read(opened, '/music/id3v24.mp3', 'tags');
    assert.deepEqual([tags.title, tags.album], [['New'], ['New']]);
  });

  test('at the bottom of a deep recursion, on the small stack of a worker', async () => {
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
      const native = require(workerData.binding);
      const opened = (_ticket, { value: session }) => {
        const descend = () => {
          try {
            return descend();
          } catch {
            // Too deep for a call, until enough frames are gone.
            return native.readSync(session, workerData.file, 'tags', false);
          }
        };
        const { json, failure } = descend();
        parentPort.postMessage({ json, failure });
      };
      native.startCalls(() => native.deliverCompletions(opened));
      native.openSession([], workerData.limits);`,
      {
        eval: true,
        workerData: {
          binding: require.resolve('../native/binding.js'),
          limits: LIMITS,
          file: readFileSync(fixture('id3v24.mp3')),
        },
      },
    );
    const [{ json, failure }] = await once(worker, 'message');
    await worker.terminate();
    assert.equal(failure, undefined);
    assert.match(json, /First Artist/);
  });
});

describe('saving at another place', () => {
  test('writes the changed file there and leaves the source', async (t) => {
    const folder = await copies(t, ['id3v24.mp3']);
    const other = await copies(t, {});
    const opened = await session({ 'music!': folder, other });
    const save = (overwrite) =>
      native.saveAs(opened, '/music/id3v24.mp3', '/other/b.mp3', TITLE, OPTIONS, overwrite);
    assert.deepEqual(await save(false), { value: undefined });
    const { title } = await read(opened, '/other/b.mp3', 'tags');
    assert.deepEqual(title, ['New']);
    assert.equal((await save(false)).failure.errno, 'EEXIST');
    assert.deepEqual(await save(true), { value: undefined });
    assert.deepEqual(
      await fs.readFile(path.join(folder, 'id3v24.mp3')),
      readFileSync(fixture('id3v24.mp3')),
    );
    assert.deepEqual(await fs.readdir(other), ['b.mp3']);
  });

  test('reports the path of the target if the target is the reason', async (t) => {
    const folder = await copies(t, ['id3v24.mp3']);
    const opened = await session({ 'music!': folder });
    const { failure } = await native.saveAs(
      ...[opened, '/music/id3v24.mp3', '/music/b.mp3', TITLE, OPTIONS, true],
    );
    assert.equal(failure.errno, 'EROFS');
    assert.equal(failure.path, '/music/b.mp3');
  });
});

describe('the content of a file', () => {
  test('is read and written through the preopens', async (t) => {
    const folder = await copies(t, {});
    const opened = await session({ music: folder });
    const write = (content, overwrite) =>
      native.writeContent(opened, '/music/cover.png', content, overwrite);
    assert.deepEqual(await write(Buffer.from('text'), false), { value: undefined });
    assert.equal((await write(Buffer.from('other'), false)).failure.errno, 'EEXIST');
    const bytes = new Uint8Array(3_000_000).fill(7);
    assert.deepEqual(await write(bytes, true), { value: undefined });
    const content = await unwrap(await native.readContent(opened, '/music/cover.png'), null);
    assert.ok(Buffer.from(bytes).equals(content));
    assert.deepEqual(await fs.readdir(folder), ['cover.png']);
    assert.equal((await native.readContent(opened, '/music')).failure.errno, 'EISDIR');
  });
});
