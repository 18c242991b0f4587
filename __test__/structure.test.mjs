/** The structure of the repository: which modules may use which. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from './support/files.mjs';

const JAVASCRIPT_FOLDERS = ['lib', 'bin', 'scripts', 'tools', 'benchmark', '__test__'];
const RUST_ROOTS = ['guest/src', 'src'];

test('JavaScript files import each other without a circle', () => {
  const imports = javascriptImports();
  assert.ok(imports.size > 50, `only ${imports.size} files were found`);
  assertNoCircle(
    new Map([...imports].map(([file, targets]) => [file, targets.map((target) => [target, file])])),
  );
});

test('tests, scripts and benchmarks share code only through tools/', () => {
  const allowed = {
    __test__: ['__test__', 'tools', 'package', 'lib'],
    benchmark: ['benchmark', 'tools', 'package'],
    scripts: ['scripts', 'tools', 'package'],
    tools: ['tools'],
  };
  for (const [file, targets] of javascriptImports()) {
    const folders = allowed[topFolder(file)];
    if (folders === undefined) continue;
    for (const target of targets) {
      const folder = isPublic(target) ? 'package' : topFolder(target);
      assert.ok(folders.includes(folder), `${file} imports ${target}`);
    }
  }
});

test('a folder of lib/ imports only folders that stand before it in this list', () => {
  const order =
    'tables core arguments rows legacy-encoding sources simple lyrics full folder web pictures drop-in'.split(
      ' ',
    );
  const files = readdirSync(path.join(ROOT, 'lib'), { recursive: true })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => /\.(js|mjs|ts)$/.test(file));
  assert.deepEqual([...new Set(files.map(topFolder))].sort(), order.toSorted());
  for (const file of files) {
    const text = readFileSync(path.join(ROOT, 'lib', file), 'utf8');
    for (const [, target] of text.matchAll(/['"]\.\.\/([a-z-]+)\//g)) {
      const isBelow = order.indexOf(target) < order.indexOf(topFolder(file));
      assert.ok(isBelow, `${file} imports ${target}/`);
    }
  }
});

test('the command line uses only what the package exports', () => {
  for (const [file, targets] of javascriptImports()) {
    if (topFolder(file) !== 'bin') continue;
    for (const target of targets) {
      const isAllowed =
        topFolder(target) === 'bin' || ['index.js', 'rows.js', 'package.json'].includes(target);
      assert.ok(isAllowed, `${file} imports ${target}`);
    }
  }
});

test('an app does not load the command line', () => {
  for (const [file, targets] of javascriptImports()) {
    if (!isPublic(file) && topFolder(file) !== 'lib') continue;
    for (const target of targets) assert.notEqual(topFolder(target), 'bin', file);
  }
});

for (const root of RUST_ROOTS) {
  describe(`Rust modules in ${root}`, () => {
    const files = rustFiles(root);

    test('are found', () => {
      assert.ok(files.length >= 5, `only ${files.length} files were found`);
    });

    // `src` and each folder in it: its modules are its files and its folders.
    for (const folder of new Set(['', ...files.flatMap(({ module }) => parents(module))])) {
      const name = folder === '' ? 'at the top' : `in ${folder}/`;
      test(`${name} use each other without a circle`, () => {
        assertNoCircle(rustUses(files, folder));
      });
    }
  });
}

test('guest/tests/main.rs includes every file of tests', () => {
  const main = readFileSync(path.join(ROOT, 'guest/tests/main.rs'), 'utf8');
  const files = readdirSync(path.join(ROOT, 'guest/tests')).filter((name) => name.endsWith('.rs'));
  for (const name of files.filter((file) => file !== 'main.rs')) {
    assert.ok(main.includes(`\nmod ${name.replace(/\.rs$/, '')};\n`), name);
  }
});

/** Maps each JavaScript file to the files of the repository that it imports. */
function javascriptImports() {
  const atTop = readdirSync(ROOT);
  const files = [...atTop, ...JAVASCRIPT_FOLDERS.flatMap((folder) => [...filesIn(folder)])];
  return new Map(
    files.filter((file) => /\.(js|mjs|cjs)$/.test(file)).map((file) => [file, importsOf(file)]),
  );
}

/** The files in a folder and its folders, by their paths in the repository. */
function* filesIn(folder) {
  for (const entry of readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
    const file = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) yield file;
    else if (entry.name !== 'node_modules') yield* filesIn(file);
  }
}

/**
 * The files that a file imports by relative paths, statically or by a call at
 * any place. Comments are skipped.
 */
