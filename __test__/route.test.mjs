/**
 * `taglib-wasi/simple` and `taglib-wasi/register` as replacements of taglib-wasm:
 * the package as users install it, in a Node that can run taglib-wasm.
 */
import assert from 'node:assert/strict';
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { node } from '../tools/runtimes.mjs';
import { copies, FIXTURES, fixture, fixtureNames, ROOT } from './support/files.mjs';
import { addTaglibWasm, installPackage, removePackage, run } from './support/installed.mjs';
import { chaptersReadByOthers, readByOthers } from './support/other-readings.mjs';

const runtime = node(24);
const skip = !runtime && 'no Node 24 is packaged for this platform';
const [DROP_IN, DROP_IN_FULL] = await Promise.all(
  ['drop-in.mjs', 'drop-in-full.mjs'].map((name) =>
    readFile(new URL(`support/${name}`, import.meta.url), 'utf8'),
  ),
);

let folder;

before(async () => {
  folder = await installPackage();
  await addTaglibWasm(folder);
});
after(() => removePackage(folder));

/** What a program prints as JSON. */
async function output(code, options) {
  const { stdout } = await run(runtime, folder, code, options);
  return JSON.parse(stdout);
}

/**
 * The examples of taglib-wasm's README that are programs for npm, as modules that run in a
 * folder with the files that they name: without types, and without what only Deno has.
 */
async function readmeExamples() {
  const file = path.join(ROOT, 'node_modules', 'taglib-wasm', 'README.md');
  const blocks = (await readFile(file, 'utf8')).matchAll(/^```typescript\n([\s\S]*?)^```$/gm);
  return [...blocks]
    .map(([, code]) => code)
    .filter((code) => code.includes('from "taglib-wasm') && !code.includes('one by one'))
    .map((code) =>
      code
        .replaceAll('/path/to/music', '.')
        .replaceAll('bext!', 'bext')
        .replaceAll('/* raw frame body bytes */', '1, 2, 3')
        .replaceAll('Deno.', '(await import("node:fs/promises")).'),
    );
}

const SETUP = `
  import * as simple from 'taglib-wasi/simple';
  import * as wasm from 'taglib-wasm';
  const music = ${JSON.stringify(FIXTURES)};
  const song = music + '/id3v24.mp3';
`;

