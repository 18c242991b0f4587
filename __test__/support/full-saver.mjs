/**
 * Saves a file by the calls of the Full API, so that a test can kill it or limit its disk
 * space. Arguments: the task, a folder, and the task's own.
 */
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
import { TagLib } from '../../index.js';
import { fixture } from './files.mjs';
import { PICTURE, STATES } from './states.mjs';

/** Each call saves `song` with other tags, or a copy of it. */
const CALLS = {
  async save(song, tags) {
    const file = await changed(song, tags);
    file.save();
  },
  async saveToFile(song, tags) {
    const file = await changed(song, tags);
    await file.saveToFile();
  },
  async 'saveToFile(other)'(song, tags, copy) {
    const file = await changed(song, tags);
    await file.saveToFile(copy);
  },
  copyWithTags: (song, tags, copy) => taglib.copyWithTags(song, copy, tags),
  async 'saveToFile(other) of bytes'(song, tags, copy) {
    const file = await taglib.open(readFileSync(song));
    change(file, tags);
    await file.saveToFile(copy);
  },
};

async function changed(song, tags) {
  const file = await taglib.open(song);
  change(file, tags);
  return file;
}

function change(file, { title, pictures = [] }) {
  file.tag().setTitle(title);
  for (const picture of pictures) file.addPicture(picture);
}

const TASKS = {
  /** Makes the call with both titles by turns until the process is killed. */
  async alternate(name) {
    for (let round = 0; ; round += 1) {
      const { title } = STATES[round % STATES.length];
      await CALLS[name](path.join(folder, 'song.mp3'), { title }, path.join(folder, 'copy.mp3'));
      if (round === 0) console.log('saving');
    }
  },

  /** Makes each call while the file system has no space left. */
  async fill() {
    const song = path.join(folder, 'song.mp3');
    const copy = path.join(folder, 'copy.mp3');
    const outcomes = [];
    for (const name of Object.keys(CALLS)) {
      copyFileSync(fixture('id3v24.mp3'), song);
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(path.join(folder, 'filler'), Buffer.alloc(bavail * bsize));
      const before = readFileSync(song);
      const errno = await CALLS[name](song, { title: 'New', pictures: [PICTURE] }, copy).then(
        () => 'none',
        ({ details, message }) => details?.errno ?? message,
      );
      const files = readdirSync(folder).sort();
      outcomes.push({ name, errno, isSame: before.equals(readFileSync(song)), files });
      rmSync(path.join(folder, 'filler'));
    }
    console.log(JSON.stringify(outcomes));
  },
};

const [task, folder, ...args] = process.argv.slice(2);
const taglib = await TagLib.initialize({ preopens: [folder] });
await TASKS[task](...args);
