/** Random-access sources: custom ones, blobs and HTTP servers, compared with reads by path. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib from '../index.js';
import simple from '../simple.js';
import { hasMoto, s3Server } from '../tools/s3.mjs';
import { copies, corpus, FIXTURES, fixture, fixtureNames } from './support/files.mjs';
import { bytesOf, outcome, sourceOver, withMoreAudio } from './support/sources.mjs';

const PREOPENS = [FIXTURES, ...new Set(corpus().map((file) => path.dirname(file)))];

before(() => taglib.initialize(PREOPENS));
after(taglib.shutdown);

/** Expects an error about a file with the system's name of the error. */
const withErrno = (errno) => (error) =>
  error.name === 'FileOperationError' && error.details.errno === errno;

/** A FLAC with this much audio, which is noise after the first frame, and a cover at its start. */
async function largeFlac(t, size) {
  const folder = await copies(t, ['plain.flac']);
  await taglib.initialize([folder, FIXTURES]);
  const file = path.join(folder, 'plain.flac');
  await taglib.applyPicturesToFile(file, [
    { type: 'FrontCover', mimeType: 'image/png', data: new Uint8Array(300_000).fill(7) },
  ]);
  await truncate(file, size);
  return file;
}

/** Expects a read to give the same for a source and for its file, cut off at 40 places. */
async function assertSameWhenCut(t, names, read) {
  const folder = await copies(t, names);
  await taglib.initialize([folder, FIXTURES]);
  for (const name of names) {
    const file = path.join(folder, name);
    const whole = await readFile(file);
    for (let part = 0; part < 40; part += 1) {
      const cut = whole.subarray(0, Math.floor((whole.length * part) / 40));
      await writeFile(file, cut);
      assert.deepEqual(
        await outcome(() => read(sourceOver(cut, name))),
        await outcome(() => read(file)),
        `${name}, ${cut.length} bytes`,
      );
    }
  }
}

describe('a source gives the answers that its file gives by path:', () => {
  for (const pictures of [true, false]) {
    test(`every fixture and corpus file, pictures: ${pictures}`, async () => {
      const files = [...fixtureNames().map(fixture), ...corpus()];
      for (const file of files) {
        const source = sourceOver(await readFile(file), path.basename(file));
        assert.deepEqual(
          await outcome(() => taglib.readMetadata(source, { pictures })),
          await outcome(() => taglib.readMetadata(file, { pictures })),
          file,
        );
      }
    });
  }

  test('files that are cut off anywhere', async (t) => {
    const names = ['id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a', 'vorbis.ogg', 'id3.wav'];
    await assertSameWhenCut(t, names, taglib.readTags);
  });

  test('other read functions and batches', async () => {
    await taglib.initialize([FIXTURES]);
    const file = fixture('chapters.mp3');
    const source = sourceOver(await readFile(file), 'chapters.mp3');
    for (const name of [
      'readProperties',
      'readFormat',
      'isValidAudioFile',
      'readPictures',
      'readCoverArt',
      'readPictureMetadata',
      'readNative',
      'readSyncedLyrics',
    ]) {
      assert.deepEqual(await taglib[name](source), await taglib[name](file), name);
    }
    const { items } = await taglib.readTagsBatch([source, file]);
    assert.deepEqual(items[0].data, items[1].data);
    assert.equal(items[0].path, 'chapters.mp3');
  });

  test('a large file whose extension says nothing, and one of no known format', async (t) => {
    const file = await largeFlac(t, 3_000_000);
    const bytes = await readFile(file);
    for (const name of ['', 'stream', 'song.mp3', 'a.xyz']) {
      const source = sourceOver(bytes, name);
      const tags = await taglib.readTags(source, { pictures: false });
      assert.deepEqual(tags, await taglib.readTags(file, { pictures: false }), name);
      // TagLib searches a whole file for an MPEG frame if its name is that of an MP3.
      if (name === 'song.mp3') continue;
      assert.ok(bytesOf(source) < 400_000, `${bytesOf(source)} bytes for the name "${name}"`);
    }
    const junk = sourceOver(Buffer.alloc(3_000_000, 'junk'), 'junk');
    await assert.rejects(taglib.readTags(junk), { name: 'InvalidFormatError' });
    assert.ok(bytesOf(junk) < 400_000);
  });
});

