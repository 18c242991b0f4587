/**
 * `node scripts/cargo.mjs PROGRAM [ARGUMENT...]`: runs Cargo, or a program that
 * runs it, in the environment that all of the project's builds share.
 */
import process from 'node:process';
import { cargoEnvironment } from '../tools/cargo.mjs';
import { run } from '../tools/run.mjs';

const [program, ...args] = process.argv.slice(2);
run(program, args, { cwd: process.cwd(), env: cargoEnvironment() });
