/** What is said where the addon can't be loaded: a cause and a remedy for each case. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { explainLoadFailure, PLATFORMS } from '../lib/core/load-failure.js';
import { ROOT } from './support/files.mjs';

const LINUX = {
  ...{ platform: 'linux', arch: 'x64', libc: 'gnu', glibc: '2.36', installed: ['linux-x64-gnu'] },
  ...{ isBundled: false, isInAsar: false, isClone: false },
};
const MAC = { ...LINUX, platform: 'darwin', arch: 'arm64', libc: undefined, glibc: undefined };
const WINDOWS = { ...MAC, platform: 'win32', arch: 'x64' };

const MISSING = [
  "Cannot find module './taglib-wasi.linux-x64-gnu.node'\nRequire stack:\n- /app/binding.js",
  "Cannot find module 'taglib-wasi-linux-x64-gnu'\nRequire stack:\n- /app/binding.js",
];

/** The loader's error, as napi-rs chains it. */
function loaderError(messages) {
  const attempts = messages.reduce(
    (cause, message) => Object.assign(new Error(message), { cause }),
    undefined,
  );
  return Object.assign(new Error('Cannot find native binding. npm has a bug'), { cause: attempts });
}

const CASES = [
  {
    name: 'an unsupported platform',
    facts: { ...LINUX, platform: 'freebsd', libc: undefined, installed: [] },
    messages: ['Unsupported OS: freebsd, architecture: x64'],
    cause: /there is no addon for this platform .*linux-x64-gnu/,
    remedy: /npm start.*falls back/,
  },
  {
    name: 'a glibc that is too old',
    facts: { ...LINUX, glibc: '2.28' },
    messages: [
      MISSING[0],
      "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /app/a.node)",
    ],
    cause: /needs glibc 2\.34 or later, and this system has 2\.28/,
    remedy: /newer distribution or container image/,
  },
  {
    name: 'another platform’s package',
    facts: { ...LINUX, installed: ['darwin-arm64'] },
    messages: MISSING,
    cause: /the addon for darwin-arm64 is installed, and this is linux-x64-gnu/,
    remedy: /npm install taglib-wasi.*--os=linux --cpu=x64 --libc=glibc/,
  },
  {
    name: 'another libc’s package',
    facts: { ...LINUX, libc: 'musl', glibc: undefined, installed: ['linux-x64-gnu'] },
    messages: [MISSING[0], "Cannot find module 'taglib-wasi-linux-x64-musl'"],
    cause: /the addon for linux-x64-gnu is installed, and this is linux-x64-musl/,
    remedy: /--libc=musl/,
  },
  {
    name: 'another libc’s file under the right name',
    facts: LINUX,
    messages: [MISSING[0], 'libc.musl-x86_64.so.1: cannot open shared object file'],
    cause: /damaged or made for another platform than linux-x64-gnu/,
    remedy: /don’t copy node_modules/,
  },
  {
    name: 'another processor’s file under the right name',
    facts: MAC,
    messages: [
      "dlopen(/a.node, 0x1): tried: '/a.node' (mach-o file, but is an incompatible architecture)",
    ],
    cause: /made for another platform than darwin-arm64/,
    remedy: /npm install taglib-wasi/,
  },
  {
    name: 'a file that is cut off',
    facts: LINUX,
    messages: [MISSING[0], '/app/taglib-wasi.linux-x64-gnu.node: file too short'],
    cause: /damaged/,
    remedy: /npm install taglib-wasi/,
  },
  {
    name: 'optional dependencies that were left out',
    facts: { ...LINUX, installed: [] },
    messages: MISSING,
    cause: /its package taglib-wasi-linux-x64-gnu is not installed/,
    remedy: /without `--omit=optional` or `--no-optional`.*--omit=dev/,
  },
  {
    name: 'a noexec mount',
    facts: LINUX,
    messages: [MISSING[0], '/app/a.node: failed to map segment from shared object'],
    cause: /noexec or a security policy/,
    remedy: /mounted with exec/,
  },
  {
    name: 'a file that may not be read',
    facts: LINUX,
    messages: ['/app/a.node: cannot open shared object file: Permission denied'],
    cause: /denies access to its file/,
    remedy: /right to read/,
  },
  {
    name: 'macOS’ quarantine',
    facts: MAC,
    messages: ['dlopen(/a.node, 0x0001): code signature in <…> not valid for use in process'],
    cause: /in quarantine or its signature is not valid/,
    remedy: /xattr -dr com\.apple\.quarantine/,
  },
  {
    name: 'macOS’ hardened runtime',
    facts: MAC,
    messages: [
      'code signature not valid: mapping process and mapped file (non-platform) have different Team IDs',
    ],
    cause: /only its own team’s libraries/,
    remedy: /com\.apple\.security\.cs\.disable-library-validation/,
  },
  {
    name: 'Windows’ antivirus',
    facts: WINDOWS,
    messages: ['An Application Control policy has blocked this file. \\\\?\\C:\\a.node'],
    cause: /Windows blocks it/,
    remedy: /Allow the \.node file/,
  },
  {
    name: 'a bundler that took the code along',
    facts: { ...LINUX, installed: [], isBundled: true },
    messages: MISSING,
    cause: /a bundler has copied taglib-wasi’s code/,
    remedy: /--external:taglib-wasi.*externals/,
  },
  {
    name: 'Electron’s asar archive',
    facts: { ...MAC, isInAsar: true },
    messages: ['dlopen(/app.asar/a.node, 0x0001): not a directory'],
    cause: /asar archive/,
    remedy: /asarUnpack/,
  },
  {
    name: 'a clone that is not built',
    facts: { ...LINUX, installed: [], isClone: true },
    messages: MISSING,
    cause: /not built in this clone/,
    remedy: /npm start/,
  },
  {
    name: 'anything else',
    facts: LINUX,
    messages: ['a new kind of error'],
    cause: /the operating system refused it/,
    remedy: /npm install taglib-wasi/,
  },
];

describe('the message for an addon that can’t be loaded names cause and remedy of', () => {
  for (const { name, facts, messages, cause, remedy } of CASES) {
    test(name, () => {
      const message = explainLoadFailure(loaderError(messages), facts);
      const [said, tried] = message.split('The loader tried: ');
      assert.ok(said.startsWith(`the addon for ${facts.platform} ${facts.arch} can't be loaded: `));
      assert.match(said, cause);
      assert.match(said.slice(said.search(cause)), remedy);
      // What the loader met is there for a bug report, one line for each attempt.
      for (const attempt of messages) assert.ok(tried.includes(attempt.split('\n')[0]), tried);
      assert.doesNotMatch(message, /npm has a bug|Require stack/);
    });
  }
});

test('the platforms are those that package.json builds for', async () => {
  const { napi } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const systems = { apple: 'darwin', unknown: 'linux', pc: 'win32' };
  const names = napi.targets.map((target) => {
    const [cpu, vendor, , abi] = target.split('-');
    const arch = cpu === 'x86_64' ? 'x64' : 'arm64';
    return [systems[vendor], arch, ...(abi ? [abi] : [])].join('-');
  });
  assert.deepEqual(names.sort(), [...PLATFORMS]);
});
