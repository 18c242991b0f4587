'use strict';

/**
 * Changes for programs that don't know `onLoss`: an unavoidable loss is a warning and
 * not an error.
 *
 * @import { Loss } from '../../index.js'
 */

const process = require('node:process');
const { FileOperationError } = require('../core/errors.js');

/** The kinds of losses for which a warning was printed: one for each, to keep logs short. */
const warnedKinds = new Set();

/**
 * The function with `onLoss: 'ignore'` where `'refuse'` would fail, and a warning.
 * Leaves calls alone that have the option, and all calls with
 * `TAGLIB_WASI_ON_LOSS=refuse`.
 *
 * @param {(...args: any[]) => Promise<any>} change A function of a file, whose last
 *   parameter is its options.
 */
function toleratingLosses(change) {
  const optionsIndex = change.length - 1;
  /** @param {any[]} args */
  return async (...args) => {
    try {
      return await change(...args);
    } catch (error) {
      const lost = lostBy(error);
      const options = args[optionsIndex];
      if (lost === undefined || options?.onLoss !== undefined || isRefusing()) throw error;
      const retry = [...args];
      retry[optionsIndex] = { ...options, onLoss: 'ignore' };
      const result = await change(...retry);
      warnOfLosses(args[0], lost);
      return result;
    }
  };
}

/**
 * @param {unknown} error
 * @returns {Loss[] | undefined}
 */
function lostBy(error) {
  if (!(error instanceof FileOperationError)) return undefined;
  return /** @type {Loss[] | undefined} */ (error.details?.lost);
}

function isRefusing() {
  return process.env.TAGLIB_WASI_ON_LOSS === 'refuse';
}

/**
 * @param {unknown} file
 * @param {Loss[]} lost
 */
function warnOfLosses(file, lost) {
  for (const { kind, key, before } of lost) {
    if (warnedKinds.has(kind)) continue;
    warnedKinds.add(kind);
    const name = key === '' ? kind : `${kind} ${key}`;
    process.emitWarning(
      `a change of ${file} has lost something that it was not asked to change: ${name}, ` +
        `${JSON.stringify(before)}. Other losses of this kind are not reported. ` +
        'TAGLIB_WASI_ON_LOSS=refuse refuses such changes.',
      { code: 'TAGLIB_WASI_LOSS' },
    );
  }
}

module.exports = { toleratingLosses };
