/**
 * `npm run lint:rust`: rustfmt, Clippy and rustdoc, without a warning.
 *
 * Clippy and rustdoc run in the release profile. Both type-check the dependencies and
 * share the result. The build scripts are those of the build.
 */
import { cargoEnvironment } from '../tools/cargo.mjs';
import { run } from '../tools/run.mjs';

const env = cargoEnvironment();
const rustdocFlags = [env.RUSTDOCFLAGS, '-D warnings'].filter(Boolean).join(' ');
const workspace = ['--release', '--workspace', '--locked'];

run('cargo', ['fmt', '--all', '--check'], { env });
run('cargo', ['clippy', ...workspace, '--all-targets', '--', '-D', 'warnings'], { env });
run('cargo', ['doc', ...workspace, '--no-deps', '--document-private-items'], {
  env: { ...env, RUSTDOCFLAGS: rustdocFlags },
});
