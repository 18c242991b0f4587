'use strict';

/**
 * Checks the directories that are passed to `initialize`.
 *
 * @import { PreopenRecord } from '../../native/binding.js'
 */

const path = require('node:path');
const { checkBoolean, checkKeys, isObject, rangeError, typeError } = require('./check.js');

/**
 * Checks the preopens. The object form is `{ guestPath: directory }`, the array
 * form a list of directories seen under their own absolute paths; a directory is
 * a path or `{ path, readOnly }`.
 *
 * @param {unknown} preopens
 * @returns {PreopenRecord[]}
 */
function checkPreopens(preopens) {
  const records = Array.isArray(preopens)
    ? preopens.map((directory, index) => {
        const checked = checkDirectory(`preopens[${index}]`, directory);
        return { guestPath: guestPathOf(checked.hostPath), ...checked };
      })
    : recordsOfObject(preopens);
  refuseDuplicates(records);
  return records;
}

/**
 * @param {unknown} preopens
 * @returns {PreopenRecord[]}
 */
function recordsOfObject(preopens) {
  if (!isObject(preopens)) {
    throw typeError(
      'preopens',
      'an object of guest paths and directories, or an array of directories',
      preopens,
    );
  }
  return Object.entries(preopens).map(([guestPath, directory]) => {
    if (!guestPath.startsWith('/') || guestPath.includes('\0')) {
      throw rangeError('a guest path in preopens', 'an absolute path such as "/music"', guestPath);
    }
    const name = `preopens[${JSON.stringify(guestPath)}]`;
    return { guestPath, ...checkDirectory(name, directory) };
  });
}

/**
 * @param {string} name
 * @param {unknown} directory
 */
function checkDirectory(name, directory) {
  let hostPath = directory;
  let readOnly = false;
  if (isObject(directory)) {
    checkKeys(name, directory, ['path', 'readOnly']);
    hostPath = directory.path;
    readOnly = directory.readOnly ?? false;
    checkBoolean(`${name}.readOnly`, readOnly);
  }
  if (typeof hostPath !== 'string') {
    throw typeError(name, 'the path of a directory, or { path, readOnly }', hostPath);
  }
  if (hostPath === '' || hostPath.includes('\0')) {
    throw rangeError(name, 'the path of a directory', hostPath);
  }
  return { hostPath: path.resolve(hostPath), readOnly };
}

/**
 * WASI has neither drives nor backslashes: `C:\Music` becomes `/C/Music`.
 *
 * @param {string} hostPath
 */
function guestPathOf(hostPath) {
  if (path.sep === '/') return hostPath;
  return `/${hostPath.replaceAll('\\', '/').replace(':', '')}`;
}

/** @param {PreopenRecord[]} records */
function refuseDuplicates(records) {
  const hostPaths = new Map();
  for (const { guestPath, hostPath } of records) {
    const normalized = path.posix.join(guestPath, '/');
    const other = hostPaths.get(normalized);
    if (other !== undefined) {
      throw rangeError(
        'preopens',
        `a set with one directory for ${guestPath}`,
        `${other} and ${hostPath}`,
      );
    }
    hostPaths.set(normalized, hostPath);
  }
}

module.exports = { checkPreopens };
