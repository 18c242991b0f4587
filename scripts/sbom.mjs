/**
 * `npm run sbom`: what the addon is made of, as CycloneDX in `sbom.cdx.json`,
 * by cargo-cyclonedx (`cargo install --locked cargo-cyclonedx`). TagLib's module,
 * which is no crate, is added. The command line's npm packages are not in it:
 * package-lock.json has those.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { run } from './prepare.mjs';

const FILE = 'sbom.cdx.json';
const here = (name) => new URL(`../${name}`, import.meta.url);

run('cargo', [
  'cyclonedx',
  '--format',
  'json',
  '--target',
  'all',
  '--override-filename',
  'sbom.cdx',
]);
// One is made for each crate of the workspace, and the root's has all.
rmSync(here(`guest/${FILE}`));

const bill = JSON.parse(readFileSync(here(FILE), 'utf8'));
const [hash] = readFileSync(here('guest/module.sha256'), 'utf8').split(/\s/);
const { devDependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
bill.components.push({
  type: 'library',
  name: 'taglib-wasm',
  version: devDependencies['taglib-wasm'],
  purl: `pkg:npm/taglib-wasm@${devDependencies['taglib-wasm']}`,
  description: 'TagLib 2.3.0 as a WASI module, compiled ahead of time into the addon',
  hashes: [{ alg: 'SHA-256', content: hash }],
  licenses: [{ expression: 'LGPL-2.1-or-later OR MPL-1.1' }],
});
writeFileSync(here(FILE), `${JSON.stringify(bill, null, 2)}\n`);