describe('a program under register', { skip }, () => {
  /** Runs the program on a folder, and replaces the folder's path in what it prints. */
  async function printed(music, { program = DROP_IN, ...options } = {}) {
    const programArgs = [music];
    const { stdout, stderr } = await run(runtime, folder, program, { ...options, programArgs });
    return { stdout: stdout.replaceAll(music, '/music'), stderr };
  }

  /** The calls in a trace: `{ name, via, reason }`. */
  function tracedCalls(stderr) {
    const calls = stderr.matchAll(/^TAGLIB-WASI \d+: ([\w.]+): ([\w-]+), as (.*)$/gm);
    return [...calls].map(([, name, via, reason]) => ({ name, via, reason }));
  }

  /**
   * taglib-wasm's flag is always false, its saves lose the totals, and so the bytes of a
   * saved file differ. It does not tell some formats apart, has no type for the covers of MP4,
   * and does not read some fields.
   */
  const sameInBoth = (key, value) => {
    const isFile = Array.isArray(value) && value.length > 1000 && typeof value[0] === 'number';
    const isDifferent =
      ['compilation', 'totalTracks', 'totalDiscs'].includes(key) ||
      /^format of .*\.(oga|spx|it|mod|s3m|xm)$/.test(key);
    const name = /^tags of (.*)$/.exec(key)?.[1];
    if (name) return { ...value, ...allReadByOthers(name) };
    // An item of a batch or a folder scan: what was read, and the file's path.
    const file = value?.path ?? (Array.isArray(value) && value[0] === 'ok' ? value[1] : undefined);
    if (file) return withTags(value, allReadByOthers(path.basename(file)));
    if (value?.sha256) {
      // taglib-wasm does not tell the others.
      const { type, mimeType, description, size } = value;
      return { type, mimeType, description, size };
    }
    if (value?.type === 'Other' && value.mimeType) return { ...value, type: 'FrontCover' };
    return isFile || isDifferent ? undefined : value;
  };

  const allReadByOthers = (name) => ({ ...readByOthers(name), ...chaptersReadByOthers(name) });

  /** Replaces tags wherever an item of a batch holds tags. */
  const withTags = (item, tags) => {
    // TagLib's C interface reads no tags of chapters.mka.
    const isTags = (part) =>
      part?.title || part?.artist || part?.ENCODER || isDeepStrictEqual(part, {});
    const merged = (part) => (isTags(part) ? { ...part, ...tags } : part);
    if (Array.isArray(item)) return item.map(merged);
    return item.tags ? { ...item, tags: merged(item.tags) } : item;
  };

  const REGISTER = ['--import', 'taglib-wasi/register'];

  test('prints the same as without, and reads paths natively', async (t) => {
    // Each run gets a folder of its own, since the program changes a file.
    const { stdout: expected } = await printed(await copies(t, fixtureNames()));
    const music = await copies(t, fixtureNames());
    const { stdout, stderr } = await printed(music, {
      args: REGISTER,
      env: { TAGLIB_WASI_PREOPENS: music, NODE_DEBUG: 'taglib-wasi' },
    });
    assert.deepEqual(JSON.parse(stdout, sameInBoth), JSON.parse(expected, sameInBoth));

    const routes = { native: new Set(), 'taglib-wasm': new Set() };
    for (const { name, via, reason } of tracedCalls(stderr)) {
      routes[via].add(name);
      // Only inputs that are not paths may have been routed to taglib-wasm.
      if (via === 'taglib-wasm') assert.match(reason, /only paths go native/, name);
    }
    assert.ok(routes.native.size >= 10, [...routes.native].join());
  });

  test('that uses the Full API and the folder API prints the same, and every call is native', async (t) => {
    const files = {
      'album/song.mp3': 'id3v24.mp3',
      'album/song.flac': 'vorbis-comment.flac',
      'song.m4a': 'aac.m4a',
      'broadcast.wav': 'broadcast.wav',
    };
    const program = DROP_IN_FULL;
    const { stdout: expected } = await printed(await copies(t, files), { program });
    const music = await copies(t, files);
    const { stdout, stderr } = await printed(music, {
      program,
      args: REGISTER,
      env: { TAGLIB_WASI_PREOPENS: music, NODE_DEBUG: 'taglib-wasi' },
    });
    assert.deepEqual(JSON.parse(stdout), JSON.parse(expected));
    assert.ok(Object.keys(JSON.parse(stdout)).length >= 45);

    const calls = tracedCalls(stderr);
    assert.deepEqual(
      calls.filter(({ via }) => via !== 'native'),
      [],
    );
    // The four of `TagLib`, the four of the folder API, the nine of picture files, and more.
    assert.ok(new Set(calls.map(({ name }) => name)).size >= 18);
    assert.ok(calls.length >= 60, `${calls.length} calls`);
  });

  test('may test files and instances of both packages by instanceof', async (t) => {
    const [music, outside] = [await copies(t, ['id3v24.mp3']), await copies(t, ['id3v24.mp3'])];
    const code = `
      import { AudioFileImpl, FileOperationError, MetadataError, TagLib, TagLibError } from 'taglib-wasm';
      const taglib = await TagLib.initialize();
      const theirs = await TagLib.initialize({ forceWasmType: 'emscripten' });
      const files = [
        await taglib.open(${JSON.stringify(music)} + '/id3v24.mp3'),
        await taglib.open(${JSON.stringify(outside)} + '/id3v24.mp3'),
        await theirs.open(${JSON.stringify(music)} + '/id3v24.mp3'),
      ];
      const errors = files.map((file) => {
        file.dispose();
        try { return file.tag(); } catch (error) { return error; }
      });
      const missing = await taglib.open(${JSON.stringify(music)} + '/none.mp3').catch((error) => error);
      console.log(JSON.stringify([
        [taglib, theirs].map((one) => one instanceof TagLib),
        files.map((file) => file instanceof AudioFileImpl),
        errors.map((error) => error instanceof MetadataError && error instanceof TagLibError),
        missing instanceof FileOperationError && missing.details.errno,
        {} instanceof AudioFileImpl || {} instanceof TagLib,
      ]));
    `;
    const env = { TAGLIB_WASI_PREOPENS: music, NODE_DEBUG: 'taglib-wasi' };
    const expected = [[true, true], [true, true, true], [true, true, true], 'ENOENT', false];
    assert.deepEqual(await output(code, { args: REGISTER, env }), expected);
  });

  test('saves a file from a preopened directory to any other', async (t) => {
    const [music, outside] = [await copies(t, ['id3v24.mp3']), await copies(t, [])];
    const code = `
      import { readTags, TagLib } from 'taglib-wasm';
      const taglib = await TagLib.initialize();
      const target = ${JSON.stringify(outside)} + '/copy.mp3';
      const file = await taglib.open(${JSON.stringify(music)} + '/id3v24.mp3');
      file.tag().setTitle('Elsewhere');
      await file.saveToFile(target);
      const titles = [(await readTags(target)).title[0]];
      await taglib.copyWithTags(${JSON.stringify(music)} + '/id3v24.mp3', target, { title: 'Again' });
      titles.push((await readTags(target)).title[0]);
      console.log(JSON.stringify(titles));
    `;
    const env = { TAGLIB_WASI_PREOPENS: music };
    assert.deepEqual(await output(code, { args: REGISTER, env }), ['Elsewhere', 'Again']);
  });

  test('imports an image from anywhere by a safe save of the audio file', async (t) => {
    const [music, outside] = [await copies(t, ['id3v24.mp3']), await copies(t, {})];
    await writeFile(path.join(outside, 'image.jpg'), 'an image');
    const song = path.join(music, 'id3v24.mp3');
    // Open, so that no other file gets its inode number.
    const before = await open(song);
    t.after(() => before.close());
    const code = `
      import { importCoverArt, importPictureWithType, readPictures } from 'taglib-wasm';
      const [song, image] = ${JSON.stringify([song, path.join(outside, 'image.jpg')])};
      await importCoverArt(song, image);
      await importPictureWithType(song, image, 'Artist', { description: 'x' });
      const pictures = await readPictures(song);
      console.log(JSON.stringify(pictures.map(({ type, data }) => [type, data.length])));
    `;
    const env = { TAGLIB_WASI_PREOPENS: music };
    const expected = [
      ['FrontCover', 8],
      ['Artist', 8],
    ];
    assert.deepEqual(await output(code, { args: REGISTER, env }), expected);
    // A copy was renamed over it.
    assert.notEqual((await stat(song)).ino, (await before.stat()).ino);
  });

  test('exports and copies pictures between a preopened directory and any other', async (t) => {
    const [music, outside] = [
      await copies(t, ['id3v24.mp3', 'plain.mp3']),
      await copies(t, ['vorbis-comment.flac', 'plain.flac']),
    ];
    const song = path.join(music, 'plain.mp3');
    const before = await open(song);
    t.after(() => before.close());
    const code = `
      import { copyCoverArt, exportAllPictures, exportCoverArt, readPictures } from 'taglib-wasm';
      import { readFileSync } from 'node:fs';
      const [music, outside] = ${JSON.stringify([music, outside])};
      await exportCoverArt(music + '/id3v24.mp3', outside + '/cover.png');
      const [exported] = await exportAllPictures(outside + '/vorbis-comment.flac', music);
      await copyCoverArt(outside + '/vorbis-comment.flac', music + '/plain.mp3');
      await copyCoverArt(music + '/id3v24.mp3', outside + '/plain.flac');
      const sizes = [outside + '/cover.png', exported].map((file) => readFileSync(file).length);
      for (const file of [music + '/plain.mp3', outside + '/plain.flac']) {
        for (const { data } of await readPictures(file)) sizes.push(data.length);
      }
      console.log(JSON.stringify(sizes));
    `;
    const env = { TAGLIB_WASI_PREOPENS: music };
    assert.deepEqual(await output(code, { args: REGISTER, env }), await output(code));
    // A copy was renamed over it.
    assert.notEqual((await stat(song)).ino, (await before.stat()).ino);
  });

  test('prints the same for every example of taglib-wasm’s README', async (t) => {
    const examples = await readmeExamples();
    assert.ok(examples.length >= 10, `only ${examples.length} examples`);
    const names = examples.map((_, index) => `example-${index}.mjs`);
    for (const [index, name] of names.entries()) {
      await writeFile(path.join(folder, name), examples[index]);
    }
    const program = `
      process.chdir(process.argv[2]);
      for (const name of ${JSON.stringify(names)}) {
        console.log(name);
        await import('./' + name).catch((error) => console.log(error.name, error.stack));
      }`;
    const files = {
      'song.mp3': 'id3v24.mp3',
      'song.m4a': 'alac.m4a',
      'audiobook.m4b': 'chapters.m4a',
      'recording.wav': 'broadcast.wav',
      'track01.mp3': 'id3v23.mp3',
      'track02.mp3': 'id3v23.mp3',
      'track20.mp3': 'plain.mp3',
      'new-cover.jpg': 'tiny.mod',
    };
    const { stdout: expected } = await printed(await copies(t, files), { program });
    const music = await copies(t, files);
    const env = { TAGLIB_WASI_PREOPENS: music };
    const { stdout } = await printed(music, { program, args: REGISTER, env });
    // Ours are read in parallel, so that the order of progress is another.
    const lines = (text) => text.replaceAll(/^(Processing \S+) .*$/gm, '$1').split('\n');
    assert.deepEqual(lines(stdout), lines(expected));
    assert.doesNotMatch(stdout, /Error/);
  });

  test('can name its directories in a module of its own', async (t) => {
    const files = await copies(t, ['id3v24.mp3']);
    const code = `
      import { register } from 'taglib-wasi/register';
      await register({ preopens: { '/music': ${JSON.stringify(files)} }, deadlineMs: 2000 });
      const { readTags } = await import('taglib-wasm');
      console.log(JSON.stringify(await readTags('/music/id3v24.mp3')));
    `;
    assert.deepEqual((await output(code)).title, ['Grüße, 世界 🎵']);
  });

  test('gets a warning if no directories are named', async () => {
    const { stderr } = await run(runtime, folder, '', { args: REGISTER });
    assert.match(stderr, /TAGLIB_WASI_NO_PREOPENS.*TAGLIB_WASI_PREOPENS/s);
  });

  test('gets an error if the directories are not valid', async () => {
    const env = { TAGLIB_WASI_PREOPENS: '{"/music"}' };
    await assert.rejects(run(runtime, folder, '', { args: REGISTER, env }), {
      stderr: /TAGLIB_WASI_PREOPENS must be directories separated by .*, or JSON/,
    });
  });

  test('can be CommonJS', async () => {
    const code = `
      import { createRequire } from 'node:module';
      const { readTags } = createRequire(import.meta.url)('taglib-wasm/simple');
      console.log(JSON.stringify(await readTags('/music/id3v24.mp3')));
    `;
    const env = { TAGLIB_WASI_PREOPENS: JSON.stringify({ '/music': FIXTURES }) };
    assert.deepEqual((await output(code, { args: REGISTER, env })).title, ['Grüße, 世界 🎵']);
  });
});

