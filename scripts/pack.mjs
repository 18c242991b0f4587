/**
 * `npm run pack [-- --all]`: makes the tarballs to publish, in `dist`, for the
 * platforms whose addon is in `native`. With `--all` it fails if one is missing.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pack } from '../tools/pack.mjs';
import { ROOT } from '../tools/repository.mjs';

const folder = path.join(ROOT, 'dist');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const tarballs = pack(folder, { all: process.argv.includes('--all') });
for (const tarball of tarballs) console.log(path.relative(ROOT, tarball));
