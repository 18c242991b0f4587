/**
 * Makes the tarballs that are published, laid out as napi-rs lays them out: a
 * main package without the addon, and one package per platform that contains
 * only the addon. npm chooses among those by `os`, `cpu` and `libc`.
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
import { ROOT } from './repository.mjs';
import { NEEDS_SHELL } from './run.mjs';

/** The licences of what the addon contains. */
const LICENCES = ['LICENSE', 'NOTICE', 'THIRD-PARTY.txt', 'guest/licenses'];

/** Fields of package.json that only serve work on the repository. */
const NOT_PUBLISHED = ['devDependencies', 'scripts', 'overrides', 'napi'];

const manifest = readJson(path.join(ROOT, 'package.json'));

/**
 * Writes the tarballs to `folder` and returns their paths, the main package's
 * first. The main package names every platform as an optional dependency; a
 * platform whose addon is not built gets no tarball.
 *
 * @param {string} folder
 * @param {{ all?: boolean }} [options] with `all`, a platform that is not built is an error
 */
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

/**
 * @param {string} folder
 * @param {boolean} all
 */
function stagePlatforms(folder, all) {
  // napi makes the directories beside the package.json only.
  mkdirSync(folder, { recursive: true });
  writeJson(path.join(folder, 'package.json'), manifest);
  execFileSync('npx', ['napi', 'create-npm-dirs', '--cwd', folder, '--npm-dir', 'npm'], {
    cwd: ROOT,
    stdio: 'ignore',
    shell: NEEDS_SHELL,
  });
  const npm = path.join(folder, 'npm');
  return readdirSync(npm).map((platform) => stagePlatform(path.join(npm, platform), all));
}

/**
 * @param {string} folder
 * @param {boolean} all
 */
function stagePlatform(folder, all) {
  const platform = readJson(path.join(folder, 'package.json'));
  const addon = path.join(ROOT, 'native', platform.main);
  const isBuilt = existsSync(addon);
  if (!isBuilt && all) throw new Error(`${addon} is missing: build it for ${platform.name} first`);
  if (isBuilt) {
    copyFileSync(addon, path.join(folder, platform.main));
    for (const name of LICENCES) {
      cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
    }
    const files = [...platform.files, ...LICENCES];
    writeJson(path.join(folder, 'package.json'), { ...platform, files });
  }
  return { name: platform.name, folder, isBuilt };
}

/**
 * @param {string} folder
 * @param {string[]} platforms the names of their packages
 */
function stageMain(folder, platforms) {
  for (const file of publishedFiles()) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
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

/** The files that npm takes into the main package. @returns {string[]} */
function publishedFiles() {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: NEEDS_SHELL,
  });
  return JSON.parse(listing)[0].files.map((/** @type {{ path: string }} */ file) => file.path);
}

/**
 * @param {string} source
 * @param {string} folder
 */
function packOne(source, folder) {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const output = execFileSync('npm', args, { cwd: source, encoding: 'utf8', shell: NEEDS_SHELL });
  return path.join(folder, JSON.parse(output)[0].filename);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * @param {string} file
 * @param {unknown} value
 */
function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
