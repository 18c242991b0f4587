/**
 * Makes the environment in which the project runs Cargo.
 *
 * Panic messages and debug information name source files by their path on the
 * machine that compiled them. `--remap-path-prefix` gives the crates in Cargo's
 * home folder the same path everywhere, so that no build machine's home folder
 * is in the addon. Crates of the workspace have relative paths already.
 *
 * A profile or a configuration file could not do this: Cargo's `trim-paths` is
 * unstable (rust-lang/cargo 12137), and `.cargo/config.toml` can't name the
 * home folder.
 *
 * Every Cargo command has to run with the same flags and the same target,
 * otherwise Wasmtime is compiled twice: napi-rs builds with `--target`, for
 * which Cargo uses a folder of its own, and no flags in build scripts.
 */
import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** The path that stands for Cargo's home folder in the addon. */
const REMAPPED_HOME = '/cargo';

/** The separator of the flags in CARGO_ENCODED_RUSTFLAGS. */
const ENCODED_SEPARATOR = '\x1f';

/**
 * Returns the caller's environment with the target and the compiler's flags.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function cargoEnvironment(env = process.env) {
  const CARGO_BUILD_TARGET = env.CARGO_BUILD_TARGET ?? hostTarget();
  return { ...withRemappedHome(env), CARGO_BUILD_TARGET };
}

function hostTarget() {
  const version = execFileSync('rustc', ['-vV'], { encoding: 'utf8' });
  const host = /^host: (.+)$/m.exec(version)?.[1];
  if (host === undefined) throw new Error(`rustc names no host:\n${version}`);
  return host;
}

/**
 * Adds the flag to the variable that Cargo reads the compiler's flags from.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withRemappedHome(env) {
  const flag = `--remap-path-prefix=${cargoHome(env)}=${REMAPPED_HOME}`;
  const encoded = env.CARGO_ENCODED_RUSTFLAGS;
  // CARGO_ENCODED_RUSTFLAGS takes precedence over RUSTFLAGS, which takes
  // precedence over CARGO_BUILD_RUSTFLAGS.
  if (encoded !== undefined) {
    return { ...env, CARGO_ENCODED_RUSTFLAGS: added(encoded, flag, ENCODED_SEPARATOR) };
  }
  const flags = (env.RUSTFLAGS ?? env.CARGO_BUILD_RUSTFLAGS ?? '').trim().replaceAll(/\s+/g, ' ');
  // RUSTFLAGS is split at spaces, without any quoting.
  if (flag.includes(' ')) {
    const others = flags.replaceAll(' ', ENCODED_SEPARATOR);
    return { ...env, CARGO_ENCODED_RUSTFLAGS: added(others, flag, ENCODED_SEPARATOR) };
  }
  return { ...env, RUSTFLAGS: added(flags, flag, ' ') };
}

/** @param {NodeJS.ProcessEnv} env */
function cargoHome(env) {
  return env.CARGO_HOME ? path.resolve(env.CARGO_HOME) : path.join(homedir(), '.cargo');
}

/**
 * @param {string} flags
 * @param {string} flag
 * @param {string} separator
 */
function added(flags, flag, separator) {
  const list = flags === '' ? [] : flags.split(separator);
  return list.includes(flag) ? flags : [...list, flag].join(separator);
}