test('a FLAC of 300 MB with a large cover takes at most 160 KiB and four requests', async (t) => {
  const file = await largeFlac(t, 300_000_000);
  const asked = [];
  const blob = await openAsBlob(file);
  const source = {
    name: 'song.flac',
    size: blob.size,
    read: async (offset, length) => {
      asked.push(length);
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    },
  };
  const expected = await taglib.readMetadata(file, { pictures: false });
  assert.deepEqual(await taglib.readMetadata(source, { pictures: false }), expected);
  assert.ok(bytesOf({ asked }) <= 160 << 10, `${bytesOf({ asked })} bytes`);
  assert.ok(asked.length <= 4, `${asked.length} requests`);
});

test('a large blob is not loaded whole', async (t) => {
  const file = await largeFlac(t, 50_000_000);
  const blob = await openAsBlob(file);
  blob.arrayBuffer = () => assert.fail('loaded whole');
  assert.deepEqual(await taglib.readTags(blob), await taglib.readTags(file));
});

describe('readAudioHash of a source', () => {
  const { readAudioHash } = taglib;

  test('is that of the file by path: every fixture and corpus file', async () => {
    await taglib.initialize(PREOPENS);
    for (const file of [...fixtureNames().map(fixture), ...corpus()]) {
      const source = sourceOver(await readFile(file), path.basename(file));
      assert.deepEqual(
        await outcome(() => readAudioHash(source)),
        await outcome(() => readAudioHash(file)),
        file,
      );
    }
  });

  test('is that of the file by path: files that are cut off anywhere', async (t) => {
    const names = ['id3v24.mp3', 'aac.m4a', 'vorbis.ogg', 'id3.wav', 'tagged.mka', 'tagged.wma'];
    await assertSameWhenCut(t, names, readAudioHash);
  });

  const AUDIO = 20_000_000;

  for (const name of ['plain.flac', 'plain.mp3', 'vorbis.ogg', 'aac.m4a', 'tagged.mka']) {
    test(`reads a large file once, in pieces: ${name}`, async (t) => {
      const folder = await copies(t, [name]);
      await taglib.initialize([folder, FIXTURES]);
      const file = path.join(folder, name);
      const bytes = withMoreAudio(await readFile(file), path.extname(name).slice(1), AUDIO);
      await writeFile(file, bytes);
      const source = sourceOver(bytes, name);
      const hash = await readAudioHash(source);
      assert.match(hash, /^[0-9a-f]{64}$/);
      assert.equal(hash, await readAudioHash(file));
      assert.ok(Math.max(...source.asked) <= 1 << 20);
      assert.ok(source.asked.length <= 30, `${source.asked.length} requests`);
      assert.ok(bytesOf(source) >= AUDIO, `${bytesOf(source)} bytes`);
      assert.ok(bytesOf(source) <= bytes.length + 100_000, `${bytesOf(source)} bytes`);
    });
  }

  test('is within the limits of its transfer, and ends when it is aborted', async (t) => {
    const bytes = await readFile(await largeFlac(t, 10_000_000));
    const limited = readAudioHash(sourceOver(bytes, 'a.flac'), { transfer: { maxBytes: 5e6 } });
    await assert.rejects(limited, { code: 'RESOURCE_LIMIT', limit: 'transfer' });
    const controller = new AbortController();
    const source = sourceOver(bytes, 'a.flac');
    const { read } = source;
    source.read = (offset, length) => {
      if (offset > 5e6) controller.abort();
      return read(offset, length);
    };
    const aborted = readAudioHash(source, { signal: controller.signal });
    await assert.rejects(aborted, { name: 'AbortError' });
    await assert.rejects(readAudioHash(source, { pictures: false }), TypeError);
  });
});

