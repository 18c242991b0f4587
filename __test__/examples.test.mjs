/**
 * The examples, as users run them: copied, with the package installed. `cluster.test.mjs` tests the
 * cluster.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFile,
  cp,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deno, installed, nodeAtLeast } from '../tools/runtimes.mjs';
import { fixture, ROOT } from './support/files.mjs';
import { installPackage, removePackage } from './support/installed.mjs';

const execute = promisify(execFile);

let folder;
let music;

before(async () => {
  folder = await installPackage();
  await cp(path.join(ROOT, 'examples'), path.join(folder, 'examples'), {
    recursive: true,
    filter: (name) => path.basename(name) !== 'node_modules',
  });
  for (const name of ['fastify', '@fastify/multipart']) {
    await mkdir(path.dirname(path.join(folder, 'node_modules', name)), { recursive: true });
    await symlink(installed(name), path.join(folder, 'node_modules', name), 'junction');
  }
});
beforeEach(async () => {
  music = path.join(folder, 'music');
  await rm(music, { recursive: true, force: true });
  await mkdir(path.join(music, 'album'), { recursive: true });
  await copyFile(fixture('id3v24.mp3'), path.join(music, 'song.mp3'));
  await copyFile(fixture('vorbis-comment.flac'), path.join(music, 'album', 'song.flac'));
  await writeFile(path.join(music, 'junk.mp3'), 'junk');
});
after(() => removePackage(folder));

function run(runtime, example, args, env = {}) {
  const cwd = path.join(folder, 'examples', example);
  return execute(runtime, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env } }).catch(
    (error) => error,
  );
}

const SONG = 'Grüße, 世界 🎵, by First Artist and Second Artist\n';

test('the Node example prints tags, and says which files are not audio', async () => {
  const names = ['song.mp3', 'junk.mp3', 'none.mp3'].map((name) => path.join(music, name));
  const { code, stdout, stderr } = await run(process.execPath, 'node', ['tags.mjs', ...names]);
  assert.equal(stdout, SONG);
  assert.equal(stderr, `${names[1]} is no audio file\n${names[2]}: ENOENT\n`);
  assert.equal(code, 1);
});

test('the Deno example prints tags', {
  skip: !deno() && 'no Deno is published for this platform',
}, async () => {
  const permissions = ['--no-prompt', '--allow-ffi', '--allow-env', '--allow-read'];
  const names = ['song.mp3', 'album/song.flac', 'junk.mp3'].map((name) => path.join(music, name));
  const { stdout, stderr } = await run(deno(), 'deno', [
    'run',
    ...permissions,
    'tags.ts',
    ...names,
  ]);
  assert.equal(stdout, SONG + SONG);
  assert.match(stderr, /^Not a readable audio file: .*junk\.mp3/);
});

test('the worker example counts genres', async () => {
  const { stdout } = await run(process.execPath, 'worker', ['main.mjs', music]);
  assert.equal(stdout, '2\tJazz\n1 failed\n');
});

test('the SQLite example reads only changed files in a second scan, and finds words', async () => {
  const node = nodeAtLeast(22, 13);
  const env = { LIBRARY: path.join(folder, 'library.db') };
  const library = async (...args) =>
    (await run(node, 'sqlite', ['library.mjs', ...args], env)).stdout;

  assert.equal(await library('scan', music), '2 read, 0 unchanged, 1 failed, 0 removed, 0 moved\n');
  assert.equal(await library('scan', music), '0 read, 2 unchanged, 1 failed, 0 removed, 0 moved\n');
  assert.match(await library('find', 'first', 'grüß'), /^(Grüße.*song\.(mp3|flac)\n){2}$/);
  assert.equal(await library('find', '"OR'), '');

  await utimes(path.join(music, 'song.mp3'), 1, 1);
  await rm(path.join(music, 'album'), { recursive: true });
  const removed = '1 read, 0 unchanged, 1 failed, 1 removed, 0 moved\n';
  assert.equal(await library('scan', music), removed);
  assert.match(await library('find', 'fixtures'), /^.*song\.mp3\n$/);

  await rename(path.join(music, 'song.mp3'), path.join(music, 'moved.mp3'));
  const moved = /song\.mp3 is now .*moved\.mp3\n1 read, .*, 0 removed, 1 moved\n$/;
  assert.match(await library('scan', music), moved);
  assert.match(await library('find', 'fixtures'), /^.*moved\.mp3\n$/);
  assert.equal((await run(node, 'sqlite', ['library.mjs'], env)).code, 2);
});

test('the upload example accepts audio, and refuses anything else', async () => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { buildServer } from './server.mjs';
    const server = await buildServer();
    for (const file of ${JSON.stringify(['song.mp3', 'junk.mp3'])}) {
      const form = new FormData();
      form.append('file', new Blob([readFileSync(process.argv[2] + '/' + file)]), 'x.mp3');
      const request = new Request('http://localhost/', { method: 'POST', body: form });
      const payload = Buffer.from(await request.arrayBuffer());
      const headers = { 'content-type': request.headers.get('content-type') };
      const { statusCode, body } = await server.inject({ method: 'POST', url: '/songs', headers, payload });
      console.log(statusCode, body);
    }`;
  await writeFile(path.join(folder, 'examples', 'upload', 'ask.mjs'), program);
  const { stdout, stderr } = await run(process.execPath, 'upload', ['ask.mjs', music]);
  const [song, junk] = stdout.split('\n');
  assert.match(song, /^200 \{"title":\["Grüße, 世界 🎵"\],"artist":\[/, stderr);
  assert.equal(junk, '415 {"error":"this is no audio file"}');
});

describe('the Electron example', () => {
  const example = () => path.join(folder, 'examples', 'electron');

  test('fills its list in parts while a utility process scans', async () => {
    await cp(
      path.join(ROOT, '__test__', 'support', 'electron'),
      path.join(folder, 'examples', 'node_modules', 'electron'),
      { recursive: true },
    );
    for (let count = 0; count < 450; count += 1) {
      await link(path.join(music, 'song.mp3'), path.join(music, `${count}.mp3`));
    }
    const env = { DIRECTORY: music };
    const { stdout, stderr } = await run(process.execPath, 'electron', ['main.mjs'], env);
    assert.notEqual(stdout, '', stderr);
    const { preferences, songs, parts, failed, cover } = JSON.parse(stdout);
    assert.deepEqual([songs.length, parts, failed], [452, 3, 1]);
    assert.equal(songs[0].title, 'Grüße, 世界 🎵');
    assert.ok(cover > 0);
    assert.deepEqual(
      [preferences.sandbox, preferences.contextIsolation, preferences.nodeIntegration],
      [true, true, undefined],
    );
  });

  test('agrees with Electron’s types', async () => {
    const modules = path.join(example(), 'node_modules');
    await mkdir(path.join(modules, '@types'), { recursive: true });
    await symlink(installed('electron'), path.join(modules, 'electron'), 'junction');
    const types = path.join(ROOT, 'node_modules', '@types', 'node');
    await symlink(types, path.join(modules, '@types', 'node'), 'junction');
    const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, 'electron', [tsc, '-p', '.']);
    assert.equal(stdout, '');
    await rm(modules, { recursive: true });
  });

  test('packs the addon outside of the archive, and has the entitlement that macOS requires', async () => {
    const { build } = JSON.parse(await readFile(path.join(example(), 'package.json'), 'utf8'));
    assert.ok(build.asarUnpack.some((pattern) => pattern.includes('taglib-wasi-')));
    assert.equal(build.npmRebuild, false);
    const entitlements = await readFile(path.join(example(), build.mac.entitlements), 'utf8');
    assert.match(entitlements, /allow-unsigned-executable-memory/);
  });
});

describe('the network share example', () => {
  const example = () => path.join(folder, 'examples', 'network-share');

  test('prints titles and errors', async () => {
    const { code, stdout, stderr } = await run(process.execPath, 'network-share', [
      'main.mjs',
      music,
    ]);
    assert.match(
      stdout,
      /^.*song\.(mp3|flac): Grüße, 世界 🎵\n.*song\.(mp3|flac): Grüße, 世界 🎵\n$/,
    );
    assert.match(stderr, /junk\.mp3/);
    assert.equal(code, undefined);
  });

  const skip = process.platform !== 'linux' && 'the test finds the child process in /proc';
  test('kills a scan that hangs, and ends with 1', { skip, timeout: 60_000 }, async () => {
    // More records than fit into the pipes, so that the scan has not ended when the
    // test has read the first of them.
    for (let count = 0; count < 5000; count += 1) {
      await link(path.join(music, 'song.mp3'), path.join(music, `${count}.mp3`));
    }
    const env = { ...process.env, MAX_SILENCE_MS: '5000' };
    const main = spawn(process.execPath, ['main.mjs', music], { cwd: example(), env });
    await once(main.stdout, 'readable');
    const children = await readFile(`/proc/${main.pid}/task/${main.pid}/children`, 'utf8');
    // 0 would be the process group of the tests themselves.
    assert.match(children, /^[1-9]\d* $/);
    const scanner = Number(children);
    // A stopped process sends no records, like one whose threads wait for a dead disk.
    process.kill(scanner, 'SIGSTOP');
    let stderr = '';
    main.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    main.stdout.resume();
    const [code] = await once(main, 'close');
    assert.equal(code, 1);
    assert.match(stderr, /No record for 5000 ms, after \d+ files: the scan is stopped\.\n$/);
    await ended(scanner);
  });
});

/** Resolves when a process has ended, whether or not its exit code has been collected. */
async function ended(pid) {
  for (;;) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (status === undefined || status.includes(') Z ')) return;
    await setTimeout(10);
  }
}
