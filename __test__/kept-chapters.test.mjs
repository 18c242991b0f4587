/** A change of chapters keeps the images and links of the chapters, and what it does not concern. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { copies, ROOT } from './support/files.mjs';
import { hasMutagen } from './support/readers.mjs';

const CHAPTERS = path.join(ROOT, '__test__', 'support', 'chapters.py');

async function mutagen(...args) {
  const { stdout } = await promisify(execFile)('python3', ['-B', CHAPTERS, ...args]);
  return JSON.parse(stdout);
}

for (const version of ['3', '4']) {
  describe(`chapters of ID3v2.${version}`, { skip: !hasMutagen }, () => {
    after(taglib.shutdown);

    /** Changes the chapters, and returns what mutagen reads before and after. */
    async function changed(t, change) {
      const folder = await copies(t, ['plain.mp3']);
      await mutagen('write', folder, version);
      const before = await mutagen('read', folder);
      await taglib.initialize([folder]);
      const file = path.join(folder, 'plain.mp3');
      const { chapters } = await taglib.readTags(file);
      assert.equal(chapters.length, 4);
      const { lost } = await taglib.writeTags(
        file,
        { chapters: change(chapters) },
        { onLoss: 'report' },
      );
      assert.deepEqual(lost, []);
      return [before, await mutagen('read', folder)];
    }

    test('keep their images, links and offsets if one of them gets another title', async (t) => {
      const [before, stored] = await changed(t, (list) =>
        list.map((chapter, index) => (index === 1 ? { ...chapter, title: 'new ü' } : chapter)),
      );
      before.chapters[1][4].TIT2 = 'new ü';
      assert.deepEqual(stored, before);
    });

    test('keep their images and links if one of them begins earlier', async (t) => {
      const [before, stored] = await changed(t, ([first, second, ...rest]) => [
        { ...first, endTimeMs: 40 },
        { ...second, startTimeMs: 40 },
        ...rest,
      ]);
      const inner = ({ chapters }) => chapters.map((chapter) => chapter[4]);
      assert.deepEqual(inner(stored), inner(before));
      assert.deepEqual(
        stored.chapters.map(([, start, end]) => [start, end]),
        [
          [0, 40],
          [40, 100],
          [100, 150],
          [150, 200],
        ],
      );
      assert.deepEqual(
        [stored.chapters[2], stored.contents],
        [before.chapters[2], before.contents],
      );
    });

    test('keep them if one is removed and another one is added, in the table of contents too', async (t) => {
      const [before, stored] = await changed(t, ([first, , third, fourth]) => [
        ...[first, third, fourth],
        { startTimeMs: 190, endTimeMs: 200, title: 'added' },
      ]);
      const [first, , third, fourth] = before.chapters;
      assert.deepEqual(stored.chapters.slice(0, 3), [first, third, fourth]);
      assert.deepEqual(stored.chapters[3][4], { TIT2: 'added' });
      const [[, children, titles]] = stored.contents;
      assert.deepEqual(
        children,
        stored.chapters.map(([name]) => name),
      );
      assert.deepEqual(titles, ['Contents']);
      assert.equal(stored.version, Number(version));
    });

    test('keep them if they are given without identifiers', async (t) => {
      const [before, stored] = await changed(t, (list) =>
        list.map(({ startTimeMs, endTimeMs, title }) => ({ startTimeMs, endTimeMs, title })),
      );
      const inner = ({ chapters }) => chapters.map((chapter) => chapter[4]);
      assert.deepEqual(inner(stored), inner(before));
    });
  });
}
