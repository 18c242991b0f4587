'use strict';

/**
 * Explains why the addon can't be loaded, with a message and a remedy for each cause.
 * The functions are pure: they get the loader's error and a few facts about the
 * process.
 *
 * @typedef {object} Facts
 * @property {string} platform `process.platform`
 * @property {string} arch `process.arch`
 * @property {'gnu' | 'musl' | undefined} libc Linux only.
 * @property {string | undefined} glibc The version that runs here.
 * @property {string[]} installed The platforms of the addons that are installed
 *   beside this package, such as `linux-x64-gnu`.
 * @property {boolean} isBundled Whether this code was copied out of its package.
 * @property {boolean} isInAsar Whether this code is in an archive of Electron's.
 * @property {boolean} isClone Whether this code is in a clone of the repository.
 *
 * @typedef {{ cause: string, remedy: string }} Explanation
 * @typedef {(said: string, facts: Facts) => Explanation | undefined} Diagnosis
 */

/** The platforms that have an addon: package.json's `napi.targets` by npm's names. */
const PLATFORMS = Object.freeze([
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-arm64-msvc',
  'win32-x64-msvc',
]);

const REINSTALL = 'Install again on this machine: `npm install taglib-wasi`';

/**
 * Explains why the addon can't be loaded.
 *
 * @param {Error} error The loader's, with each attempt in its chain of causes.
 * @param {Facts} facts
 */
function explainLoadFailure(error, facts) {
  const attempts = attemptsOf(error);
  const said = attempts.join('\n');
  const { cause, remedy } = explain(said, facts);
  return (
    `the addon for ${facts.platform} ${facts.arch} can't be loaded: ${cause}. ${remedy}. ` +
    `The loader tried: ${attempts.join('; ')}`
  );
}

/**
 * @param {string} said
 * @param {Facts} facts
 */
function explain(said, facts) {
  for (const diagnose of DIAGNOSES) {
    const explanation = diagnose(said, facts);
    if (explanation !== undefined) return explanation;
  }
  return { cause: 'the operating system refused it', remedy: REINSTALL };
}

/** @type {Diagnosis} */
function unsupportedPlatform(_, facts) {
  if (PLATFORMS.includes(platformOf(facts))) return undefined;
  return {
    cause: `there is no addon for this platform (there is one for ${PLATFORMS.join(', ')})`,
    remedy:
      'Build it from a clone of the repository with `npm start`, or use taglib-wasm, to which ' +
      '`taglib-wasi/simple` falls back',
  };
}

