'use strict';

/**
 * Makes changes for programs that don't know `onLoss`: an unavoidable loss is a warning
 * and not an error.
 *
 * @import { Loss } from '../../index.js'
 */

const process = require('node:process');
const { FileOperationError } = require('../core/errors.js');

/** The kinds of losses for which a warning was printed: one for each, to keep logs short. */
const warnedKinds = new Set();

/**
 * Wraps a function so that a change that is refused because of a loss is made with
 * `onLoss: 'ignore'` and a warning.
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
      const { lost, options } = toleration(error, args[optionsIndex]);
      const retry = [...args];
      retry[optionsIndex] = options;
      const result = await change(...retry);
      warnOfLosses(args[0], lost);
      return result;
    }
  };
}

/**
 * Returns what a refused change would lose, and the options that allow it. Throws the
 * error if it is not a refusal, or if the caller or `TAGLIB_WASI_ON_LOSS=refuse` asked
 * for it.
 *
 * @template {{ onLoss?: 'refuse' | 'report' | 'ignore' }} Options
 * @param {unknown} error
 * @param {Options} [options]
 */
function toleration(error, options) {
  const lost = lostBy(error);
  if (lost === undefined || options?.onLoss !== undefined || isRefusing()) throw error;
  return { lost, options: { ...options, onLoss: /** @type {const} */ ('ignore') } };
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
      `a change of ${file} has lost ${name}, ${JSON.stringify(before)}, which its format ` +
        'or TagLib cannot keep. Other losses of this kind are not reported. ' +
        'TAGLIB_WASI_ON_LOSS=refuse refuses such changes.',
      { code: 'TAGLIB_WASI_LOSS' },
    );
  }
}

module.exports = { toleratingLosses, toleration, warnOfLosses };
