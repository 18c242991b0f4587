/**
 * Asks Redis for a sign of life all the time, in a process of its own, until the benchmark says so.
 * Then it reports the longest time until an answer, in milliseconds.
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** How long to wait between two questions, in milliseconds. */
const WAIT = 2;

const [client, address] = process.argv.slice(2);
const { connect } = await import(pathToFileURL(client).href);
const redis = connect(address);
await redis.ping();
process.send('ready');
let isAsked = false;
process.once('message', () => {
  isAsked = true;
});
let longest = 0;
while (!isAsked) {
  const start = performance.now();
  await redis.ping();
  longest = Math.max(longest, performance.now() - start);
  await sleep(WAIT);
}
process.send(longest);
process.disconnect();
redis.disconnect();
