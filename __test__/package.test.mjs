/** The package as users install it: from its tarballs, in another folder. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { installed } from '../tools/runtimes.mjs';
import { FIXTURES, ROOT, scratch } from './support/files.mjs';
import { installPackage, removePackage } from './support/installed.mjs';

const execute = promisify(execFile);

const manifest = async (directory) =>
  JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8'));
const ours = await manifest(ROOT);

/** This platform, as napi-rs names it. */
const PLATFORM = [
  process.platform,
  process.arch,
  ...(process.platform === 'linux'
    ? [process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl']
    : []),
  ...(process.platform === 'win32' ? ['msvc'] : []),
].join('-');

let folder;

before(async () => {
  folder = await installPackage();
});
after(() => removePackage(folder));

const inModules = (...names) => path.join(folder, 'node_modules', ...names);

test('both packages contain the licences of what is in them', async () => {
  for (const name of [ours.name, `${ours.name}-${PLATFORM}`]) {
    const files = await readdir(inModules(name), { recursive: true });
    for (const text of ['LICENSE', 'NOTICE', 'THIRD-PARTY.txt', 'guest/licenses/LGPL-2.1.txt']) {
      assert.ok(files.includes(path.normalize(text)), `${text} in ${name}`);
    }
  }
});

test('the addon of every platform is an optional dependency of the same version', async () => {
  const { optionalDependencies } = await manifest(inModules(ours.name));
  assert.deepEqual(
    optionalDependencies,
    Object.fromEntries(
      [
        ...['darwin-arm64', 'darwin-x64', 'linux-arm64-gnu', 'linux-arm64-musl', 'linux-x64-gnu'],
        ...['linux-x64-musl', 'win32-arm64-msvc', 'win32-x64-msvc'],
      ].map((platform) => [`${ours.name}-${platform}`, ours.version]),
    ),
  );
  const { name, os, cpu, libc, version } = await manifest(inModules(`${ours.name}-${PLATFORM}`));
  assert.equal(name, `${ours.name}-${PLATFORM}`);
  assert.equal(version, ours.version);
  assert.deepEqual([os, cpu], [[process.platform], [process.arch]]);
  if (process.platform === 'linux') assert.equal(libc.length, 1);
});

test('the packages have no install scripts', async () => {
  for (const name of [ours.name, `${ours.name}-${PLATFORM}`]) {
    const { scripts = {} } = await manifest(inModules(name));
    assert.deepEqual(scripts, {});
  }
});

test('the library loads none of its dependencies, which only the command line needs', async () => {
  const code = `
    require('taglib-wasi').version();
    const names = Object.keys(require.cache)
      .filter((file) => file !== __filename)
      .map((file) => file.split(/node_modules[\\\\/]/).at(-1));
    console.log(JSON.stringify([...new Set(names.map((name) => name.split(/[\\\\/]/)[0]))].sort()));`;
  await writeFile(path.join(folder, 'loaded.cjs'), code);
  const { stdout } = await execute(process.execPath, ['loaded.cjs'], { cwd: folder });
  assert.deepEqual(JSON.parse(stdout), [ours.name, `${ours.name}-${PLATFORM}`]);
});

test('the installed command line has all that a report is made of', async () => {
  const bin = inModules(ours.name, 'bin', 'taglib-wasi.js');
  const { stdout } = await execute(process.execPath, [bin, 'report', FIXTURES]);
  assert.match(stdout, /^<!doctype html>[\s\S]*<\/html>\n$/);
});

test('the installed package is as large as the README says, and under 15 MB', async (t) => {
  const entries = await readdir(inModules(), { recursive: true, withFileTypes: true });
  let size = 0;
  for (const entry of entries.filter((one) => one.isFile())) {
    size += (await stat(path.join(entry.parentPath ?? entry.path, entry.name))).size;
  }
  t.diagnostic(`${size} bytes`);
  const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');
  const said = Number(readme.match(/(\d+(?:\.\d)?) MB installed/)[1]) * 1e6;
  assert.ok(size < 15e6);
  assert.ok(Math.abs(size - said) < said / 5, `the README says ${said} bytes`);
});

describe('the package’s exports', () => {
  const tarball = () => path.join(folder, `${ours.name}-${ours.version}.tgz`);

  test('pass publint', async () => {
    const cli = installed('publint/src/cli.js');
    const { stdout } = await execute(process.execPath, [cli, '--strict', tarball()]);
    assert.match(stdout, /All good/);
  });

  test('pass arethetypeswrong', async () => {
    const cli = installed('@arethetypeswrong/cli/dist/index.js');
    // `register` is an ES module on purpose, for `node --import` alone. Every
    // supported Node resolves by `exports`, so the older profile is left out.
    const rules = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'];
    // It exits with 1 if there is a problem.
    await execute(process.execPath, [cli, tarball(), ...rules]);
  });
});

describe('a program that is bundled with the package as an external', () => {
  const source = `
    import { initialize, readTags } from 'taglib-wasi';
    await initialize({ '/music': ${JSON.stringify(FIXTURES)} });
    const { title } = await readTags('/music/id3v24.mp3');
    console.log(title[0]);`;

  async function assertReads(bundle) {
    assert.match(await readFile(bundle, 'utf8'), /taglib-wasi/);
    const { stdout } = await execute(process.execPath, [bundle], { cwd: folder });
    assert.equal(stdout, 'Grüße, 世界 🎵\n');
  }

  before(() => writeFile(path.join(folder, 'entry.mjs'), source));

  test('reads a file when bundled by esbuild', async () => {
    const { build } = await import(pathToFileURL(installed('esbuild/lib/main.js')));
    const outfile = path.join(folder, 'esbuild.mjs');
    await build({
      entryPoints: [path.join(folder, 'entry.mjs')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['taglib-wasi'],
    });
    await assertReads(outfile);
  });

  test('reads a file when bundled by Vite for SSR', async () => {
    const { build } = await import(pathToFileURL(installed('vite/dist/node/index.js')));
    await build({
      root: folder,
      logLevel: 'error',
      configFile: false,
      build: { ssr: 'entry.mjs', outDir: 'vite', target: 'node20' },
    });
    await assertReads(path.join(folder, 'vite', 'entry.mjs'));
  });
});

test('the licence of every crate in the addon is in the package', async () => {
  // Dependencies of procedural macros run in the compiler and are not in the addon.
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

describe('the first call, if the addon can’t be loaded, ', () => {
  const code = `
    const { initialize } = require('taglib-wasi');
    initialize([]).catch(({ code, message }) => console.log(code, message));`;

  async function firstCall(t, change) {
    const copy = await scratch(t);
    await cp(inModules(), path.join(copy, 'node_modules'), { recursive: true });
    await writeFile(path.join(copy, 'program.cjs'), code);
    await change(path.join(copy, 'node_modules', `${ours.name}-${PLATFORM}`));
    return (await execute(process.execPath, ['program.cjs'], { cwd: copy })).stdout;
  }

  test('says what was looked for when the addon’s package is missing', async (t) => {
    const said = await firstCall(t, (addon) => rm(addon, { recursive: true }));
    assert.match(said, /^INITIALIZATION .*can't be loaded.*npm install taglib-wasi/);
    assert.match(said, new RegExp(`Cannot find module '${ours.name}-${PLATFORM}'`));
  });

  test('says what is wrong when the addon’s file is damaged', async (t) => {
    const file = `${ours.name}.${PLATFORM}.node`;
    const said = await firstCall(t, (addon) => writeFile(path.join(addon, file), 'cut off'));
    assert.match(said, /^INITIALIZATION .*can't be loaded.*npm install taglib-wasi/);
    assert.ok(said.includes(file), said);
  });
});
