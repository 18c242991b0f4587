/** The documentation: complete, and its examples run. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { fixture, ROOT, scratch } from './support/files.mjs';

const api = await readFile(path.join(ROOT, 'docs', 'api.md'), 'utf8');

test('the API reference has every export', () => {
  for (const name of Object.keys(taglib)) assert.match(api, new RegExp(`\\b${name}\\b`), name);
});

describe('the examples of the API reference', () => {
  for (const { heading, code } of examples(api)) {
    test(heading, async (t) => {
      const folder = await scratch(t);
      const music = path.join(folder, 'music');
      await mkdir(music);
      await copyFile(fixture('id3v24.mp3'), path.join(music, 'song.mp3'));
      await copyFile(fixture('vorbis-comment.flac'), path.join(music, 'song.flac'));
      await writeFile(path.join(music, 'notes.txt'), 'no audio');
      await writeFile(path.join(folder, 'cover.png'), 'an image');
      await writeFile(path.join(folder, 'example.mjs'), program(code, music));
      const { stderr } = await promisify(execFile)(process.execPath, ['example.mjs'], {
        cwd: folder,
      });
      assert.equal(stderr, '');
    });
  }
});

function* examples(markdown) {
  let heading;
  for (const [, title, code] of markdown.matchAll(/^#+ (.*)$|^```js\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (!code.includes('import ')) yield { heading, code };
  }
}

/** The example with everything imported, and the directories that it names. */
function program(code, music) {
  const index = JSON.stringify(path.join(ROOT, 'index.js'));
  return `
    import { readFile, writeFile } from 'node:fs/promises';
    import taglib from ${index};
    const { ${Object.keys(taglib).join(', ')} } = taglib;
    await initialize({ '/music': ${JSON.stringify(music)} });
    {
      ${code
        .replaceAll("'/home/me/Music'", JSON.stringify(music))
        .replaceAll("'/mnt/cds'", JSON.stringify(music))}
    }
  `;
}
