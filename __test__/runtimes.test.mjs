/** The package, installed from its tarballs, in every runtime that it supports. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { bun, deno, NODES, node } from '../tools/runtimes.mjs';
import { FIXTURES, fixture } from './support/files.mjs';
import { installPackage, removePackage } from './support/installed.mjs';

const execute = promisify(execFile);

const READ = `
  taglib.initialize({ '/music': ${JSON.stringify(FIXTURES)} })
    .then(() => taglib.readTags('/music/id3v24.mp3'))
    .then(({ title }) => console.log(title[0]));
`;

/** Prints a line for each thing that every runtime must be able to do. */
const EVERYTHING = (specifier) => `
  import process from 'node:process';
  import * as taglib from '${specifier}';
  const print = (...words) => console.log(...words);
  await taglib.initialize(['music']);
  print((await taglib.readTags('music/a.mp3')).title[0]);
  await taglib.writeTags('music/a.mp3', { title: 'written' });
  print((await taglib.readTags('music/a.mp3')).title[0]);
  for await (const { path, status } of taglib.scan('music')) print(path, status);
  print((await taglib.readCoverArt('music/a.mp3')) instanceof Uint8Array);
  await taglib.readTags('music/none.mp3').catch((error) => print(error.name, error.details.errno));
  await taglib.readTags('/etc/passwd').catch((error) => print(error.name, error.details.errno));
  const { items } = await taglib.readTagsBatch(Array(50).fill('music/a.mp3'));
  print(items.every((item) => item.data.title[0] === 'written'));
  const file = await (await taglib.TagLib.initialize()).open('music/a.mp3');
  file.tag().setAlbum('saved');
  await file.saveToFile();
  file.tag().setGenre('blocking');
  file.save();
  const { album, genre } = await taglib.readTags(file.getFileBuffer());
  print(album[0], genre[0]);
  await file[Symbol.asyncDispose]();
  const signal = AbortSignal.abort();
  await taglib.readTags('music/a.mp3', { signal }).catch((error) => print(error.name));
  process.exitCode = 7;
`;
const EVERYTHING_PRINTED = [
  'Grüße, 世界 🎵',
  'written',
  'music/a.mp3 read',
  'true',
  'FileOperationError ENOENT',
  'FileOperationError ENOTCAPABLE',
  'true',
  'saved blocking',
  'AbortError',
  '',
].join('\n');

const PROGRAMS = {
  'required.cjs': `const taglib = require('taglib-wasi'); ${READ}`,
  'imported.mjs': `import * as taglib from 'taglib-wasi'; ${READ}`,
  'imported-names.mjs': `import { initialize, readTags } from 'taglib-wasi';
    const taglib = { initialize, readTags }; ${READ}`,
  'imported-default.mjs': `import taglib from 'taglib-wasi'; ${READ}`,
  'worker.mjs': `
    import { Worker, isMainThread } from 'node:worker_threads';
    import * as taglib from 'taglib-wasi';
    if (isMainThread) new Worker(new URL(import.meta.url));
    else ${READ}`,
};

let folder;

before(async () => {
  folder = await installPackage();
  await execute('mkdir', [path.join(folder, 'music')]);
  for (const [name, code] of Object.entries(PROGRAMS)) {
    await writeFile(path.join(folder, name), code);
  }
  await writeFile(path.join(folder, 'everything.mjs'), EVERYTHING('taglib-wasi'));
  await writeFile(path.join(folder, 'everything.ts'), EVERYTHING('npm:taglib-wasi'));
});
after(() => removePackage(folder));

/** PATH is empty, so that neither a compiler nor any other program can be found. */
const env = { ...process.env, PATH: '', Path: '' };

async function assertReads(runtime, args) {
  const { stdout } = await execute(runtime, args, { cwd: folder, env });
  assert.equal(stdout, 'Grüße, 世界 🎵\n');
}

async function assertDoesEverything(runtime, args) {
  await copyFile(fixture('id3v24.mp3'), path.join(folder, 'music', 'a.mp3'));
  const ended = execute(runtime, args, { cwd: folder, env: { ...env, NO_COLOR: '1' } });
  const { code, stdout, stderr } = await ended.catch((error) => error);
  assert.equal(stdout, EVERYTHING_PRINTED, stderr);
  assert.equal(code, 7, 'the process ends by itself, with the exit code of the program');
}

