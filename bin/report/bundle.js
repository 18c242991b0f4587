'use strict';

/**
 * Puts the page's script together: the CommonJS modules of the client, each in a function,
 * and a `require` for them. They are ordinary modules here, so that they are checked and
 * tested as all others. A bundler would be a dependency of the package for six short files.
 */

const { readFileSync } = require('node:fs');
const path = require('node:path');

/**
 * Returns the script that runs a module and those that it requires.
 *
 * @param {string} entry
 */
function bundle(entry) {
  /** @type {Map<string, { id: number, source: string }>} */
  const modules = new Map();
  add(entry, modules);
  const functions = [...modules.values()]
    .sort((a, b) => a.id - b.id)
    .map(({ source }) => `(module, exports, require) => {\n${source}\n}`);
  return `(() => {
'use strict';
const modules = [${functions.join(',\n')}];
const loaded = [];
const require = (id) => {
  if (loaded[id] === undefined) {
    loaded[id] = { exports: {} };
    modules[id](loaded[id], loaded[id].exports, require);
  }
  return loaded[id].exports;
};
require(0);
})();`;
}

/**
 * Adds a module and those that it requires, and returns its id.
 *
 * @param {string} file
 * @param {Map<string, { id: number, source: string }>} modules
 * @returns {number}
 */
function add(file, modules) {
  const known = modules.get(file);
  if (known !== undefined) return known.id;
  const module = { id: modules.size, source: '' };
  modules.set(file, module);
  module.source = readFileSync(file, 'utf8').replaceAll(/require\('(\..*?)'\)/g, (_, name) => {
    return `require(${add(path.resolve(path.dirname(file), name), modules)})`;
  });
  return module.id;
}

module.exports = { bundle };
