/**
 * The documentation: complete, with examples that run, and without paths, links,
 * figures and test names that have become wrong.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import taglib from '../index.js';
import { nodeAtLeast } from '../tools/runtimes.mjs';
import { fixture, ROOT, scratch } from './support/files.mjs';

/** `docs/reference.md` is generated from the types, and has no paths. */
const PAGES = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'examples/README.md',
  'fuzz/README.md',
  'guest/README.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'reference.md')
    .map((name) => `docs/${name}`),
].map((name) => ({ name, text: readFileSync(path.join(ROOT, name), 'utf8') }));

/** The pages that describe the exports, and whose examples run. */
const API_PAGES = ['docs/api.md', 'docs/folder-api.md', 'docs/full-api.md'];

test('the pages of the API describe every export', () => {
  const text = API_PAGES.map(textOf).join('\n');
  for (const name of Object.keys(taglib)) assert.match(text, new RegExp(`\\b${name}\\b`), name);
});

for (const page of API_PAGES) {
  describe(`the examples of ${page}`, () => {
    for (const { heading, code } of examples(textOf(page))) {
      test(`${heading} runs without a warning`, async (t) => {
        const folder = await scratch(t);
        const music = path.join(folder, 'music');
        await mkdir(music);
        await copyFile(fixture('id3v24.mp3'), path.join(music, 'song.mp3'));
        await copyFile(fixture('vorbis-comment.flac'), path.join(music, 'song.flac'));
        await copyFile(fixture('aac.m4a'), path.join(music, 'song.m4a'));
        await copyFile(fixture('broadcast.wav'), path.join(music, 'song.wav'));
        await writeFile(path.join(music, 'notes.txt'), 'no audio');
        await writeFile(path.join(folder, 'cover.png'), 'an image');
        await writeFile(path.join(folder, 'example.mjs'), program(code, music));
        const { stderr } = await promisify(execFile)(nodeFor(code), ['example.mjs'], {
          cwd: folder,
        });
        assert.equal(stderr, '');
      });
    }
  });
}

for (const { name, text } of PAGES) {
  test(`${name} names only paths that exist`, () => {
    const missing = pathsIn(text).filter((named) => !exists(named, path.dirname(name)));
    assert.deepEqual(missing, []);
  });

  test(`${name} links only to files and headings that exist`, () => {
    const broken = linksIn(text).filter((link) => !leadsSomewhere(link, name));
    assert.deepEqual(broken, []);
  });

  test(`${name} cites only tests that exist`, () => {
    const missing = citedTestsIn(text).filter(
      ({ file, title }) => !readFileSync(path.join(ROOT, file), 'utf8').includes(title),
    );
    assert.deepEqual(missing, []);
  });

  test(`${name} quotes the figures of docs/performance.md`, () => {
    const figures = figureTable();
    for (const [, figure, quoted] of text.matchAll(FIGURE_MARK)) {
      const value = figures.get(figure);
      assert.ok(value !== undefined, `docs/performance.md has no figure ${figure}`);
      assert.equal(quoted.replace(/\s+/g, ' ').slice(0, value.length), value, figure);
    }
  });
}

test('comments in source code name only paths that exist', () => {
  const missing = sourceFiles().flatMap((name) => {
    const folders = foldersAbove(name);
    return pathsIn(commentsIn(name), SOURCE_PATH)
      .filter((named) => !folders.some((folder) => exists(named, folder)))
      .map((named) => `${name}: ${named}`);
  });
  assert.deepEqual(missing, []);
});

test('README.md quotes no measurement that is not in the table of figures', () => {
  const unmarked = withoutCode(textOf('README.md')).replace(/-->\s*[\d.]+( to [\d.]+)? \S+/g, '');
  assert.deepEqual(unmarked.match(/\d[\d.,]*\s(?:µs|ms|seconds|kB|MB|%)/g) ?? [], []);
});

test('docs/performance.md has the figures of the last benchmark', () => {
  const measured = rowsUnder(textOf('benchmark/results/results.md'), 'The library');
  const documented = rowsUnder(textOf('docs/performance.md'), 'What a read costs');
  assert.ok(documented.length > 5);
  for (const row of documented) {
    const result = measured.find(({ reader }) => reader === row.reader);
    assert.ok(result !== undefined, `the benchmark has no reader ${row.reader}`);
    for (const [column, value] of Object.entries(row)) {
      assert.equal(value, result[column], `${row.reader}: ${column}`);
    }
  }
});

