/**
 * A process that saves files, to be killed, watched, or short of disk space.
 * Its arguments: what to do, a folder, and what that takes.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import taglib from '../../index.js';
import { fixture } from './files.mjs';
import { PICTURE, STATES } from './states.mjs';

const TASKS = {
  /** Saves one state after the other until it is killed. */
  async alternate(name) {
    for (let round = 0; ; round += 1) {
      await taglib.writeTags(path.join(folder, name), STATES[round % STATES.length]);
      if (round === 0) console.log('saving');
    }
  },

  /** Sets a field `count` times, and checks that each of them stays. */
  async count(name, field, count) {
    const file = path.join(folder, name);
    for (let index = 1; index <= Number(count); index += 1) {
      await taglib.writeTags(file, { [field]: `${field} ${index}` });
      const [value] = (await taglib.readTags(file))[field];
      if (value !== `${field} ${index}`) throw new Error(`lost: ${field} ${index} is ${value}`);
    }
  },

  async once(name) {
    await taglib.writeTags(path.join(folder, name), STATES[0]);
  },

  /** Saves each file with so many bytes free, on a file system of its own. */
  async fill(free, ...names) {
    const outcomes = [];
    for (const name of names) {
      const file = path.join(folder, name);
      const filler = path.join(folder, 'filler');
      copyFileSync(fixture(name), file);
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - Number(free))));
      const before = hash(file);
      const errno = await taglib.applyPicturesToFile(file, [PICTURE]).then(
        () => 'none',
        ({ details, message }) => details?.errno ?? message,
      );
      outcomes.push({
        name,
        errno,
        same: hash(file) === before,
        files: readdirSync(folder).sort(),
      });
      rmSync(file);
      rmSync(filler);
    }
    console.log(JSON.stringify(outcomes));
  },
};

function hash(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

const [task, folder, ...args] = process.argv.slice(2);
await taglib.initialize([folder]);
await TASKS[task](...args);
