/**
 * taglib-wasi/register: routes the calls of an unchanged app as `taglib-wasi/simple`
 * does. Importing it redirects every later import of `taglib-wasm`, and of its `/simple`,
 * `/folder`, `/rating` and `/web`, without changing node_modules.
 *
 * @example
 * // Directories from the environment: separated as in PATH, or JSON in either
 * // form that `initialize` accepts.
 * // TAGLIB_WASI_PREOPENS=/home/me/Music node --import taglib-wasi/register app.mjs
 *
 * @example
 * // Directories from your own module: node --import ./preload.mjs app.mjs
 * import { register } from 'taglib-wasi/register';
 * await register({ preopens: { '/music': '/home/me/Music' }, deadlineMs: 2000 });
 */

import type { InitializeOptions, Preopens } from './index.js';

/** The arguments of `initialize` in one object. */
export interface RegisterConfig extends InitializeOptions {
  readonly preopens: Preopens;
}

/** Preopens the directories. Until it resolves, calls with paths go to taglib-wasm. */
export function register(config: RegisterConfig): Promise<void>;
