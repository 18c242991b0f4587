/**
 * Makes calls of every kind and outcome, in a process of its own. Arguments: a
 * folder for files, and the number of calls. Prints JSON: the resources of the
 * process after the warm-up and in the end, and how often each outcome occurred.
 */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import taglib from '../../index.js';
import { FIXTURES, fixture } from './files.mjs';
import { flacWith, nestedChapters } from './hostile.mjs';

const [folder, count] = process.argv.slice(2);
const calls = Number(count);
const file = (name, content) => {
  const made = path.join(folder, name);
  writeFileSync(made, content);
  return made;
};
const song = path.join(folder, 'song.mp3');
copyFileSync(fixture('id3v24.mp3'), song);
const nested = file('nested.mp3', nestedChapters(5000));
const junk = file('junk.mp3', 'junk');
const large = file('large.flac', flacWith([`TITLE=${'x'.repeat(1_000_001)}`]));
const bytes = readFileSync(fixture('vorbis-comment.flac'));

const KINDS = [
  () => taglib.readTags(fixture('id3v24.mp3')),
  () => taglib.readTags(fixture('vorbis.ogg'), { pictures: false }),
  () => taglib.readMetadata(fixture('aac.m4a')),
  () => taglib.readTags(bytes),
  () => taglib.readProperties(fixture('ape.wv')),
  () => taglib.readTags(nested),
  () => taglib.readTags(junk),
  () => taglib.readTags(large),
  () => taglib.readTags(path.join(folder, 'missing.mp3')),
  () => taglib.readTags('/etc/hostname'),
  () => taglib.readTags(fixture('id3v24.mp3'), { signal: AbortSignal.timeout(0) }),
  () => taglib.applyTags(bytes, { title: 'new' }),
];
/** Calls before the first measurement, in which caches and pools fill. */
const WARM_UP = 10_000;

/** One call in so many is a save, since saves wait for the disk. */
const SAVE_EVERY = 500;

const outcomes = {};
await taglib.initialize([FIXTURES, folder], { deadlineMs: 60_000 });
await run(WARM_UP);
const early = resources();
await run(calls);
console.log(JSON.stringify({ early, late: resources(), outcomes }));

async function run(number) {
  const AT_ONCE = 32;
  for (let done = 0; done < number; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => one(done + index)));
  }
}

async function one(index) {
  const call =
    index % SAVE_EVERY === 0
      ? taglib.writeTags(song, { comment: `${index}` })
      : KINDS[index % KINDS.length]();
  const outcome = await call.then(
    () => 'resolved',
    ({ code, name }) => code ?? name,
  );
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  // The outcome of other calls must not change how an ordinary file is read.
  if (index % 1000 === 0) {
    const { title } = await taglib.readTags(fixture('id3v1.mp3'));
    if (title[0] !== 'Old Title') outcomes.wrong = title[0];
  }
}

function resources() {
  globalThis.gc();
  const status = readFileSync('/proc/self/status', 'utf8');
  const number = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1]);
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    threads: number('Threads'),
    resident: number('VmRSS') * 1024,
  };
}
