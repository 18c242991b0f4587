/** The environment in which the project runs Cargo (`tools/cargo.mjs`). */
import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { cargoEnvironment, withRemappedHome } from '../tools/cargo.mjs';

const HOME = path.resolve('/home/somebody/.cargo');
const FLAG = `--remap-path-prefix=${HOME}=/cargo`;

test('the flag remaps the default home folder of Cargo', () => {
  const flag = `--remap-path-prefix=${path.join(homedir(), '.cargo')}=/cargo`;
  assert.deepEqual(withRemappedHome({}), { RUSTFLAGS: flag });
});

test('the flag is added to the caller’s RUSTFLAGS, once', () => {
  const once = withRemappedHome({ CARGO_HOME: HOME, RUSTFLAGS: '-C debuginfo=1' });
  assert.equal(once.RUSTFLAGS, `-C debuginfo=1 ${FLAG}`);
  assert.deepEqual(withRemappedHome(once), once);
});

test('the caller’s CARGO_BUILD_RUSTFLAGS, which RUSTFLAGS would hide, are kept', () => {
  const { RUSTFLAGS } = withRemappedHome({
    CARGO_HOME: HOME,
    CARGO_BUILD_RUSTFLAGS: '-Cpanic=abort',
  });
  assert.equal(RUSTFLAGS, `-Cpanic=abort ${FLAG}`);
});

test('the flag is added to CARGO_ENCODED_RUSTFLAGS, which hides RUSTFLAGS, if they are set', () => {
  const env = { CARGO_HOME: HOME, CARGO_ENCODED_RUSTFLAGS: '-C\x1fdebuginfo=1', RUSTFLAGS: '-Cx' };
  assert.deepEqual(withRemappedHome(env), {
    ...env,
    CARGO_ENCODED_RUSTFLAGS: `-C\x1fdebuginfo=1\x1f${FLAG}`,
  });
});

test('a home folder with a space in its path is passed whole', () => {
  const home = path.resolve('/home/some body/.cargo');
  const env = withRemappedHome({ CARGO_HOME: home, RUSTFLAGS: '-C debuginfo=1' });
  assert.deepEqual(env.CARGO_ENCODED_RUSTFLAGS.split('\x1f'), [
    '-C',
    'debuginfo=1',
    `--remap-path-prefix=${home}=/cargo`,
  ]);
});

test('Cargo builds for the caller’s target, or for this machine', () => {
  const target = 'aarch64-apple-darwin';
  assert.equal(cargoEnvironment({ CARGO_BUILD_TARGET: target }).CARGO_BUILD_TARGET, target);
  assert.match(cargoEnvironment({}).CARGO_BUILD_TARGET, /^(x86_64|aarch64)-\w+-\w+/);
});
