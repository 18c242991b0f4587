/**
 * `npm run pack`: the tarballs that are published, in `dist`, as napi-rs lays
 * them out: a main package without the addon, and one for each platform with
 * nothing else, which npm chooses by `os`, `cpu` and `libc`.
 *
 * Makes the platforms that are built, in `native`; with `--all` it fails where
 * one is missing. The main package names all of them as optional dependencies.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32';

/** What the addon has inside, and what its licences ask for. */
const RECURSIVE = { recursive: true };

const TEXTS = ['LICENSE', 'NOTICE', 'THIRD-PARTY.txt', 'guest/licenses'];

/** Only for work on the repository. */
const NOT_PUBLISHED = ['devDependencies', 'scripts', 'overrides', 'napi'];

const manifest = json(path.join(ROOT, 'package.json'));

/** Writes the tarballs to `folder` and gives their paths, the main one first. */
export function pack(folder, { all = false } = {}) {
  const staged = path.join(folder, 'staged');
  rmSync(staged, { recursive: true, force: true });
  const platforms = stagePlatforms(path.join(staged, 'platforms'), all);
  const main = stageMain(
    path.join(staged, 'main'),
    platforms.map(({ name }) => name),
  );
  const built = platforms.filter(({ isBuilt }) => isBuilt).map((platform) => platform.folder);
  const tarballs = [main, ...built].map((source) => packOne(source, folder));
  rmSync(staged, { recursive: true });
  return tarballs;
}

function stagePlatforms(folder, all) {
  // napi makes the directories beside the package.json only.
  mkdirSync(folder, RECURSIVE);
  writeJson(path.join(folder, 'package.json'), manifest);
  execFileSync('npx', ['napi', 'create-npm-dirs', '--cwd', folder, '--npm-dir', 'npm'], {
    cwd: ROOT,
    stdio: 'ignore',
    shell,
  });
  const npm = path.join(folder, 'npm');
  return readdirSync(npm).map((platform) => stagePlatform(path.join(npm, platform), all));
}

function stagePlatform(folder, all) {
  const platform = json(path.join(folder, 'package.json'));
  const addon = path.join(ROOT, 'native', platform.main);
  const isBuilt = existsSync(addon);
  if (!isBuilt && all) throw new Error(`${addon} is missing: build it for ${platform.name} first`);
  if (isBuilt) {
    copyFileSync(addon, path.join(folder, platform.main));
    for (const text of TEXTS) cpSync(path.join(ROOT, text), path.join(folder, text), RECURSIVE);
    const files = [...platform.files, ...TEXTS];
    writeJson(path.join(folder, 'package.json'), { ...platform, files });
  }
  return { name: platform.name, folder, isBuilt };
}

function stageMain(folder, platforms) {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
    cwd: ROOT,
    encoding: 'utf8',
    shell,
  });
  for (const { path: file } of JSON.parse(listing)[0].files) {
    mkdirSync(path.dirname(path.join(folder, file)), RECURSIVE);
    copyFileSync(path.join(ROOT, file), path.join(folder, file));
  }
  const published = Object.entries(manifest).filter(([key]) => !NOT_PUBLISHED.includes(key));
  const optionalDependencies = Object.fromEntries(
    platforms.map((name) => [name, manifest.version]),
  );
  writeJson(path.join(folder, 'package.json'), {
    ...Object.fromEntries(published),
    optionalDependencies,
  });
  return folder;
}

function packOne(source, folder) {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const output = execFileSync('npm', args, { cwd: source, encoding: 'utf8', shell });
  return path.join(folder, JSON.parse(output)[0].filename);
}

function json(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = path.join(ROOT, 'dist');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const tarballs = pack(folder, { all: process.argv.includes('--all') });
  for (const tarball of tarballs) console.log(path.relative(ROOT, tarball));
}
