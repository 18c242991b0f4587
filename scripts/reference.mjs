/**
 * `npm run reference`: generates docs/reference.md from index.d.ts. With
 * `--check` it writes nothing, and fails if the file is out of date.
 *
 * TypeDoc does not work with the version of TypeScript that checks the types,
 * so it is installed, with its own, in `tools/runtimes`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../tools/repository.mjs';
import { installed, installRuntimes } from '../tools/runtimes.mjs';

const TARGET = path.join(ROOT, 'docs', 'reference.md');

/** The types of long tables, which the reference names and does not spell out. */
const TABLE_TYPES = [
  'COMPLEX_PROPERTIES_TABLE',
  'COMPLEX_PROPERTY_KEY_TABLE',
  'FormatMappings_TABLE',
  'PROPERTIES_TABLE',
  'Tags_TABLE',
  'UnnarrowedKey',
  'KeyOfTagFormat',
  'TagFormatOf',
  'Brand',
];

installRuntimes();
const reference = await generate();
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, reference);
} else if (readFileSync(TARGET, 'utf8') !== reference) {
  console.error('docs/reference.md is out of date: run `npm run reference`.');
  process.exitCode = 1;
}

async function generate() {
  const { Application } = await import(pathToFileURL(file('typedoc/dist/index.js')).href);
  const folder = mkdtempSync(path.join(tmpdir(), 'taglib-wasi-reference-'));
  try {
    const application = await Application.bootstrapWithPlugins({
      plugin: [file('typedoc-plugin-markdown/dist/index.js')],
      entryPoints: [path.join(ROOT, 'index.d.ts')],
      tsconfig: path.join(ROOT, 'tsconfig.json'),
      logLevel: 'Warn',
      readme: 'none',
      name: 'Reference',
      disableSources: true,
      excludeExternals: true,
      intentionallyNotExported: TABLE_TYPES,
      groupOrder: ['Functions', 'Interfaces', 'Type Aliases', 'Classes', 'Variables'],
      outputFileStrategy: 'modules',
      hidePageHeader: true,
      hideBreadcrumbs: true,
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
      classPropertiesFormat: 'table',
      typeDeclarationFormat: 'table',
    });
    const project = await application.convert();
    if (project === undefined) throw new Error('TypeDoc can’t read index.d.ts');
    await application.outputs.writeOutput({ name: 'markdown', path: folder }, project);
    return withOrigin(readFileSync(path.join(folder, 'README.md'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The path of a file in an installed package.
 *
 * @param {string} name
 */
function file(name) {
  const found = installed(name);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

/** @param {string} markdown */
function withOrigin(markdown) {
  const origin =
    'Made of [index.d.ts](../index.d.ts) by `npm run reference`. [api.md](api.md) has the\n' +
    'same functions with examples.\n';
  return withoutTables(markdown).replace(/^(# .*\n)/, `$1\n${origin}`);
}

/**
 * Names the type of a table's values, which TypeDoc spells out: it takes pages.
 *
 * @param {string} markdown
 */
function withoutTables(markdown) {
  return markdown.replaceAll(
    /readonly \\\[keyof `PROPERTIES_TABLE`, .*\]$/gm,
    'readonly \\[`PropertyKey`, *typeof* `PROPERTIES`\\[`PropertyKey`\\]\\]\\[\\]',
  );
}
