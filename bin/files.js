'use strict';

/**
 * From the paths on the command line to preopened directories: the smallest
 * one that holds all the files. Symbolic links on the command line are meant,
 * so they are followed first.
 */

const { realpath } = require('node:fs/promises');
const path = require('node:path');
const { FileOperationError, initialize } = require('../index.js');

/** Gives `{ path, real }`, or `{ path, error }` for what is not there. */
async function locate(paths, { readOnly }) {
  const located = await Promise.all(paths.map(locateOne));
  const directories = located.filter(({ real }) => real).map(({ real }) => path.dirname(real));
  await initialize(
    commonAncestors(directories).map((directory) => ({ path: directory, readOnly })),
  );
  return located;
}

async function locateOne(file) {
  try {
    return { path: file, real: await realPath(file, 'file') };
  } catch (error) {
    return { path: file, error };
  }
}

/** Where links lead to; fails as the library does. `kind` is what is expected there. */
async function realPath(name, kind) {
  try {
    return await realpath(name);
  } catch ({ code, message }) {
    const reason = code === 'ENOENT' ? `ENOENT: no such ${kind}` : message;
    throw new FileOperationError('open', reason, name, { errno: code });
  }
}

/** The record of a located file: what `work` makes of it, or why that failed. */
async function recordOf({ path: file, real, error: missing }, work) {
  try {
    if (missing) throw missing;
    return { path: file, ...(await work(real)) };
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    return { path: file, status: 'failed', error };
  }
}

/** One for each root, of which Windows has several. */
function commonAncestors(directories) {
  const byRoot = new Map();
  for (const directory of directories) {
    const { root } = path.parse(directory);
    const before = byRoot.get(root);
    byRoot.set(root, before === undefined ? directory : commonAncestor(before, directory));
  }
  return [...byRoot.values()];
}

function commonAncestor(one, other) {
  let ancestor = one;
  while (path.relative(ancestor, other).startsWith('..')) ancestor = path.dirname(ancestor);
  return ancestor;
}

module.exports = { locate, realPath, recordOf };
