/**
 * Saves files in a process of its own, so that a test can kill it, trace it or
 * limit its disk space. Arguments: the task, a folder, and the task's own.
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
  /** Saves both states by turns until the process is killed. */
  async alternate(name) {
    for (let round = 0; ; round += 1) {
      await taglib.writeTags(path.join(folder, name), STATES[round % STATES.length]);
      if (round === 0) console.log('saving');
    }
  },

  /** Sets a field `count` times, and checks each time that it is there. */
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

  /** Saves each file while the file system has only `free` bytes left. */
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
