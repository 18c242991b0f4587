// The child process: scans a directory, and sends a message for each record.
//
// Only records prove that the scan makes progress. A timer in this process would
// continue to run while libuv's threads are blocked.
import process from 'node:process';
import { initialize, scan } from 'taglib-wasi';

const [directory] = process.argv.slice(2);

await initialize([{ path: directory, readOnly: true }]);
for await (const record of scan(directory, { pictures: false })) {
  if (record.status === 'read') {
    await send({ path: record.path, title: record.tags.title?.join(' / ') ?? 'no title' });
  } else if (record.status === 'failed') {
    await send({ path: record.path, error: record.error.message });
  }
}
process.disconnect();

/** Waits until the message is written, so that the scan is no faster than its reader. */
function send(message) {
  return new Promise((resolve, reject) => {
    process.send(message, (error) => (error ? reject(error) : resolve()));
  });
}