describe('TagLib.open of a source', () => {
  const { TagLib } = taglib;

  /** Everything that the getters return. */
  const answers = (file) => ({
    format: file.getFormat(),
    audio: file.audioProperties(),
    properties: file.properties(),
    pictures: file.getPictures(),
    chapters: file.getChapters(),
    ratings: file.getRatings(),
    lyrics: file.getLyrics(),
    id3: file.hasId3Tags(),
    bext: file.getBextData(),
    frames: file.isFormat('MP3') ? file.getId3v2Frames() : undefined,
  });

  test('gives the answers that its file gives by path', async () => {
    await taglib.initialize([FIXTURES]);
    for (const name of fixtureNames()) {
      const source = sourceOver(await readFile(fixture(name)), name);
      const [opened, expected] = await Promise.all(
        [source, fixture(name)].map((input) => new TagLib().open(input, { frames: true })),
      );
      assert.deepEqual(answers(opened), answers(expected), name);
    }
  });

  test('decodes legacy encodings, and leaves pictures out', async (t) => {
    const file = await largeFlac(t, 3_000_000);
    const source = sourceOver(await readFile(file), 'a.flac');
    const opened = await new TagLib().open(source, { pictures: false, legacyEncoding: 'gbk' });
    assert.equal(opened.tag().title, (await new TagLib().open(file)).tag().title);
    assert.throws(() => opened.getPictures(), { code: 'METADATA' });
    assert.ok(bytesOf(source) <= 160 << 10, `${bytesOf(source)} bytes`);
  });

  test('is within the limits of its transfer', async (t) => {
    const source = sourceOver(await readFile(await largeFlac(t, 3_000_000)), 'a.flac');
    const opening = new TagLib().open(source, { transfer: { maxRequests: 2 } });
    await assert.rejects(opening, { code: 'RESOURCE_LIMIT', limit: 'transfer' });
  });

  test('refuses what needs the whole content, and keeps the changes', async () => {
    const source = sourceOver(await readFile(fixture('id3v24.mp3')), 'id3v24.mp3');
    const file = await new TagLib().open(source);
    assert.throws(() => file.getFileBuffer(), withErrno('ENOTSUP'));
    assert.throws(() => file.getId3v2Frames(), withErrno('ENOTSUP'));
    await assert.rejects(file.toBuffer(), withErrno('ENOTSUP'));
    file.tag().setTitle('New');
    assert.throws(() => file.save(), withErrno('ENOTSUP'));
    await assert.rejects(file.saveAsync(), withErrno('ENOTSUP'));
    await assert.rejects(file.saveToFile(path.join(FIXTURES, 'new.mp3')), withErrno('ENOTSUP'));
    await assert.rejects(file.saveToFile(), (error) => {
      assert.match(error.message, /EINVAL: a source can't be saved; read it whole/);
      return withErrno('EINVAL')(error);
    });
    assert.equal(file.tag().title, 'New');
    await assert.rejects(
      new TagLib().edit(source, () => assert.fail('called')),
      withErrno('ENOTSUP'),
    );
  });

  test('does not load a large blob before its content is needed', async (t) => {
    const large = await largeFlac(t, 3_000_000);
    const blob = await openAsBlob(large);
    const file = await new TagLib().open(blob);
    assert.equal(file.getPictures().length, 1);
    assert.throws(() => file.getFileBuffer(), withErrno('ENOTSUP'));
    assert.deepEqual(Buffer.from(await file.toBuffer()), await readFile(large));
    const copy = path.join(path.dirname(large), 'copy.flac');
    const other = await new TagLib().open(blob);
    other.tag().setTitle('New');
    await other.saveToFile(copy);
    assert.deepEqual((await taglib.readTags(copy)).title, ['New']);
    assert.deepEqual(Buffer.from(other.getFileBuffer()), await readFile(copy));
  });

  test('loads a large blob at once with `partial: false`, and for an edit', async (t) => {
    const blob = await openAsBlob(await largeFlac(t, 3_000_000));
    const file = await new TagLib().open(blob, { partial: false });
    file.tag().setTitle('New');
    file.save();
    const edited = await new TagLib().edit(blob, (opened) => opened.tag().setTitle('New'));
    assert.deepEqual(edited, file.getFileBuffer());
    const dropIn = await simple.getTagLib();
    const large = new File([blob], 'a.flac');
    const change = (opened) => void opened.tag().setTitle('New');
    assert.deepEqual(await dropIn.edit(large, change), edited);
  });
});

describe('a source that misbehaves is a typed error:', () => {
  const bytes = Buffer.alloc(2_000_000);
  const source = (read) => ({ ...sourceOver(bytes, 'a.mp3'), read });
  for (const [what, read, expected] of [
    ['it fails', async () => Promise.reject(new Error('no route')), /EIO: no route/],
    ['it returns too little', async () => new Uint8Array(3), /EIO: the source returned 3 bytes/],
    ['it returns too much', async (_, length) => new Uint8Array(length + 1), /EIO: the source/],
    ['it returns no bytes', async () => 'text', /EIO: the source returned string for/],
  ]) {
    test(what, async () => {
      const fails = taglib.readTags(source(read));
      await assert.rejects(fails, { name: 'FileOperationError', message: expected });
    });
  }

  test('it never answers, and the read ends in time', async () => {
    const never = source(() => new Promise(() => {}));
    const options = { transfer: { timeoutMs: 100 } };
    await assert.rejects(taglib.readTags(never, options), { code: 'RESOURCE_LIMIT' });
  });

  test('it is aborted', async () => {
    const controller = new AbortController();
    let signal;
    const never = source((_offset, _length, options) => {
      signal = options.signal;
      return new Promise(() => {});
    });
    const reading = taglib.readTags(never, { signal: controller.signal });
    controller.abort();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.equal(signal.aborted, true);
  });

  test('a read stays within its requests and bytes', async (t) => {
    const file = await largeFlac(t, 3_000_000);
    for (const transfer of [{ maxRequests: 2 }, { maxBytes: 100_000 }]) {
      const large = sourceOver(await readFile(file), 'a.flac');
      const expected = { code: 'RESOURCE_LIMIT', limit: 'transfer' };
      await assert.rejects(taglib.readTags(large, { transfer }), expected);
      assert.ok(bytesOf(large) <= 100_000);
    }
  });

  test('its name or size is wrong', async () => {
    for (const wrong of [{ size: -1 }, { size: 1.5 }, { size: '3' }, { name: 7 }]) {
      const bad = { ...sourceOver(bytes, 'a.mp3'), ...wrong };
      await assert.rejects(taglib.readTags(bad), /^(Range|Type)Error: source\.(size|name) must be/);
    }
  });
});

describe('httpSource', () => {
  /** Serves `content` until the test ends. `respond` may answer a request in another way. */
  async function serve(t, content, respond = () => false) {
    const requests = [];
    const server = createServer((request, response) => {
      requests.push(request.headers);
      if (respond(request, response, requests.length)) return;
      const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range);
      if (Number(start) >= content.length) {
        response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end();
        return;
      }
      const last = Math.min(Number(end), content.length - 1);
      response.writeHead(206, {
        ETag: '"v1"',
        'Content-Range': `bytes ${start}-${last}/${content.length}`,
      });
      response.end(content.subarray(Number(start), last + 1));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    t.after(() => server.closeAllConnections());
    return { requests, url: `http://127.0.0.1:${server.address().port}/music/a%20song.flac?x=1` };
  }

  const large = async (t) => readFile(await largeFlac(t, 3_000_000));

  test('reads a file in a few requests, with the headers that it gets', async (t) => {
    const content = await large(t);
    const { url, requests } = await serve(t, content);
    const source = await taglib.httpSource(url, { headers: { Authorization: 'Bearer x' } });
    assert.deepEqual([source.name, source.size], ['a song.flac', content.length]);
    const tags = await taglib.readTags(source, { pictures: false });
    const expected = await taglib.readTags(sourceOver(content, 'a.flac'), { pictures: false });
    assert.deepEqual(tags, expected);
    assert.ok(requests.length <= 4, `${requests.length} requests`);
    for (const headers of requests) assert.equal(headers.authorization, 'Bearer x');
    for (const headers of requests.slice(1)) assert.equal(headers['if-range'], '"v1"');
  });

  test('follows redirects, and reads an empty file and a small one', async (t) => {
    const small = await readFile(fixture('plain.flac'));
    const { url } = await serve(t, small, (request, response) => {
      if (request.url.startsWith('/other')) return false;
      response.writeHead(302, { Location: '/other/a.flac' }).end();
      return true;
    });
    const source = await taglib.httpSource(new URL(url));
    assert.equal(source.size, small.length);
    assert.deepEqual(await taglib.readTags(source), await taglib.readTags(fixture('plain.flac')));
    const empty = await taglib.httpSource((await serve(t, Buffer.alloc(0))).url);
    assert.equal(empty.size, 0);
    await assert.rejects(taglib.readTags(empty), { name: 'InvalidFormatError' });
  });

  test('says that a server has no ranges, and downloads from it if it may', async (t) => {
    const content = await readFile(fixture('plain.flac'));
    const { url } = await serve(t, content, (_, response) => response.end(content));
    await assert.rejects(taglib.httpSource(url), withErrno('ENOTSUP'));
    const maxDownload = content.length - 1;
    await assert.rejects(taglib.httpSource(url, { maxDownload }), withErrno('ENOTSUP'));
    const source = await taglib.httpSource(url, { maxDownload: content.length });
    assert.deepEqual(await taglib.readTags(source), await taglib.readTags(fixture('plain.flac')));
  });

  test('rejects if the server can’t be reached, is too slow, or is not waited for', async (t) => {
    const content = await readFile(fixture('plain.flac'));
    const { url } = await serve(t, content, () => true);
    const slow = taglib.httpSource(url, { timeoutMs: 100 });
    await assert.rejects(slow, { code: 'RESOURCE_LIMIT', limit: 'deadline' });
    const controller = new AbortController();
    const aborted = taglib.httpSource(url, { signal: controller.signal });
    controller.abort();
    await assert.rejects(aborted, { name: 'AbortError' });
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address();
    closed.close();
    const unreachable = taglib.httpSource(`http://127.0.0.1:${port}/a.mp3`);
    await assert.rejects(unreachable, withErrno('EIO'));
  });

  test('refuses what is no http: URL', async () => {
    for (const url of ['/music/a.flac', 'file:///a.flac', 7]) {
      await assert.rejects(taglib.httpSource(url), /url must be an http: or https: URL/);
    }
  });

  for (const [what, errno, respond] of [
    ['does not find the file', 'EIO', (_, response) => response.writeHead(404).end()],
    [
      'cuts the connection',
      'EIO',
      (_, response) => {
        response.writeHead(206, { 'Content-Range': 'bytes 0-65535/99999' });
        response.write(Buffer.alloc(10), () => response.destroy());
      },
    ],
    [
      'sends no Content-Range',
      'EIO',
      (_, response) => response.writeHead(206).end(Buffer.alloc(65_536)),
    ],
  ]) {
    test(`rejects if the server ${what}`, async (t) => {
      const { url } = await serve(t, Buffer.alloc(1), (...args) => respond(...args) || true);
      await assert.rejects(taglib.httpSource(url), withErrno(errno));
    });
  }

  for (const [what, errno, respond] of [
    ['the file has another ETag', 'ESTALE', { ETag: '"v2"' }],
    ['the file has another size', 'ESTALE', { size: 2_999_999 }],
    ['the file is sent whole, as If-Range says', 'ESTALE', { status: 200 }],
    ['the file is gone', 'EIO', { status: 404 }],
    ['the server sends another range', 'EIO', { shift: 1 }],
    ['the server sends too little', 'EIO', { missing: 10 }],
    ['the server cuts the connection', 'EIO', { cut: true }],
  ]) {
    test(`a later read rejects if ${what}`, async (t) => {
      const content = await large(t);
      const { url } = await serve(t, content, (request, response, number) => {
        if (number === 1) return false;
        const {
          status = 206,
          shift = 0,
          size = content.length,
          ETag = '"v1"',
          missing = 0,
        } = respond;
        const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range).slice(1).map(Number);
        const range = `bytes ${start + shift}-${end + shift}/${size}`;
        response.writeHead(status, { ETag, 'Content-Range': range });
        if (respond.cut) response.write(Buffer.alloc(10), () => response.destroy());
        else response.end(content.subarray(start, end + 1 - missing));
        return true;
      });
      const source = await taglib.httpSource(url);
      await assert.rejects(taglib.readTags(source), withErrno(errno));
    });
  }

  test('a server that stalls is a limit, and its connection is closed', async (t) => {
    const content = await large(t);
    let closed;
    const { url } = await serve(t, content, (_, response, number) => {
      if (number === 1) return false;
      closed = new Promise((resolve) => response.on('close', resolve));
      return true;
    });
    const source = await taglib.httpSource(url);
    const reading = taglib.readTags(source, { transfer: { timeoutMs: 200 } });
    await assert.rejects(reading, { code: 'RESOURCE_LIMIT', limit: 'deadline' });
    await closed;
  });
});

/** Serves a file as an object until the test ends. */
async function s3With(t, file, name) {
  const { urls, uploads, missing, end } = await s3Server({ [name]: file });
  t.after(end);
  return { url: urls[name], upload: uploads[name], missing };
}

describe('an object of S3, by its presigned URL,', { skip: !hasMoto }, () => {
  test('is read, hashed and opened as its file is', async (t) => {
    const file = await largeFlac(t, 3_000_000);
    const { url } = await s3With(t, file, 'a song.flac');
    const source = await taglib.httpSource(url);
    assert.deepEqual([source.name, source.size], ['a song.flac', 3_000_000]);
    assert.deepEqual(await taglib.readMetadata(source), await taglib.readMetadata(file));
    assert.equal(await taglib.readAudioHash(source), await taglib.readAudioHash(file));
    const opened = await new taglib.TagLib().open(source);
    assert.equal(opened.getPictures()[0].data.length, 300_000);
  });

  test('is an error if it was replaced, if there is none, and without a signature', async (t) => {
    const file = await largeFlac(t, 3_000_000);
    const { url, upload, missing } = await s3With(t, file, 'a.flac');
    for (const [wrong, status] of [
      [missing, 404],
      [url.slice(0, url.indexOf('?')), 403],
    ]) {
      await assert.rejects(taglib.httpSource(wrong), ({ message, details }) => {
        assert.ok(message.includes(`EIO: the server answered ${status}`), message);
        return details.errno === 'EIO' && details.status === status;
      });
    }
    const source = await taglib.httpSource(url);
    const body = Buffer.alloc(3_000_000, 7);
    assert.equal((await fetch(upload, { method: 'PUT', body })).status, 200);
    await assert.rejects(taglib.readTags(source), withErrno('ESTALE'));
  });
});
