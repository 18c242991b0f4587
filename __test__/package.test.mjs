/** The package as users get it: packed, installed elsewhere, no compiler at hand. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { FIXTURES, ROOT } from './support/files.mjs';
import { installPackage, removePackage } from './support/installed.mjs';
import { node } from './support/runtimes.mjs';

const execute = promisify(execFile);

const READ = `
  taglib.initialize({ '/music': ${JSON.stringify(FIXTURES)} })
    .then(() => taglib.readTags('/music/id3v24.mp3'))
    .then(({ title }) => console.log(title[0]));
`;
const PROGRAMS = {
  'required.cjs': `const taglib = require('taglib-wasi'); ${READ}`,
  'imported.mjs': `import * as taglib from 'taglib-wasi'; ${READ}`,
  'imported-names.mjs': `import { initialize, readTags } from 'taglib-wasi';
    const taglib = { initialize, readTags }; ${READ}`,
  'imported-default.mjs': `import taglib from 'taglib-wasi'; ${READ}`,
};

let folder;

before(async () => {
  folder = await installPackage();
  for (const [name, code] of Object.entries(PROGRAMS)) {
    await writeFile(path.join(folder, name), code);
  }
});
after(() => removePackage(folder));

for (const major of [20, 24]) {
  const runtime = node(major);
  const skip = !runtime && `no Node ${major} is packaged for this platform`;
  describe(`installed from its tarball, under Node ${major}`, { skip }, () => {
    for (const name of Object.keys(PROGRAMS)) {
      test(`${name} reads a file`, async () => {
        // An empty PATH: neither a compiler nor anything else is found.
        const env = { ...process.env, PATH: '', Path: '' };
        const { stdout } = await execute(runtime, [name], { cwd: folder, env });
        assert.equal(stdout, 'Grüße, 世界 🎵\n');
      });
    }
  });
}

test('the package brings its licences and no dependencies', async () => {
  const installed = path.join(folder, 'node_modules', 'taglib-wasi');
  const files = await readdir(installed, { recursive: true });
  for (const name of ['LICENSE', 'NOTICE', 'guest/licenses/LGPL-2.1.txt', 'index.d.ts']) {
    assert.ok(files.includes(path.normalize(name)), name);
  }
  const others = (await readdir(path.join(folder, 'node_modules'))).filter(
    (name) => !name.startsWith('.') && name !== 'taglib-wasi',
  );
  assert.deepEqual(others, []);
});

test('the licence of every crate in the addon is in the package', async () => {
  // What only procedural macros use runs in the compiler and is not in the addon.
  const edges = 'normal,no-proc-macro';
  const args = ['tree', '--locked', '-p', 'taglib-wasi', '-e', edges, '--prefix', 'none'];
  const { stdout } = await execute('cargo', args, { cwd: ROOT });
  const texts = await readFile(
    path.join(folder, 'node_modules/taglib-wasi/THIRD-PARTY.txt'),
    'utf8',
  );
  for (const line of new Set(stdout.trim().split('\n'))) {
    const [, name, version] = line.match(/^(\S+) v(\S+)/);
    if (name.startsWith('taglib-wasi')) continue;
    assert.ok(texts.includes(`    ${name} ${version}\n`), `run \`npm run licences\`: ${line}`);
  }
});

test('an addon that can’t be loaded says so at the first call, and how to mend it', async () => {
  const code = `
    const Module = require('node:module');
    const load = Module._load;
    Module._load = (request, ...rest) => {
      if (request.endsWith('.node') || request.startsWith('taglib-wasi-')) throw new Error('no such platform');
      return load(request, ...rest);
    };
    const { initialize } = require('taglib-wasi');
    initialize([]).catch(({ code, message }) => console.log(code, message));
  `;
  await writeFile(path.join(folder, 'unloadable.cjs'), code);
  const { stdout } = await execute(process.execPath, ['unloadable.cjs'], { cwd: folder });
  assert.match(stdout, /^INITIALIZATION .*can't be loaded.*npm install taglib-wasi/s);
});
