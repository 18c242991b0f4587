/** A file that TagLib can't change without losing something. */
import { readFile, writeFile } from 'node:fs/promises';
import { fixture } from './files.mjs';

/**
 * Writes an MP3 whose ID3v2.2 tag has a title and an encrypted meta frame (CRM). TagLib
 * saves the tag in a later version of ID3v2, none of which has such a frame.
 */
export async function writeUnkeepable(file) {
  const frames = Buffer.concat([frame('TT2', '\0Old title'), frame('CRM', 'owner\0what\0secret')]);
  const header = Buffer.from([...Buffer.from('ID3'), 2, 0, 0, 0, 0, 0, frames.length]);
  await writeFile(file, Buffer.concat([header, frames, await readFile(fixture('plain.mp3'))]));
}

function frame(id, body) {
  return Buffer.concat([Buffer.from(id), Buffer.from([0, 0, body.length]), Buffer.from(body)]);
}