for (const major of NODES) {
  const runtime = node(major);
  const skip = !runtime && `no Node ${major} is packaged for this platform`;
  describe(`Node ${major}`, { skip }, () => {
    for (const name of Object.keys(PROGRAMS)) {
      test(`${name} reads a file`, () => assertReads(runtime, [name]));
    }

    test('reads, writes, scans, rejects, and ends with the exit code', () =>
      assertDoesEverything(runtime, ['everything.mjs']));

    test('runs the command line', async () => {
      const bin = path.join('node_modules', 'taglib-wasi', 'bin', 'taglib-wasi.js');
      const args = [bin, 'read', fixture('id3v24.mp3')];
      const { stdout } = await execute(runtime, args, { cwd: folder, env });
      assert.match(stdout, /title +│ Grüße/);
    });
  });
}

describe('Deno', { skip: !deno() && 'no Deno is packaged for this platform' }, () => {
  // The permissions that the documentation asks for.
  const permissions = ['--no-prompt', '--allow-ffi', '--allow-env', '--allow-read'];

  test('reads a file through an npm specifier, with three permissions', async () => {
    const program = PROGRAMS['imported.mjs'].replace("'taglib-wasi'", "'npm:taglib-wasi'");
    await writeFile(path.join(folder, 'read.ts'), program);
    await assertReads(deno(), ['run', ...permissions, 'read.ts']);
  });

  test('reads, writes, scans, rejects, and ends with the exit code', () =>
    assertDoesEverything(deno(), ['run', ...permissions, 'everything.ts']));

  test('reads in a worker thread', () =>
    assertReads(deno(), ['run', ...permissions, 'worker.mjs']));

  test('names the permission for native code if it is missing', async () => {
    const { stderr } = await execute(
      deno(),
      ['run', '--no-prompt', '--allow-env', '--allow-read', 'read.ts'],
      { cwd: folder, env: { ...env, NO_COLOR: '1' } },
    ).catch((error) => error);
    assert.match(stderr, /TagLibInitializationError: .*Requires ffi access/);
  });
});

describe('Bun', { skip: !bun() && 'no Bun is packaged for this platform' }, () => {
  for (const name of Object.keys(PROGRAMS)) {
    test(`${name} reads a file`, () => assertReads(bun(), ['run', name]));
  }

  test('reads, writes, scans, rejects, and ends with the exit code', () =>
    assertDoesEverything(bun(), ['run', 'everything.mjs']));
});

describe('Electron, as far as it can be tested without it, ', () => {
  test('gets bytes in memory that V8 allocated, as its heap cage requires', async () => {
    // V8 counts only memory that it allocated in `arrayBuffers`, not external buffers.
    // It may free older buffers at any moment, so every answer is kept until the end:
    // what can be freed meanwhile are a few copies that the change has made.
    const code = `
      const taglib = require('taglib-wasi');
      const { readFileSync } = require('node:fs');
      const image = new Uint8Array(10_000_000).fill(1);
      const READS = 6;
      const answers = [];
      (async () => {
        await taglib.initialize([${JSON.stringify(FIXTURES)}]);
        const song = readFileSync(${JSON.stringify(fixture('vorbis-comment.flac'))});
        const changed = await taglib.applyCoverArt(song, image, 'image/png');
        for (const read of [taglib.readTags, taglib.readPictures, taglib.readCoverArt]) {
          globalThis.gc();
          const before = process.memoryUsage().arrayBuffers;
          for (let index = 0; index < READS; index += 1) answers.push(await read(changed));
          const grown = process.memoryUsage().arrayBuffers - before;
          console.log(grown >= (READS / 2) * image.length);
        }
        globalThis.answers = answers;
      })();`;
    await writeFile(path.join(folder, 'owned.cjs'), code);
    const args = ['--expose-gc', 'owned.cjs'];
    const { stdout } = await execute(process.execPath, args, { cwd: folder });
    assert.equal(stdout, 'true\ntrue\ntrue\n');
  });

  test('has the Node-API version that the addon needs, from Electron 28 on', async () => {
    const manifest = path.join('node_modules', 'taglib-wasi', 'native', 'binding.js');
    const code = `
      require('./${manifest.replaceAll('\\', '/')}');
      console.log(Number(process.versions.napi) >= 9);`;
    await writeFile(path.join(folder, 'level.cjs'), code);
    assert.equal(
      (await execute(node(20) ?? process.execPath, ['level.cjs'], { cwd: folder })).stdout,
      'true\n',
    );
  });
});
