/** Reading many files in one call. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  applyCoverArt,
  initialize,
  readMetadata,
  readMetadataBatch,
  readProperties,
  readPropertiesBatch,
  readTags,
  readTagsBatch,
  shutdown,
} from '../index.js';
import { FIXTURES, fixture, fixtureNames } from './support/files.mjs';

const FILES = fixtureNames().map(fixture);

before(() => initialize([FIXTURES]));
after(shutdown);

for (const [batch, one] of [
  [readTagsBatch, readTags],
  [readPropertiesBatch, readProperties],
  [readMetadataBatch, readMetadata],
]) {
  test(`${batch.name} gives the answers of ${one.name}, in the order of the files`, async () => {
    const { items, duration } = await batch(FILES);
    assert.deepEqual(
      items.map(({ path }) => path),
      FILES,
    );
    for (const { status, path, data } of items) {
      assert.equal(status, 'ok');
      assert.deepStrictEqual(data, await one(path));
    }
    assert.ok(Number.isInteger(duration) && duration >= 0);
  });
}

test('a file that fails becomes an item with its error, and the others are read', async () => {
  const { items } = await readTagsBatch(['/music/none.mp3', fixture('id3v1.mp3'), 5]);
  assert.deepEqual(
    items.map(({ status }) => status),
    ['error', 'ok', 'error'],
  );
  assert.equal(items[0].error.details.errno, 'ENOTCAPABLE');
  assert.deepEqual(items[1].data.title, ['Old Title']);
});

test('the error of a file shows the line of the caller in its stack', async () => {
  async function callerOfTheBatch() {
    const { items } = await readTagsBatch(['/music/none.mp3']);
    return items[0].error;
  }
  assert.match((await callerOfTheBatch()).stack, /^FileOperationError: .*\n.*callerOfTheBatch/);
});

test('an error thrown by onProgress rejects the batch, unchanged', async () => {
  const mine = new Error('mine');
  const { stack } = mine;
  const call = readTagsBatch(FILES, {
    onProgress: () => {
      throw mine;
    },
  });
  await assert.rejects(call, mine);
  assert.equal(mine.stack, stack);
});

test('with continueOnError: false the first failure rejects the batch and stops the rest', async () => {
  const files = [fixture('none.mp3'), ...Array.from({ length: 5000 }, () => FILES[0])];
  let done = 0;
  const call = readTagsBatch(files, {
    continueOnError: false,
    onProgress: () => {
      done += 1;
    },
  });
  await assert.rejects(call, { code: 'FILE_OPERATION' });
  const atTheEnd = done;
  await shutdown();
  assert.ok(done < files.length / 2 && done - atTheEnd < 10, `${atTheEnd}, then ${done}`);
  await initialize([FIXTURES]);
});

test('onProgress is called once for each file, with exact counts', async () => {
  const seen = [];
  const counts = [];
  await readTagsBatch(FILES, {
    onProgress: (processed, total, file) => {
      assert.equal(total, FILES.length);
      counts.push(processed);
      seen.push(file);
    },
  });
  assert.deepEqual(
    counts,
    FILES.map((_, index) => index + 1),
  );
  assert.deepEqual(seen.toSorted(), FILES);
});

test('an abort after the first result ends a batch of 10,000 files at once', async () => {
  const controller = new AbortController();
  let aborted;
  const call = readTagsBatch(
    Array.from({ length: 10_000 }, (_, index) => FILES[index % FILES.length]),
    {
      signal: controller.signal,
      onProgress: () => {
        aborted ??= performance.now();
        controller.abort();
      },
    },
  );
  await assert.rejects(call, { name: 'AbortError', code: 'ABORT_ERR' });
  const settled = performance.now() - aborted;
  assert.ok(settled < 1000, `${settled} ms`);
  await assert.rejects(readTagsBatch(FILES, { signal: controller.signal }), {
    name: 'AbortError',
  });
});

test('an item names its file by path, by name, or by its index', async () => {
  const bytes = await readFile(fixture('id3v1.mp3'));
  const url = pathToFileURL(fixture('id3v1.mp3'));
  const files = [bytes, { name: 'mine', data: bytes }, new File([bytes], 'a.mp3'), url];
  const { items } = await readTagsBatch(files);
  assert.deepEqual(
    items.map(({ path }) => path),
    ['buffer-0', 'mine', 'a.mp3', url.href],
  );
  assert.ok(items.every(({ status }) => status === 'ok'));
});

test('a running batch keeps the directories that it started with', async () => {
  const call = readTagsBatch(Array.from({ length: 300 }, () => FILES[0]));
  await initialize({});
  const { items } = await call;
  assert.ok(items.every(({ status }) => status === 'ok'));
  await initialize([FIXTURES]);
});

test('a batch of no files resolves to no items', async () => {
  assert.deepEqual((await readTagsBatch([])).items, []);
});

test('concurrency limits how many files are read at once', async () => {
  // If files are read one at a time, their progress comes in order.
  const seen = [];
  await readTagsBatch(FILES, {
    concurrency: 1,
    onProgress: (_done, _total, file) => seen.push(file),
  });
  assert.deepEqual(seen, FILES);
});

test('concurrency holds for files of every kind, which are read in their order', async () => {
  const bytes = await readFile(fixture('id3v1.mp3'));
  const kinds = [FILES[0], bytes, new File([bytes], 'a.mp3'), { name: 'mine', data: bytes }];
  const files = Array.from({ length: 40 }, (_, index) => kinds[index % kinds.length]);
  const seen = [];
  const { items } = await readTagsBatch(files, {
    concurrency: 1,
    onProgress: (_done, _total, file) => seen.push(file),
  });
  assert.deepEqual(
    seen,
    items.map(({ path }) => path),
  );
  assert.ok(items.every(({ status }) => status === 'ok'));
});

test('a single call does not wait for a batch of 10,000 files', async () => {
  let done = 0;
  const files = Array.from({ length: 10_000 }, () => FILES[0]);
  const controller = new AbortController();
  const batch = readTagsBatch(files, {
    signal: controller.signal,
    onProgress: () => {
      done += 1;
    },
  });
  await readTags(FILES[1]);
  assert.ok(done < 500, `${done} files were read before it`);
  controller.abort();
  await assert.rejects(batch, { name: 'AbortError' });
});

test('two batches at once go on side by side', async () => {
  const order = [];
  const batches = ['a', 'b'].map((name) =>
    readTagsBatch(
      Array.from({ length: 500 }, () => FILES[0]),
      { onProgress: () => order.push(name) },
    ),
  );
  await Promise.all(batches);
  const firstHalf = order.slice(0, 500).filter((name) => name === 'b').length;
  assert.ok(firstHalf > 100, `${firstHalf} of the second among the first 500`);
});

test('large answers in a batch arrive in their places', async () => {
  const image = new Uint8Array(3_000_000).fill(7);
  const song = await readFile(fixture('vorbis-comment.flac'));
  const large = await applyCoverArt(song, image, 'image/png');
  const { items } = await readTagsBatch([FILES[0], large, FILES[1], large]);
  for (const index of [1, 3]) assert.deepEqual(items[index].data.pictures[0].data, image);
  assert.ok(items.every(({ status }) => status === 'ok'));
});

test('an error thrown by a file object rejects the batch', async () => {
  const file = {
    get name() {
      throw new RangeError('mine');
    },
  };
  await assert.rejects(readTagsBatch([FILES[0], file]), /^RangeError: mine/);
});

test('pictures: false leaves out the pictures of every file', async () => {
  const { items } = await readMetadataBatch(FILES, { pictures: false });
  assert.ok(items.every(({ data }) => data.tags.pictures === undefined));
  assert.ok(items.some(({ data }) => data.hasCoverArt));
});

test('an error names the argument that is wrong', async () => {
  await assert.rejects(readTagsBatch('a.mp3'), /files must be an array/);
  await assert.rejects(readTagsBatch([], { concurency: 4 }), /no option "concurency"/);
  await assert.rejects(readTagsBatch([], { concurrency: 0 }), /concurrency must be an integer/);
  await assert.rejects(readTagsBatch([], { continueOnError: 1 }), /continueOnError/);
  await assert.rejects(readTagsBatch([], { onProgress: true }), /onProgress must be a function/);
});
