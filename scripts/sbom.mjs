/**
 * `npm run sbom`: lists the parts of the addon in `sbom.cdx.json`, as CycloneDX.
 *
 * cargo-cyclonedx lists the crates (`cargo install --locked cargo-cyclonedx`);
 * TagLib's module, which is not a crate, is added here. The npm packages of the
 * command line are not in the addon: package-lock.json lists them.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { run } from '../tools/run.mjs';

const FILE = 'sbom.cdx.json';
/** @param {string} name */
const inRoot = (name) => new URL(`../${name}`, import.meta.url);

run('cargo', [
  'cyclonedx',
  '--format',
  'json',
  '--target',
  'all',
  '--override-filename',
  'sbom.cdx',
]);
// There is one for each crate of the workspace; the root's lists everything.
rmSync(inRoot(`guest/${FILE}`));

const bill = JSON.parse(readFileSync(inRoot(FILE), 'utf8'));
const [hash] = readFileSync(inRoot('guest/module.sha256'), 'utf8').split(/\s/);
const { devDependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
bill.components.push({
  type: 'library',
  name: 'taglib-wasm',
  version: devDependencies['taglib-wasm'],
  purl: `pkg:npm/taglib-wasm@${devDependencies['taglib-wasm']}`,
  description: 'TagLib 2.3.0 as a WASI module, compiled ahead of time into the addon',
  hashes: [{ alg: 'SHA-256', content: hash }],
  licenses: [{ expression: 'LGPL-2.1-or-later OR MPL-1.1' }],
});
writeFileSync(inRoot(FILE), `${JSON.stringify(bill, null, 2)}\n`);
