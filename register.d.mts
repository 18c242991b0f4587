/**
 * taglib-wasi/register: puts an unchanged program on the route of
 * `taglib-wasi/simple`. Importing it redirects every later import of
 * `taglib-wasm` and `taglib-wasm/simple`; node_modules stays as it is.
 *
 * @example
 * // The directories in the environment: separated as in PATH, or JSON in
 * // either form that `initialize` takes.
 * // TAGLIB_WASI_PREOPENS=/home/me/Music node --import taglib-wasi/register app.mjs
 *
 * @example
 * // Or in a file of your own: node --import ./preload.mjs app.mjs
 * import { register } from 'taglib-wasi/register';
 * await register({ preopens: { '/music': '/home/me/Music' }, deadlineMs: 2000 });
 */

import type { InitializeOptions, Preopens } from './index.js';

/** The directories and the options of `initialize`. */
export interface RegisterConfig extends InitializeOptions {
  readonly preopens: Preopens;
}

/** Preopens the directories; path calls before it resolves go to taglib-wasm. */
export function register(config: RegisterConfig): Promise<void>;