function importsOf(file) {
  const text = readFileSync(path.join(ROOT, file), 'utf8').replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '');
  const imports =
    /^(?:import|export)\b[^;'"`]*?\bfrom\s*'(\.[^']*)'|^import\s*'(\.[^']*)'|\b(?:require|import)\('(\.[^']*)'\)/gm;
  const targets = [...text.matchAll(imports)].map(([, ...groups]) => groups.find(Boolean));
  const folder = path.posix.dirname(file);
  return [...new Set(targets.map((target) => path.posix.join(folder, target)))];
}

function topFolder(file) {
  const [first, ...rest] = file.split('/');
  return rest.length > 0 ? first : '';
}

/** Whether a file is what users of the package import. */
function isPublic(file) {
  return topFolder(file) === '';
}

/** Each Rust file with the path of its module: `guest/src/save/verify.rs` is `['save', 'verify']`. */
function rustFiles(root) {
  return (
    [...filesIn(root)]
      // Tests may look at a module from above.
      .filter((file) => /(?<!\btests|_tests)\.rs$/.test(file) && file !== `${root}/lib.rs`)
      .map((file) => {
        const module = file
          .slice(root.length + 1)
          .replace(/(\/mod)?\.rs$/, '')
          .split('/');
        const text = withoutTests(readFileSync(path.join(ROOT, file), 'utf8'));
        return { name: file, module, uses: usedPaths(text, module) };
      })
  );
}

/** The text without its unit tests, which may use any module. */
function withoutTests(text) {
  return text.replace(/#\[cfg\(test\)\]\s*mod \w+ \{[\s\S]*$/, '');
}

/**
 * The paths in the crate that a module's code names, from the crate's root. Those
 * after `pub(in …)` give no access, and are left out.
 */
function usedPaths(text, module) {
  const code = text.replaceAll(/\/\/.*$/gm, '');
  return [
    ...code.matchAll(
      /(?<!\bin )\b(crate|super(?:::super)*)::(\{[^;]*?\}(?=;)|[\w:]+(?:::\{[^;]*?\}(?=;))?)/g,
    ),
  ].flatMap(([, start, rest]) => {
    const levels = start === 'crate' ? module.length : start.split('::').length;
    const prefix = module.slice(0, module.length - levels);
    return expanded(rest).map((tail) => [...prefix, ...tail]);
  });
}

/** `a::{b, c::d}` as `[['a', 'b'], ['a', 'c', 'd']]`. */
function expanded(use) {
  const brace = use.indexOf('{');
  if (brace < 0) return [use.split('::').filter(Boolean)];
  const prefix = use.slice(0, brace).split('::').filter(Boolean);
  return topLevelParts(use.slice(brace + 1, use.lastIndexOf('}')))
    .flatMap(expanded)
    .map((tail) => [...prefix, ...tail]);
}

/** Splits a list at its commas, but not inside of braces. */
function topLevelParts(list) {
  const parts = [''];
  let depth = 0;
  for (const character of list.replaceAll(/\s+/g, '')) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part !== '');
}

/** All folders that a module is in, from the root: `['save', 'save/audio_data']`. */
function parents(module) {
  return module.slice(0, -1).map((_, index) => module.slice(0, index + 1).join('/'));
}

/**
 * Maps each module directly in a folder to those beside it that its files use.
 * The folder's own `mod.rs` is not among them: it is the facade over the modules,
 * which may use what it defines for them.
 */
function rustUses(files, folder) {
  const depth = folder === '' ? 0 : folder.split('/').length;
  const isInside = (module) => module.length > depth && module.slice(0, depth).join('/') === folder;
  const inside = files.filter(({ module }) => isInside(module));
  const graph = new Map(inside.map(({ module }) => [module[depth], new Map()]));
  for (const { name, module, uses } of inside) {
    for (const used of uses.filter(isInside).map((use) => use[depth])) {
      if (used !== module[depth] && graph.has(used)) graph.get(module[depth]).set(used, name);
    }
  }
  return graph;
}

/**
 * Fails if the graph has a circle, and lists its files. `graph` maps each node
 * to the nodes that it uses, and those to the file that does so.
 */
function assertNoCircle(graph) {
  const done = new Set();
  const visit = (node, trail) => {
    const start = trail.findIndex((step) => step.node === node);
    if (start >= 0) {
      const steps = trail.slice(start).map(({ file, next }) => `${file} uses ${next}`);
      assert.fail(`there is a circle:\n${steps.join('\n')}`);
    }
    if (done.has(node)) return;
    for (const [next, file] of graph.get(node) ?? []) visit(next, [...trail, { node, file, next }]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
}
