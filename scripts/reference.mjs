/**
 * `npm run reference`: docs/reference.md, made of the types. With `--check` it
 * fails where the file is not what the types make.
 *
 * TypeDoc and its TypeScript are among the tools of the tests: it does not
 * work with the TypeScript that checks the types.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installed, installRuntimes } from '../__test__/support/runtimes.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGET = path.join(ROOT, 'docs', 'reference.md');

installRuntimes();
const reference = await generate();
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, reference);
} else if (readFileSync(TARGET, 'utf8') !== reference) {
  console.error('docs/reference.md is not what the types make: `npm run reference`');
  process.exitCode = 1;
}

async function generate() {
  const { Application } = await import(pathToFileURL(installed('typedoc/dist/index.js')));
  const folder = mkdtempSync(path.join(tmpdir(), 'taglib-wasi-reference-'));
  try {
    const application = await Application.bootstrapWithPlugins({
      plugin: [installed('typedoc-plugin-markdown/dist/index.js')],
      entryPoints: [path.join(ROOT, 'index.d.ts')],
      tsconfig: path.join(ROOT, 'tsconfig.json'),
      logLevel: 'Warn',
      readme: 'none',
      name: 'Reference',
      disableSources: true,
      excludeExternals: true,
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

function withOrigin(markdown) {
  const origin =
    'Made of [index.d.ts](../index.d.ts) by `npm run reference`. [api.md](api.md) has the\n' +
    'same functions with examples.\n';
  return markdown.replace(/^(# .*\n)/, `$1\n${origin}`);
}
