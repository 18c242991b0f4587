// @ts-check
// The utility process: scans a directory, and sends the songs in parts.
import process from 'node:process';
import { initialize, scan } from 'taglib-wasi';

/** Songs per part. A part takes a few hundred milliseconds to scan. */
const PART = 200;

/** @type {() => void} */
let more = () => {};

process.parentPort.on('message', ({ data }) => {
  if (data.more) more();
  else run(data.scan).catch((error) => send({ error: error.message }));
});

/** @param {string} directory */
async function run(directory) {
  await initialize([{ path: directory, readOnly: true }]);
  /** @type {object[]} */
  let part = [];
  let failed = 0;
  for await (const record of scan(directory, { pictures: false, properties: true })) {
    if (record.status === 'failed') failed += 1;
    if (record.status === 'read') part.push(song(record));
    if (part.length < PART) continue;
    const demand = new Promise((resolve) => {
      more = () => resolve(undefined);
    });
    send({ songs: part });
    part = [];
    // While this loop waits, the scan reads only a few files ahead.
    await demand;
  }
  send({ songs: part, done: true, failed });
}

/** @param {import('taglib-wasi').ReadRecord} record */
function song({ path, tags, properties }) {
  return {
    path,
    title: tags.title?.join(' / '),
    artist: tags.artist?.join(', '),
    seconds: properties?.duration,
  };
}

/** @param {object} message */
function send(message) {
  process.parentPort.postMessage(message);
}
