'use strict';

/**
 * Loads the addon. `native/binding.js` is napi-rs's generated loader: it knows the
 * platforms and their packages. A failure is thrown at the first call, so that an app
 * can import this package and handle the error.
 */

const { existsSync, readdirSync } = require('node:fs');
const path = require('node:path');
const process = require('node:process');
const { TagLibInitializationError } = require('./errors.js');
const { explainLoadFailure } = require('./load-failure.js');

/** @type {typeof import('../../native/binding.js') | undefined} */
let binding;
/** @type {Error | undefined} */
let loadError;
try {
  binding = require('../../native/binding.js');
} catch (error) {
  loadError = /** @type {Error} */ (error);
}

/** Returns the addon. Throws if it can't be loaded. */
function native() {
  if (binding) return binding;
  const error = /** @type {Error} */ (loadError);
  throw new TagLibInitializationError(explainLoadFailure(error, factsOfProcess()), {
    cause: error,
  });
}

/** Returns why the addon can't be loaded, or undefined. */
function loadFailure() {
  return loadError;
}

/** @returns {import('./load-failure.js').Facts} */
function factsOfProcess() {
  const { platform, arch } = process;
  const here = typeof __filename === 'string' ? __filename : '';
  const root = path.resolve(path.dirname(here), '..', '..');
  return {
    ...{ platform, arch, ...libcOfProcess() },
    installed: installedPlatforms(root),
    isBundled: !/core[\\/]native\.js$/.test(here),
    isInAsar: /\.asar[\\/]/.test(here),
    isClone: existsSync(path.join(root, 'Cargo.toml')),
  };
}

/** @returns {{ libc: 'gnu' | 'musl' | undefined, glibc: string | undefined }} */
function libcOfProcess() {
  if (process.platform !== 'linux') return { libc: undefined, glibc: undefined };
  try {
    const report = /** @type {any} */ (process.report?.getReport());
    const glibc = report?.header?.glibcVersionRuntime;
    return { libc: glibc === undefined ? 'musl' : 'gnu', glibc };
  } catch {
    // Deno gives no report without --allow-sys. The failure is explained without these
    // facts.
    return { libc: undefined, glibc: undefined };
  }
}

/**
 * Returns which of the addon's platform packages are installed beside this one.
 *
 * @param {string} root
 */
function installedPlatforms(root) {
  try {
    const names = readdirSync(path.dirname(root));
    return names.flatMap((name) => name.match(/^taglib-wasi-(.+)$/)?.[1] ?? []);
  } catch {
    // Yarn's Plug'n'Play has no such directory, nor has a bundle.
    return [];
  }
}

module.exports = { loadFailure, native };
