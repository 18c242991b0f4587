/** The class, code, details and stack of every documented error. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as taglib from '../index.js';
import { FIXTURES, fixture, scratch } from './support/files.mjs';
import { flacWith, frame, id3v2, nestedChapters, waveOfManyChunks } from './support/hostile.mjs';

const { initialize, readTags, shutdown } = taglib;

describe('a path that can’t be read', () => {
  let folder;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'taglib-wasi-'));
    await initialize({ '/music': folder });
    await mkdir(path.join(folder, 'folder.mp3'));
    await writeFile(path.join(folder, 'plain.mp3'), 'x');
    await symlink('loop.mp3', path.join(folder, 'loop.mp3'));
    await symlink('/etc/hostname', path.join(folder, 'out.mp3'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [path.join(folder, 'fifo.mp3')]);
  });
  after(async () => {
    await shutdown();
    await rm(folder, { recursive: true });
  });

  const cases = [
    ['is missing', '/music/none.mp3', 'ENOENT'],
    ['is a directory', '/music/folder.mp3', 'EISDIR'],
    ['is the preopened directory itself', '/music', 'EISDIR'],
    ['leads through a file', '/music/plain.mp3/a.mp3', 'ENOTDIR'],
    ['has a slash at the end', '/music/plain.mp3/', 'ENOTDIR'],
    ['has a name that is too long', `/music/${'x'.repeat(300)}.mp3`, 'ENAMETOOLONG'],
    ['is a link to itself', '/music/loop.mp3', 'ELOOP'],
    ['is a link that leads outside', '/music/out.mp3', 'ENOTCAPABLE'],
    ['leads outside by its dots', '/music/../etc/hostname', 'ENOTCAPABLE'],
    ['is outside of every preopened directory', '/etc/hostname', 'ENOTCAPABLE'],
    [
      'begins with the name of a preopened directory, but is not in it',
      '/musical/a.mp3',
      'ENOTCAPABLE',
    ],
    ['is empty', '', 'ENOENT'],
    ['has a NUL in its name', '/music/a\0.mp3', 'EINVAL'],
    ['has a name that is not valid Unicode', '/music/\ud800.mp3', 'ENOENT'],
    ['is a FIFO', '/music/fifo.mp3', 'EINVAL'],
  ];
  for (const [name, file, errno] of cases) {
    const windows = process.platform === 'win32' && 'these error codes are those of POSIX';
    test(`gives ${errno} if it ${name}`, { skip: windows }, async () => {
      await assert.rejects(readTags(file), (error) => {
        assert.ok(error instanceof taglib.FileOperationError);
        assert.ok(error instanceof taglib.TagLibError);
        assert.equal(error.name, 'FileOperationError');
        assert.equal(error.code, 'FILE_OPERATION');
        assert.equal(error.details.errno, errno);
        assert.equal(error.details.path, file);
        assert.equal(error.path, file);
        assert.ok(error.message.includes(errno));
        return true;
      });
    });
  }

  const root = process.getuid?.() === 0 && 'root may read everything';
  test('gives EACCES if its permissions forbid reading', { skip: root }, async () => {
    const file = path.join(folder, 'secret.mp3');
    await writeFile(file, 'x');
    await chmod(file, 0);
    await assert.rejects(readTags(file), {
      details: { errno: 'EACCES', operation: 'open', path: file },
    });
  });

  test('is a FileOperationError if it is not a path at all', async () => {
    for (const input of [5, null, undefined, {}, [], true, new URL('https://example.org/a.mp3')]) {
      await assert.rejects(readTags(input), { code: 'FILE_OPERATION', name: 'FileOperationError' });
    }
  });
});

describe('content that is not audio', () => {
  before(() => initialize([FIXTURES]));
  after(shutdown);

  test('is an InvalidFormatError with the number of bytes', async () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('hello, world')]) {
      await assert.rejects(readTags(bytes), {
        name: 'InvalidFormatError',
        code: 'INVALID_FORMAT',
        bufferSize: bytes.length,
        details: { bufferSize: bytes.length },
      });
    }
  });

  test('is an InvalidFormatError with the path of the file', async (t) => {
    const folder = await scratch(t);
    await initialize([folder]);
    for (const [name, content] of [
      ['empty.mp3', ''],
      ['text.mp3', 'hello'],
      ['short.mpc', 'ab'],
      ['none', ''],
    ]) {
      const file = path.join(folder, name);
      await writeFile(file, content);
      await assert.rejects(readTags(file), (error) => {
        assert.ok(error instanceof taglib.InvalidFormatError);
        assert.equal(error.details.path, file);
        return true;
      });
    }
  });
});

describe('limits', () => {
  after(shutdown);

  const assertLimit = (call, limit) =>
    assert.rejects(call, {
      name: 'ResourceLimitError',
      code: 'RESOURCE_LIMIT',
      limit,
      details: { limit },
    });

  test('the deadline stops a slow file', async () => {
    await initialize([], { deadlineMs: 200 });
    const started = performance.now();
    await assertLimit(readTags(waveOfManyChunks(1_000_000)), 'deadline');
    assert.ok(performance.now() - started < 5000);
  });

  test('the memory limit stops a file that needs more', async () => {
    await initialize([], { memoryLimit: 20 * 1024 * 1024 });
    await assertLimit(readTags(new Uint8Array(10 * 1024 * 1024)), 'memory');
  });

  test('the stack limit stops a deeply nested file, and the next call works', async () => {
    await initialize([FIXTURES]);
    await assertLimit(readTags(nestedChapters(5000)), 'stack');
    assert.deepEqual((await readTags(fixture('id3v1.mp3'))).title, ['Old Title']);
  });

  test('tags that exceed the limits of an answer are a MetadataError', async () => {
    await initialize([]);
    const tooMuch = {
      'a long text': [`TITLE=${'x'.repeat(1_000_001)}`],
      'many values': Array.from({ length: 10_001 }, (_, index) => `ARTIST=${index}`),
      'many fields': Array.from({ length: 5000 }, (_, index) => `KEY${index}=x`),
    };
    for (const comments of Object.values(tooMuch)) {
      await assert.rejects(readTags(flacWith(comments)), {
        name: 'MetadataError',
        code: 'METADATA',
      });
    }
    const cover = Buffer.concat([
      Buffer.from('\0image/png\0\x03\0', 'latin1'),
      Buffer.alloc(50_000_001),
    ]);
    await assert.rejects(readTags(id3v2(frame('APIC', cover))), { code: 'METADATA' });
    assert.deepEqual(await readTags(id3v2(frame('APIC', cover)), { pictures: false }), {});
  });
});

test('field names such as __proto__ are ordinary properties of the tags', async () => {
  await initialize([]);
  const tags = await readTags(flacWith(['__proto__=a', 'constructor=b', 'toString=c', '1=d']));
  assert.equal(Object.getPrototypeOf(tags), Object.prototype);
  assert.deepEqual(tags['1'], ['d']);
  assert.deepEqual(tags.CONSTRUCTOR, ['b']);
  await shutdown();
});

test('the stack of an error shows the line of the caller', async () => {
  await initialize([FIXTURES]);
  async function callerOfReadTags() {
    await readTags('/etc/hostname');
  }
  await assert.rejects(callerOfReadTags(), (error) => {
    const [head, first] = error.stack.split('\n');
    assert.equal(head, `FileOperationError: ${error.message}`);
    assert.match(first, /callerOfReadTags .*errors\.test\.mjs/);
    return true;
  });
  await shutdown();
});

test('in a loop of reads, the stack of an error shows the line that awaits the read', async () => {
  await initialize([FIXTURES]);
  const readable = fixture('id3v24.mp3');
  async function awaiting(file) {
    return await readTags(file);
  }
  const calls = {
    'an awaited call': async () => await awaiting('/etc/hostname'),
    'several calls at once': () => Promise.all([awaiting(readable), awaiting('/etc/hostname')]),
    'a chain of handlers': async () => await awaiting('/etc/hostname').then((tags) => tags),
  };
  for (const [name, call] of Object.entries(calls)) {
    for (let read = 0; read < 3; read += 1) await readTags(readable);
    const error = await call().catch((caught) => caught);
    const [head, first] = error.stack.split('\n');
    assert.equal(head, `FileOperationError: ${error.message}`, name);
    assert.match(first, /awaiting .*errors\.test\.mjs/, name);
  }
  await shutdown();
});

test('a read in a loop may fail before the app awaits it', async () => {
  await initialize([FIXTURES]);
  await readTags(fixture('id3v24.mp3'));
  const failing = readTags('/etc/hostname');
  await sleep(20);
  await assert.rejects(failing, { name: 'FileOperationError' });
  await shutdown();
});

describe('errors are typed whatever the app did to stacks', () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  before(() => initialize([FIXTURES]));
  afterEach(() => {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  });
  after(shutdown);

  const settings = {
    'no frames': () => {
      Error.stackTraceLimit = 0;
    },
    'no limit': () => {
      delete Error.stackTraceLimit;
    },
    'a limit that is not a number': () => {
      Error.stackTraceLimit = 'all';
    },
    'a formatter that gives the frames': () => {
      Error.prepareStackTrace = (_, frames) => frames;
    },
    'a formatter that gives nothing': () => {
      Error.prepareStackTrace = () => undefined;
    },
    'a formatter that throws': () => {
      Error.prepareStackTrace = () => {
        throw new Error('the formatter’s own');
      };
    },
  };
  for (const [name, change] of Object.entries(settings)) {
    test(name, async () => {
      change();
      const error = await readTags('/etc/hostname').catch((caught) => caught);
      const refused = await readTags('/etc/hostname', { picture: 1 }).catch((caught) => caught);
      const { items } = await taglib.readTagsBatch(['/etc/hostname']);
      const scanned = await taglib
        .scan('/etc')
        .next()
        .catch((caught) => caught);
      Error.prepareStackTrace = prepareStackTrace;
      for (const one of [error, items[0].error, scanned]) {
        assert.equal(one.name, 'FileOperationError');
        assert.equal(one.details.errno, 'ENOTCAPABLE');
      }
      assert.equal(refused.name, 'TypeError');
    });
  }
});

test('the error classes can be constructed, with taglib-wasm’s arguments', () => {
  const { FileOperationError, InvalidFormatError, MetadataError, UnsupportedFormatError } = taglib;
  const file = new FileOperationError('save', 'disk full', '/a.mp3', { errno: 'ENOSPC' });
  assert.deepEqual(file.details, { errno: 'ENOSPC', operation: 'save', path: '/a.mp3' });
  assert.equal(new InvalidFormatError('junk', 7).bufferSize, 7);
  assert.equal(new MetadataError('read', 'too long', 'title').field, 'title');
  assert.deepEqual(new UnsupportedFormatError('XM').supportedFormats, taglib.SUPPORTED_FORMATS);
  assert.equal(new taglib.MemoryError('x').code, 'MEMORY');
  assert.equal(new taglib.EnvironmentError('Here', 'lacks it', 'it').requiredFeature, 'it');
});