/** @type {Diagnosis} */
function glibcTooOld(said, { glibc = 'an older version' }) {
  const required = said.match(/version [`'"]GLIBC_([\d.]+)['"] not found/)?.[1];
  if (required === undefined) return undefined;
  return {
    cause: `it needs glibc ${required} or later, and this system has ${glibc}`,
    remedy: 'Use a newer distribution or container image, such as one based on Debian 12',
  };
}

/**
 * macOS checks signatures of libraries in apps with the hardened runtime.
 *
 * @type {Diagnosis}
 */
function blockedByMacOS(said, { platform }) {
  if (platform !== 'darwin') return undefined;
  if (/different Team IDs/i.test(said)) {
    return {
      cause: 'macOS blocks it, as the app’s hardened runtime accepts only its own team’s libraries',
      remedy:
        'Sign the .node file with the app’s certificate, or give the app the entitlement ' +
        'com.apple.security.cs.disable-library-validation',
    };
  }
  if (/code signature|library load (disallowed|denied)|system policy|quarantine/i.test(said)) {
    return {
      cause: 'macOS blocks it, as the file is in quarantine or its signature is not valid',
      remedy:
        'Remove the quarantine with `xattr -dr com.apple.quarantine node_modules`, or sign the ' +
        '.node file with the app',
    };
  }
  return undefined;
}

/** @type {Diagnosis} */
function blockedByMount(said) {
  // SELinux and other policies give the same messages as a noexec mount.
  if (!/failed to map segment|cannot enable executable stack/i.test(said)) return undefined;
  return {
    cause:
      'the operating system forbids running code from that directory, as it is mounted with ' +
      'noexec or a security policy such as SELinux covers it',
    remedy: 'Install the app on a file system that is mounted with exec, or change the policy',
  };
}

/** @type {Diagnosis} */
function blockedByAntivirus(said, { platform }) {
  if (
    platform !== 'win32' ||
    !/access is denied|application control policy|blocked by group policy|contains a virus/i.test(
      said,
    )
  ) {
    return undefined;
  }
  return {
    cause: 'Windows blocks it by its antivirus, by an application control policy or by permissions',
    remedy: 'Allow the .node file there, or ask whoever administers the machine to do so',
  };
}

/** @type {Diagnosis} */
function unreadable(said) {
  if (!/permission denied|EACCES|operation not permitted/i.test(said)) return undefined;
  return {
    cause: 'the operating system denies access to its file',
    remedy: 'Give the user who runs the app the right to read the .node file and its directories',
  };
}

const OTHER_BINARY =
  /invalid ELF header|wrong ELF class|incompatible architecture|not a mach-o|no suitable image|not a valid Win32 application|file too short|exec format error/i;
const OTHER_LIBC = /libc\.musl-|ld-musl-|ld-linux-[\w.-]+|Error relocating/i;

/** @type {Diagnosis} */
function wrongBinary(said, facts) {
  if (!OTHER_BINARY.test(said) && !OTHER_LIBC.test(said)) return undefined;
  return {
    cause: `the installed file is damaged or made for another platform than ${platformOf(facts)}`,
    remedy: `${REINSTALL}, and don’t copy node_modules from another platform or container image`,
  };
}

/** @type {Diagnosis} */
function bundled(said, { isBundled }) {
  if (!isBundled || !isMissing(said)) return undefined;
  return {
    cause: 'a bundler has copied taglib-wasi’s code out of its package, and left the addon behind',
    remedy:
      'Mark the package as external (esbuild: `--external:taglib-wasi`; webpack: `externals`; ' +
      'Vite: `build.rollupOptions.external`) and ship node_modules/taglib-wasi* with the app',
  };
}

/** @type {Diagnosis} */
function inAsar(said, { isInAsar }) {
  if (!isInAsar) return undefined;
  return {
    cause: isMissing(said)
      ? 'the app’s asar archive lacks its package'
      : 'it can’t be loaded from within the app’s asar archive',
    remedy:
      'Let the packager unpack it (electron-builder: `asarUnpack: ["**/*.node"]`; Electron Forge: ' +
      'the auto-unpack-natives plugin) and package on the platform that the app is for',
  };
}

/** @type {Diagnosis} */
function notBuilt(said, { isClone }) {
  if (!isClone || !isMissing(said)) return undefined;
  return {
    cause: 'it is not built in this clone of the repository',
    remedy: 'Build it with `npm start`',
  };
}

/** @type {Diagnosis} */
function wrongPlatformPackage(said, facts) {
  const own = platformOf(facts);
  const others = facts.installed.filter((platform) => platform !== own);
  if (!isMissing(said) || others.length === 0 || facts.installed.includes(own)) return undefined;
  return {
    cause: `the addon for ${others.join(' and ')} is installed, and this is ${own}`,
    remedy:
      `${REINSTALL}. To install for another platform than the one that npm runs on: ` +
      `\`npm install ${npmFlags(facts)} taglib-wasi\``,
  };
}

/** @type {Diagnosis} */
function optionalDependencyMissing(said, facts) {
  if (!isMissing(said) || facts.installed.includes(platformOf(facts))) return undefined;
  return {
    cause: `its package taglib-wasi-${platformOf(facts)} is not installed`,
    remedy:
      `${REINSTALL}, without \`--omit=optional\` or \`--no-optional\` (to leave out development ` +
      'dependencies use `--omit=dev`). If the package is still missing, remove node_modules and ' +
      'package-lock.json first: a lockfile from another platform may lack it',
  };
}

/** The first explanation is used. @type {Diagnosis[]} */
const DIAGNOSES = [
  unsupportedPlatform,
  glibcTooOld,
  blockedByMacOS,
  blockedByMount,
  blockedByAntivirus,
  wrongBinary,
  unreadable,
  bundled,
  inAsar,
  notBuilt,
  wrongPlatformPackage,
  optionalDependencyMissing,
];

/**
 * Returns the first line of each attempt's message. napi-rs's own message blames npm;
 * the real errors are in its chain of causes.
 *
 * @param {Error} error
 */
function attemptsOf(error) {
  const lines = new Set();
  /** @type {unknown} */
  let cause = error.cause ?? error;
  for (; cause instanceof Error; cause = cause.cause) {
    lines.add(cause.message.split('\n')[0]);
  }
  return [...lines];
}

/**
 * Returns whether no attempt found a file, so that every error is that of a missing
 * module.
 *
 * @param {string} said
 */
function isMissing(said) {
  return said
    .split('\n')
    .every((line) => /cannot find (module|package)|could not resolve|^$/i.test(line));
}

/**
 * Returns the platform in npm's terms, as in the names of the packages.
 *
 * @param {Facts} facts
 */
function platformOf({ platform, arch, libc }) {
  const abi = { linux: libc ?? 'gnu', win32: 'msvc' }[platform];
  return [platform, arch, ...(abi ? [abi] : [])].join('-');
}

/** @param {Facts} facts */
function npmFlags({ platform, arch, libc }) {
  const libcFlag = libc === undefined ? '' : ` --libc=${libc === 'gnu' ? 'glibc' : 'musl'}`;
  return `--os=${platform} --cpu=${arch}${libcFlag}`;
}

module.exports = { explainLoadFailure, PLATFORMS };
