/** Saving another user's file: who may do what with it afterwards. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, copyFile, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fixture, scratch } from './support/files.mjs';

const SAVER = fileURLToPath(new URL('support/saver.mjs', import.meta.url));
const NAME = 'id3v24.mp3';

/** The user who saves, and the owner and group of the file. */
const SAVING = { uid: 3000, gid: 3000 };
const OWNER = 1000;
const GROUP = 2000;

/** Why the tests can't run here, if so. */
function obstacle() {
  if (process.getuid?.() !== 0) return 'needs root';
  const imported = spawnSync(process.execPath, ['-e', `import(${JSON.stringify(SAVER)})`], SAVING);
  const output = String(imported.stderr);
  return /EACCES|EPERM|Cannot find/.test(output) && 'other users can not read this folder';
}

async function fileOfAnother(t, mode) {
  const folder = await scratch(t);
  const file = path.join(folder, NAME);
  await copyFile(fixture(NAME), file);
  await chmod(folder, 0o777);
  await chown(file, OWNER, GROUP);
  await chmod(file, mode);
  return { folder, file };
}

/** Saves as another user; resolves to what it wrote to stderr. */
function save(folder) {
  const saver = spawnSync(process.execPath, [SAVER, 'once', folder, NAME], {
    ...SAVING,
    encoding: 'utf8',
  });
  return saver.stderr;
}

describe('a save by a user who may not give the file away', { skip: obstacle() }, () => {
  for (const [mode, expected, why] of [
    [0o6666, 0o666, 'runs nobody with the rights of the new owner'],
    [0o676, 0o666, 'gives the new group no more than everybody has'],
    [0o606, 0o606, 'gives the new group no more than the old one had'],
  ]) {
    test(`${why} (${mode.toString(8)})`, async (t) => {
      const { folder, file } = await fileOfAnother(t, mode);
      assert.equal(save(folder), '');
      const { uid, gid, mode: found } = await stat(file);
      assert.deepEqual(
        [uid, gid, (found & 0o7777).toString(8)],
        [3000, 3000, expected.toString(8)],
      );
    });
  }

  test('is refused where an access list would give rights to the new group', async (t) => {
    const { folder, file } = await fileOfAnother(t, 0o666);
    if (!setAccessList(file)) return t.skip('no python3, or no access lists here');
    const before = await readFile(file);
    assert.match(save(folder), /EPERM/);
    assert.deepEqual(await readFile(file), before);
    assert.deepEqual(await readdir(folder), [NAME]);
  });
});

/** Lets the owner, user 1234, the group and everyone read and write. */
function setAccessList(file) {
  const program = `import os, struct, sys
ANYONE = 0xffffffff
entries = [(1, 6, ANYONE), (2, 6, 1234), (4, 6, ANYONE), (16, 6, ANYONE), (32, 6, ANYONE)]
value = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *entry) for entry in entries)
os.setxattr(sys.argv[1], 'system.posix_acl_access', value)`;
  return spawnSync('python3', ['-c', program, file]).status === 0;
}
