import taglib from '../../index.js';
import { copies } from './files.mjs';

/**
 * Makes a folder of copies of fixtures (`copies` in `files.mjs`), and preopens
 * it. The test file has to call `taglib.shutdown` in the end.
 */
export async function library(t, files) {
  const folder = await copies(t, files);
  await taglib.initialize([folder]);
  return folder;
}
