/**
 * Changes one field of a file again and again by the Full API, and checks each time that
 * the file has it. Arguments: the file, the setter of the tag, the number of rounds.
 *
 * Another program that saves the file at the same time is an EBUSY, after which it tries
 * again.
 */
import path from 'node:path';
import process from 'node:process';
import { readTags, TagLib } from '../../index.js';

const [file, setter, rounds] = process.argv.slice(2);
const field = setter.slice('set'.length).toLowerCase();
const opener = await TagLib.initialize({ preopens: [path.dirname(file)] });
for (let round = 1; round <= Number(rounds); round += 1) {
  const opened = await opener.open(file);
  const value = `${field} ${round}`;
  opened.tag()[setter](value);
  for (;;) {
    try {
      await opened.saveToFile();
      break;
    } catch (error) {
      if (error.details?.errno !== 'EBUSY') throw error;
    }
  }
  const { [field]: saved } = await readTags(file);
  if (saved?.[0] !== value) throw new Error(`${field} is ${saved} in place of ${value}`);
}