describe('taglib-wasi/simple', { skip }, () => {
  test('exports everything that taglib-wasm/simple exports, and so does the main entry', async () => {
    const missing = await output(`${SETUP}
      import * as theirs from 'taglib-wasm/simple';
      import * as main from 'taglib-wasi';
      const missing = [simple, main].map((ours) =>
        Object.keys(theirs).filter((name) => typeof theirs[name] !== typeof ours[name]),
      );
      console.log(JSON.stringify(missing.flat()));
    `);
    assert.deepEqual(missing, []);
  });

  test('route tells where an input is read, and why', async () => {
    const routes = await output(`${SETUP}
      const inputs = [song, '/library/x.mp3', '/etc/passwd', music + '/../files.mjs', new Uint8Array(9)];
      const routes = () => inputs.map((input) => simple.route(input));
      const full = () => inputs.map((input) => simple.route(input, 'TagLib.open'));
      const before = routes();
      const fullBefore = full();
      await simple.initialize({ '/library': music });
      console.log(JSON.stringify([...before, ...routes(), ...fullBefore, ...full()]));
    `);
    const native = { via: 'native', reason: 'it is inside the preopened directory /library' };
    const outside = { via: 'taglib-wasm', reason: 'it is outside every preopened directory' };
    assert.deepEqual(routes.slice(5, 9), [native, native, outside, outside]);
    assert.match(routes[9].reason, /^only paths go native/);
    for (const { via } of routes.slice(0, 5)) assert.equal(via, 'taglib-wasm');
    assert.match(routes[0].reason, /initialize has not been called/);
    // The Full API opens bytes natively as well.
    assert.match(routes[14].reason, /initialize has not been called/);
    assert.deepEqual(routes.slice(15, 19), routes.slice(5, 9));
    assert.deepEqual(routes[19], { via: 'native', reason: 'TagLib.open takes bytes as well' });
  });

  test('rejects with errors of taglib-wasm’s own classes', async () => {
    const errors = await output(`${SETUP}
      await simple.initialize({ '/music': music, '/text': { path: ${JSON.stringify(path.dirname(FIXTURES))} } }, { memoryLimit: 32 << 20 });
      const kinds = [];
      for (const call of [
        () => simple.readTags('/music/none.mp3'),
        () => simple.readTags('/text/make.py'),
        () => simple.applyTags('/text/make.py', { title: 'x' }),
        () => simple.readTagsBatch(['/music/none.mp3'], { continueOnError: false }),
        () => simple.readTagsBatch(['/music/none.mp3']).then(({ items }) => { throw items[0].error; }),
        () => simple.readTags('/music/id3v24.mp3', { pictures: 1 }),
      ]) {
        await call().catch((error) => kinds.push({
          name: error.name, code: error.code, errno: error.details?.errno,
          base: error instanceof wasm.TagLibError, guard: wasm.isTagLibError(error),
          file: error instanceof wasm.FileOperationError, format: wasm.isInvalidFormatError(error),
          stack: error.stack.startsWith(error.name + ': ' + error.message),
        }));
      }
      console.log(JSON.stringify(kinds));
    `);
    const file = {
      ...{ name: 'FileOperationError', code: 'FILE_OPERATION', errno: 'ENOENT' },
      ...{ base: true, guard: true, file: true, format: false, stack: true },
    };
    const format = {
      ...{ name: 'InvalidFormatError', code: 'INVALID_FORMAT' },
      ...{ base: true, guard: true, file: false, format: true, stack: true },
    };
    assert.deepEqual(errors.slice(0, 5), [file, format, format, file, file]);
    assert.equal(errors[5].name, 'TypeError');
  });

  test('rejects with a TagLibError at a limit of the sandbox', async () => {
    const error = await output(`${SETUP}
      import { writeFileSync } from 'node:fs';
      const chunks = Buffer.alloc(8_000_012);
      chunks.write('RIFF'); chunks.writeUInt32LE(8_000_004, 4); chunks.write('WAVE', 8);
      for (let at = 12; at < chunks.length; at += 8) chunks.write('abcd', at);
      writeFileSync('slow.wav', chunks);
      await simple.initialize([process.cwd()], { deadlineMs: 50 });
      const error = await simple.readTags('slow.wav').catch((error) => error);
      const { name, code, limit } = error;
      console.log(JSON.stringify({ name, code, limit, base: error instanceof wasm.TagLibError }));
    `);
    const limited = { name: 'ResourceLimitError', code: 'RESOURCE_LIMIT', limit: 'deadline' };
    assert.deepEqual(error, { ...limited, base: true });
  });

  test('reads a batch of paths and bytes in its order, with exact counts', async () => {
    const { items, progress } = await output(`${SETUP}
      import { readFileSync } from 'node:fs';
      await simple.initialize({ '/music': music });
      const bytes = readFileSync(song);
      const progress = [];
      const { items } = await simple.readPropertiesBatch(
        ['/music/vorbis.ogg', bytes, '/nowhere.mp3', { name: 'named', data: bytes }, song],
        { onProgress: (...counts) => progress.push(counts) },
      );
      console.log(JSON.stringify({ items, progress }));
    `);
    assert.deepEqual(
      items.map(({ status, path, data }) => [status, path, data?.codec]),
      [
        ['ok', '/music/vorbis.ogg', 'Vorbis'],
        ['ok', 'buffer-1', 'MP3'],
        ['error', '/nowhere.mp3', undefined],
        ['ok', 'named', 'MP3'],
        ['ok', fixture('id3v24.mp3'), 'MP3'],
      ],
    );
    assert.deepEqual(
      progress.map(([done, total]) => [done, total]),
      [1, 2, 3, 4, 5].map((done) => [done, 5]),
    );
  });

  test('without taglib-wasm reads paths, and says how to install it for the rest', async () => {
    const bare = await installPackage();
    try {
      const { stdout } = await run(
        runtime,
        bare,
        `
          import * as simple from 'taglib-wasi/simple';
          simple.setBufferMode(false);
          await simple.initialize({ '/music': ${JSON.stringify(FIXTURES)} });
          const { title } = await simple.readTags('/music/id3v24.mp3');
          console.log(title[0]);
          await simple.readTags('/music/none.mp3').catch(({ name }) => console.log(name));
          const file = await (await simple.getTagLib()).open('/music/id3v24.mp3');
          console.log(file.tag().title);
          await simple.readTags(new Uint8Array(9)).catch(({ code, message }) => console.log(code, message));
        `,
      );
      assert.match(
        stdout,
        /^Grüße, 世界 🎵\nFileOperationError\nGrüße, 世界 🎵\nINITIALIZATION .*readTags.*npm install taglib-wasm.*\n$/,
      );
    } finally {
      await removePackage(bare);
    }
  });

  test('falls back to taglib-wasm if the addon can’t be loaded, with one warning', async () => {
    const addon = path.join(folder, 'node_modules', 'taglib-wasi', 'native');
    await rename(addon, `${addon}.away`);
    try {
      const { stdout, stderr } = await run(
        runtime,
        folder,
        `${SETUP}
          await simple.initialize({ '/music': music });
          for (const name of ['id3v24.mp3', 'vorbis.ogg']) {
            const { title } = await simple.readTags(music + '/' + name);
            console.log(title[0], simple.route(song).via);
          }
        `,
      );
      assert.equal(stdout, 'Grüße, 世界 🎵 taglib-wasm\n'.repeat(2));
      assert.equal(stderr.split('[TAGLIB_WASI_FALLBACK]').length, 2);
    } finally {
      await rename(`${addon}.away`, addon);
    }
  });
});
