/** The built addon, as a file. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from './support/files.mjs';

const NATIVE = path.join(ROOT, 'native');
const addons = readdirSync(NATIVE).filter((name) => name.endsWith('.node'));

test('the addon is built', () => {
  assert.notEqual(addons.length, 0, 'run `npm run build`');
});

for (const addon of addons) {
  describe(addon, async () => {
    // In Latin-1 every byte is a character, so that texts are found in any binary.
    const content = await readFile(path.join(NATIVE, addon), 'latin1');

    const { username } = userInfo();
    for (const [folder, text] of [
      ['the home folder', `${homedir()}${path.sep}`],
      ['the folder of the repository', ROOT],
      ['a folder named like the user', `/${username}/`],
      ['a folder named like the user, on Windows,', `\\${username}\\`],
      ['the home folder of Cargo', '/.cargo/'],
    ]) {
      test(`does not contain the path of ${folder}`, () => {
        assert.equal(around(content, text), undefined);
      });
    }

    test('names the sources of its crates by the paths that every build gives them', () => {
      assert.match(content, /\/cargo\/registry\/src\/[^/]+\/wasmtime-/);
      assert.match(content, /guest\/src\/\w+/);
    });
  });
}

/** The first place of a text, with the characters around it, or undefined. */
function around(content, text) {
  const at = content.indexOf(Buffer.from(text).toString('latin1'));
  return at < 0 ? undefined : content.slice(Math.max(0, at - 60), at + text.length + 60);
}
