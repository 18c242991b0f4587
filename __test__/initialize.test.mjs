/** `initialize`, called once and again, and `shutdown`. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import taglib, { initialize, isInitialized, readTags, shutdown, version } from '../index.js';
import { FIXTURES, fixture, ROOT, scratch } from './support/files.mjs';

afterEach(shutdown);

test('import and require share one state', async () => {
  const required = createRequire(import.meta.url)('../index.js');
  assert.equal(required, taglib);
  await initialize([FIXTURES]);
  assert.equal(required.isInitialized(), true);
  assert.ok(await required.readTags(fixture('plain.mp3')));
});

test('before initialize and after shutdown, a read rejects with what to call first', async () => {
  for (const _ of ['before', 'after']) {
    assert.equal(isInitialized(), false);
    await assert.rejects(readTags('/music/a.mp3'), {
      name: 'TagLibInitializationError',
      code: 'INITIALIZATION',
      message: /call `await initialize\(preopens\)` first/,
    });
    await initialize([FIXTURES]);
    assert.equal(isInitialized(), true);
    await shutdown();
  }
});

test('directories in an array are read under their own paths', async () => {
  await initialize([FIXTURES]);
  assert.ok(await readTags(fixture('id3v1.mp3')));
});

test('a directory may be given by a relative path, and through a link', async (t) => {
  const folder = await scratch(t);
  await mkdir(path.join(folder, 'real'));
  await copyFile(fixture('id3v1.mp3'), path.join(folder, 'real', 'a.mp3'));
  await symlink('real', path.join(folder, 'link'));
  await initialize({ '/m': path.relative(process.cwd(), path.join(folder, 'link')) });
  for (const file of [
    '/m/a.mp3',
    path.join(folder, 'link', 'a.mp3'),
    path.join(folder, 'real', 'a.mp3'),
  ]) {
    assert.deepEqual((await readTags(file)).title, ['Old Title'], file);
  }
});

test('bytes can be read without any directory', async () => {
  await initialize({});
  assert.deepEqual((await readTags(await readFile(fixture('id3v1.mp3')))).title, ['Old Title']);
});

test('a second initialize replaces the directories, and running calls keep the old ones', async (t) => {
  const folder = await scratch(t);
  await initialize({ '/music': FIXTURES });
  const underWay = Array.from({ length: 200 }, () => readTags('/music/id3v1.mp3'));
  await initialize({ '/music': folder });
  for (const tags of await Promise.all(underWay)) assert.deepEqual(tags.title, ['Old Title']);
  await assert.rejects(readTags('/music/id3v1.mp3'), { code: 'FILE_OPERATION' });
});

test('a failed initialize keeps the old directories', async () => {
  await initialize({ '/music': FIXTURES });
  await assert.rejects(initialize({ '/music': '/nowhere/at/all' }));
  assert.ok(await readTags('/music/plain.mp3'));
});

test('shutdown waits for running calls', async () => {
  await initialize({ '/music': FIXTURES });
  let settled = 0;
  const underWay = Array.from({ length: 100 }, () =>
    readTags('/music/id3v24.mp3').then(() => {
      settled += 1;
    }),
  );
  await shutdown();
  assert.equal(settled, underWay.length);
});

test('version gives the versions of the package, TagLib and Wasmtime', async () => {
  const { version: packageVersion } = JSON.parse(await readFile(path.join(ROOT, 'package.json')));
  const { package: ours, taglib, wasmtime } = version();
  assert.equal(ours, packageVersion);
  assert.equal(taglib, '2.3.0');
  assert.match(wasmtime, /^48\.\d+\.\d+$/);
});

describe('an error names the directory that can’t be opened', () => {
  test('because it is missing', async () => {
    await assert.rejects(initialize({ '/music': FIXTURES, '/cds': '/nowhere/at/all' }), {
      name: 'TagLibInitializationError',
      message: /\/nowhere\/at\/all.*no such directory/,
      details: { path: '/nowhere/at/all', errno: 'ENOENT' },
    });
  });

  test('because it is a file', async (t) => {
    const file = path.join(await scratch(t), 'file');
    await writeFile(file, '');
    await assert.rejects(initialize([file]), {
      code: 'INITIALIZATION',
      message: /not a directory/,
      details: { path: file, errno: 'ENOTDIR' },
    });
  });
});

describe('initialize refuses, and names what is wrong,', () => {
  const refused = [
    ['no preopens', [], TypeError, /preopens/],
    ['a string', ['/music'], TypeError, /preopens .*"\/music"/],
    ['null', [null], TypeError, /preopens .*null/],
    ['a relative guest path', [{ music: '/tmp' }], RangeError, /guest path .*"music"/],
    ['a number for a directory', [{ '/music': 5 }], TypeError, /preopens\["\/music"\] .*5/],
    ['an empty directory name', [['']], RangeError, /preopens\[0\]/],
    [
      'a misspelled directory option',
      [{ '/m': { path: '/tmp', readonly: true } }],
      TypeError,
      /"readonly".*readOnly/,
    ],
    [
      'a readOnly that is not a boolean',
      [[{ path: '/tmp', readOnly: 1 }]],
      TypeError,
      /preopens\[0\]\.readOnly/,
    ],
    ['one guest path twice', [{ '/m': '/tmp', '/m/': '/' }], RangeError, /one directory for \/m/],
    ['a misspelled option', [[], { deadline: 5 }], TypeError, /"deadline".*deadlineMs/],
    ['options that are not an object', [[], 5], TypeError, /options/],
    ['a deadline of zero', [[], { deadlineMs: 0 }], RangeError, /deadlineMs .*milliseconds/],
    ['a deadline in words', [[], { deadlineMs: '5 s' }], TypeError, /deadlineMs .*"5 s"/],
    [
      'less memory than TagLib’s module starts with',
      [[], { memoryLimit: 1024 }],
      RangeError,
      /memoryLimit .*bytes/,
    ],
    [
      'more memory than the module can address',
      [[], { memoryLimit: 2 ** 32 }],
      RangeError,
      /memoryLimit/,
    ],
    ['a concurrency that is not an integer', [[], { concurrency: 1.5 }], RangeError, /concurrency/],
  ];
  for (const [name, args, type, message] of refused) {
    test(name, async () => {
      await assert.rejects(initialize(...args), (error) => {
        assert.ok(error instanceof type, `${error}`);
        assert.match(error.message, message);
        assert.match(error.code, /^ERR_/);
        return true;
      });
    });
  }
});
