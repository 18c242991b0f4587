/** The cluster example with lists of URLs, and with a bucket of S3. */
import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import taglib from '../index.js';
import { hasMoto, s3Server } from '../tools/s3.mjs';
import {
  commits,
  emptyFolders,
  installExample,
  Program,
  readRows,
  removeExample,
  whyNoCluster,
} from './support/cluster.mjs';
import { fixture } from './support/files.mjs';

const SONGS = ['id3v24.mp3', 'vorbis-comment.flac', 'aac.m4a'];

describe('the cluster example', { skip: whyNoCluster(), concurrency: 3 }, () => {
  let folder;
  let example;

  before(async () => {
    folder = await installExample();
    example = path.join(folder, 'cluster');
    await taglib.initialize([folder]);
  });
  after(async () => {
    await taglib.shutdown();
    await removeExample(folder);
  });

  /** Scans a list with the lines, and returns the rows by path. */
  async function scan(output, lines, options = []) {
    const list = path.join(output, '..', 'list');
    await writeFile(list, lines.map((line) => `${line}\n`).join(''));
    const program = new Program(example, ['scan', list, output, '--workers', '1', ...options]);
    const code = await program.end();
    assert.equal(code, 0, program.errors);
    const rows = await readRows(output);
    return { program, rows: new Map(rows.map((row) => [row.path, row])) };
  }

  test('reads URLs as it reads their files, whatever is the matter with some of them', async (t) => {
    const [music, output] = await emptyFolders(folder);
    for (const name of SONGS) await copyFile(fixture(name), path.join(music, `a #${name}`));
    await writeFile(path.join(music, 'junk.mp3'), 'junk');
    const server = await serve(t, music);
    const songs = SONGS.map((name) => server.url(`a #${name}`));
    const [junk, none, down, cut] = ['junk.mp3', 'none.mp3', 'down.mp3', 'cut.mp3'].map(server.url);
    const once = `${songs[0]}?fails=once`;
    const urls = [...songs, junk, none, down, cut, once];
    const { rows, program } = await scan(output, [...urls, ''], ['--audio-hash']);

    assert.deepEqual([...rows.keys()].sort(), urls.sort());
    for (const [index, url] of songs.entries()) {
      const row = rows.get(url);
      const file = path.join(music, `a #${SONGS[index]}`);
      const { tags, properties, hasCoverArt } = await taglib.readMetadata(file);
      assert.deepEqual([row.status, row.attempts, row.code], ['read', 1, null]);
      assert.deepEqual([row.title, row.codec], [tags.title, properties.codec]);
      assert.equal(row.hasCoverArt, hasCoverArt);
      assert.equal(row.audioHash, await taglib.readAudioHash(file));
      assert.equal(Number(row.size), (await stat(file)).size);
      assert.equal(row.mtimeMs, null);
    }
    const failure = ({ code, errno, attempts }) => [code, errno, attempts];
    assert.deepEqual(failure(rows.get(junk)), ['INVALID_FORMAT', null, 1]);
    assert.deepEqual(failure(rows.get(none)), ['FILE_OPERATION', 'EIO', 1]);
    assert.match(rows.get(none).message, /the server answered 404/);
    assert.deepEqual(failure(rows.get(down)), ['FILE_OPERATION', 'EIO', 3]);
    assert.match(rows.get(down).message, /the server answered 503/);
    assert.deepEqual(failure(rows.get(cut)), ['FILE_OPERATION', 'EIO', 3]);
    assert.deepEqual([rows.get(once).status, rows.get(once).attempts], ['read', 2]);
    assert.match(program.text, /\nFinished: 8 files, 4 of them failed\n$/);
  });

  test('has a row with ESTALE for an object that is not the one that was listed', async (t) => {
    const [music, output] = await emptyFolders(folder);
    for (const name of ['same', 'weak', 'size', 'etag', 'other']) {
      await copyFile(fixture('id3v24.mp3'), path.join(music, `${name}.mp3`));
    }
    const { size } = await stat(fixture('id3v24.mp3'));
    const server = await serve(t, music);
    const { rows } = await scan(
      output,
      [
        { key: 'same.mp3', size, etag: '"v1"' },
        { key: 'weak.mp3', size, etag: 'v1' },
        { key: 'size.mp3', size: size + 1, etag: '"v1"' },
        { key: 'etag.mp3', size, etag: '"v0"' },
        { key: 'other.mp3' },
        { key: 'cover.jpg' },
      ].map((line) => JSON.stringify(line)),
      ['--endpoint', server.endpoint],
    );
    const found = Object.fromEntries(
      [...rows].map(([name, { errno, attempts, message }]) => [name, [errno, attempts, message]]),
    );
    const read = [null, 1, null];
    const changed = (name, how) => {
      const reason = `ESTALE: the object has changed since it was listed: ${how}`;
      return ['ESTALE', 1, `Can't read ${name}: ${reason}`];
    };
    assert.deepEqual(found, {
      'same.mp3': read,
      'weak.mp3': read,
      'other.mp3': read,
      'size.mp3': changed('size.mp3', `its size was ${size + 1}, and is ${size}`),
      'etag.mp3': changed('etag.mp3', 'its ETag was v0, and is v1'),
    });
  });

  test('reads a partition again only if an ETag has changed, and not for a new signature', async (t) => {
    const [music, output] = await emptyFolders(folder);
    await copyFile(fixture('id3v24.mp3'), path.join(music, 'song.mp3'));
    const server = await serve(t, music);
    const signed = (signature) => `${server.url('song.mp3')}?X-Amz-Signature=${signature}&v=1`;
    const { rows } = await scan(output, [signed('one')]);
    assert.deepEqual([...rows.keys()], [`${server.url('song.mp3')}?v=1`]);
    assert.deepEqual(server.asked.at(-1), '/song.mp3?X-Amz-Signature=one&v=1');
    const before = await commits(output, 1);
    const requests = server.asked.length;
    const { program } = await scan(output, [signed('two')]);
    assert.equal(program.text, 'Finished: 1 files, 0 of them failed\n');
    assert.deepEqual([await commits(output, 1), server.asked.length], [before, requests]);
    await scan(output, [JSON.stringify({ url: signed('three'), etag: 'v1' })]);
    assert.notDeepEqual([...(await commits(output, 1)).keys()], [...before.keys()]);
    assert.deepEqual(await filesWithSignature(output), []);
  });

  test('lets only the owner read the signatures of URLs, and removes them in the end', async () => {
    const [, output] = await emptyFolders(folder);
    const list = path.join(output, '..', 'list');
    await writeFile(list, 'http://127.0.0.1:9/a.mp3?X-Amz-Signature=one\n');
    const plan = new Program(example, ['plan', list, output]);
    assert.equal(await plan.end(), 0, plan.errors);
    const [file, ...others] = await filesWithSignature(output);
    assert.deepEqual(others, []);
    assert.match(file, /\.urls$/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await scan(output, ['http://127.0.0.1:9/a.mp3?X-Amz-Signature=two']);
    assert.deepEqual(await filesWithSignature(output), []);
  });

  test('says which line of a list is wrong, and what an endpoint is for', async () => {
    const [music, output] = await emptyFolders(folder);
    for (const [lines, options, message] of [
      [['ftp://host/a.mp3'], [], /list, line 1: ftp:\/\/host\/a\.mp3 is not a URL, or JSON with a/],
      [['http://host/a', '{"key":'], [], /list, line 2: {"key": is not a URL, or JSON with a key/],
      [['{"key":"a.mp3","size":"4"}'], [], /line 1: .* is not a URL, or JSON/],
      [['{"size":4}'], [], /line 1: .* is not a URL, or JSON/],
      [['http://host/a', 'http://host/a'], [], /line 2: http:\/\/host\/a is there twice/],
      [['{"Key":"a.mp3"}'], [], /line 1: the key a\.mp3 needs --endpoint, or a url/],
      [['http://me:secret@host/a'], [], /line 1: host: a URL must not have a user or a password/],
      [['{"Key":"\\ud800.mp3"}'], [], /line 1: .* is not a URL, or JSON/],
      [['{"Key":"a.mp3"}'], ['--endpoint', 'bucket'], /bucket is not a URL/],
      [['{"Key":"a.mp3"}'], ['--endpoint', 'http://host/?a=b'], /must have no parameters, and is/],
    ]) {
      await assert.rejects(scan(output, lines, options), message);
    }
    const wrong = new Program(example, ['scan', music, output, '--endpoint', 'http://host']);
    assert.equal(await wrong.end(), 1);
    assert.equal(wrong.errors, '--endpoint is for a list of keys, not a directory\n');
  });

  describe('with a bucket of S3', { skip: !hasMoto && 'moto is not installed' }, () => {
    async function bucket(t, options) {
      const [music, output] = await emptyFolders(folder);
      const files = Object.fromEntries(
        SONGS.map((name) => [`älbum +1/a b#${name}`, fixture(name)]),
      );
      for (const name of ['junk.mp3', 'cover.jpg']) {
        files[name] = path.join(music, name);
        await writeFile(files[name], 'junk');
      }
      const { end, ...server } = await s3Server(files, options);
      t.after(end);
      return { ...server, output };
    }

    const keys = ['junk.mp3', ...SONGS.map((name) => `älbum +1/a b#${name}`)].sort();

    test('that is public, reads the keys of its listing', async (t) => {
      const { endpoint, objects, output } = await bucket(t, { isPublic: true });
      const listed = objects.map((object) => JSON.stringify(object));
      const { rows } = await scan(output, listed, ['--endpoint', endpoint]);
      assert.deepEqual([...rows.keys()].sort(), keys);
      const { title, status } = rows.get('älbum +1/a b#id3v24.mp3');
      assert.deepEqual([title, status], [['Grüße, 世界 🎵'], 'read']);
      assert.equal(rows.get('junk.mp3').code, 'INVALID_FORMAT');
    });

    test('that is private, reads presigned URLs, and no row or manifest has one', async (t) => {
      const { objects, urls, uploads, output } = await bucket(t, { isPublic: false });
      const changed = 'älbum +1/a b#aac.m4a';
      // Of the same size.
      const { Size } = objects.find(({ Key }) => Key === changed);
      const body = Buffer.alloc(Size, 7);
      assert.equal((await fetch(uploads[changed], { method: 'PUT', body })).status, 200);
      const lines = objects.map((object) => ({ ...object, url: urls[object.Key] }));
      lines.push({ key: 'unsigned.mp3', url: urls['junk.mp3'].split('?')[0] });
      const { rows } = await scan(
        output,
        lines.map((line) => JSON.stringify(line)),
      );
      assert.deepEqual([...rows.keys()].sort(), [...keys, 'unsigned.mp3'].sort());
      assert.equal(rows.get('älbum +1/a b#id3v24.mp3').status, 'read');
      assert.equal(rows.get(changed).errno, 'ESTALE');
      assert.match(rows.get('unsigned.mp3').message, /unsigned\.mp3: EIO: the server answered 403/);
      assert.equal(rows.get('unsigned.mp3').attempts, 1);
      assert.deepEqual(await filesWithSignature(output), []);
    });
  });
});

async function filesWithSignature(output) {
  const found = [];
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && (await readFile(file)).includes('X-Amz-Signature')) found.push(file);
  }
  return found;
}

/** Serves a folder by ranges, with the ETag "v1", and a few paths that fail. */
async function serve(t, folder) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const isFirst = !asked.includes(request.url);
    asked.push(request.url);
    const { pathname, search } = new URL(request.url, 'http://host');
    const name = decodeURIComponent(pathname.slice(1));
    if (name === 'cut.mp3') return request.socket.destroy();
    if (name === 'down.mp3' || (search === '?fails=once' && isFirst)) {
      return response.writeHead(503).end();
    }
    const content = await readFile(path.join(folder, name)).catch(() => undefined);
    if (content === undefined) return response.writeHead(404).end();
    const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range).slice(1).map(Number);
    const last = Math.min(end, content.length - 1);
    const range = `bytes ${start}-${last}/${content.length}`;
    response.writeHead(206, { ETag: '"v1"', 'Content-Range': range });
    return response.end(content.subarray(start, last + 1));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  return { asked, endpoint, url: (name) => `${endpoint}/${encodeURIComponent(name)}` };
}