test('the headings of CHANGELOG.md are those of Keep a Changelog', () => {
  const headings = [...textOf('CHANGELOG.md').matchAll(/^### (.*)$/gm)].map(([, title]) => title);
  const allowed = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
  assert.deepEqual(
    headings.filter((title) => !allowed.includes(title)),
    [],
  );
  assert.ok(headings.length > 0);
});

function textOf(name) {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

function* examples(markdown) {
  let heading;
  for (const [, title, code] of markdown.matchAll(/^#+ (.*)$|^```js\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (!code.includes('import ')) yield { heading, code };
  }
}

/** taglib-wasm's own module needs a newer Node than this package. */
function nodeFor(code) {
  return code.includes('loadTagLibModule') ? nodeAtLeast(22, 6) : process.execPath;
}

/** The example with everything imported, and its directories replaced by `music`. */
function program(code, music) {
  const index = JSON.stringify(path.join(ROOT, 'index.js'));
  return `
    import { openAsBlob } from 'node:fs';
    import { readFile, writeFile } from 'node:fs/promises';
    import taglib from ${index};
    const { ${Object.keys(taglib).join(', ')} } = taglib;
    await initialize({ '/music': ${JSON.stringify(music)} });
    {
      ${code
        .replaceAll("'/home/me/Music'", JSON.stringify(music))
        .replaceAll("'/mnt/cds'", JSON.stringify(music))}
    }
  `;
}

function withoutCode(text) {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

// ---------------------------------------------------------------- Paths

/** Paths that exist only after a build, an installation or a fuzzing run. */
const GENERATED = ['dist/', 'dist/taglib-wasi.wasm', 'node_modules/', 'target/'];

/** Placeholders, and files of other projects. */
const NOT_OURS = ['bin/commands/NAME.js', 'typedoc/dist/index.js'];

/** The end of a path that a page names: that of a source file or of a folder. */
const SOURCE_FILE = /\w\.(?:c?js|mjs|m?ts|rs|md|json|toml|py|wat|yml|sha256)$|\/$/;

/** A path that a comment names: a source file in a folder. */
const SOURCE_PATH = /\/.*\.(?:c?js|mjs|m?ts|rs|md|py|wat)$/;

const SOURCE_FOLDERS = [
  '__test__',
  'benchmark',
  'bin',
  'fuzz',
  'guest',
  'lib',
  'scripts',
  'src',
  'tools',
];

/**
 * Lists the repository paths in backticks. Such a path begins with one of the repository's
 * folders, or ends like a source file or a folder. Other text in backticks is
 * a guest path, a host path, a MIME type or an entry point of a package.
 */
function pathsIn(text, form = SOURCE_FILE) {
  const spans = [...withoutCode(text).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
  return spans.filter((span) => {
    if (!/^[\w.@*-]+(?:\/[\w.@*-]+)*\/?$/.test(span)) return false;
    if ([...GENERATED, ...NOT_OURS].includes(span)) return false;
    const [first, ...rest] = span.split('/');
    const isInFolder = rest.length > 0 && existsSync(path.join(ROOT, first));
    return isInFolder || form.test(span);
  });
}

function sourceFiles() {
  return SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true })
      .map((name) => `${folder}/${name}`)
      .filter((name) => /\.(?:c?js|mjs|m?ts|rs)$/.test(name) && !name.includes('node_modules')),
  );
}

/** The comments of a file, each on its own line or lines. */
function commentsIn(name) {
  const lines = textOf(name).match(/^\s*(?:\/\/|\/?\*).*$/gm) ?? [];
  return lines.join('\n');
}

/** The folders that a file is in. Comments may name paths from any of them. */
function foldersAbove(name) {
  const parts = path.dirname(name).split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Whether a path is there, from the root or from the page's folder. `*` stands for any name. */
function exists(named, folder) {
  return ['', folder].some((base) => {
    const file = path.join(ROOT, base, named);
    if (!named.includes('*')) return existsSync(file);
    const pattern = new RegExp(
      `^${path.basename(file).replaceAll('.', '\\.').replaceAll('*', '.*')}$`,
    );
    return (
      existsSync(path.dirname(file)) &&
      readdirSync(path.dirname(file)).some((name) => pattern.test(name))
    );
  });
}

// ---------------------------------------------------------------- Links

function linksIn(text) {
  const links = [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, link]) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(link, page) {
  const [file, heading] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, target))) return false;
  return heading === undefined || anchorsOf(textOf(target)).has(heading);
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(text) {
  const titles = [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

// ---------------------------------------------------------------- Tests

/** Citations such as `__test__/crash.test.mjs`: “a full disk”, “saves of one file”. */
function citedTestsIn(text) {
  const citations = text.matchAll(/`([^`]+\.(?:mjs|rs))`: (“[^”]+”(?:, “[^”]+”)*)/g);
  return [...citations].flatMap(([, file, titles]) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title]) => ({ file, title })),
  );
}

// ---------------------------------------------------------------- Figures

/** The comment in front of a quoted figure, and what follows it. */
const FIGURE_MARK = /<!-- figure ([a-z\d-]+) -->\s*([^<|]{1,40})/g;

/** The figures of `docs/performance.md`, by name. */
function figureTable() {
  const rows = rowsUnder(textOf('docs/performance.md'), 'Figures');
  return new Map(rows.map(({ name, figure }) => [name.replaceAll('`', ''), figure]));
}

/** The rows of the first table under a heading, each with its cells by column. */
function rowsUnder(text, heading) {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0];
  const lines = (section ?? '').split('\n').filter((line) => line.startsWith('|'));
  const [columns, , ...rows] = lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  assert.ok(columns !== undefined, `there is no table under ${heading}`);
  return rows.map((cells) =>
    Object.fromEntries(cells.map((cell, index) => [columns[index], cell])),
  );
}
