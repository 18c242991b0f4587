'use strict';

/**
 * The current session: the preopened directories and the limits that calls use.
 *
 * @import { ExternalObject, PreopenRecord, Session } from '../../native/binding.js'
 */

const calls = require('./calls.js');
const { TagLibInitializationError } = require('./errors.js');
const { native } = require('./native.js');

/** Undefined before `initialize` and after `shutdown`. @type {ExternalObject<Session> | undefined} */
let session;
/** Counts `initialize` and `shutdown`: an earlier one must not undo a later one. */
let generation = 0;
/** Whether the addon counts this environment. */
let isCounted = false;

/**
 * @param {PreopenRecord[]} preopens
 * @param {{ deadlineMs: number, memoryLimit: number, concurrency: number }} options
 */
async function openSession(preopens, { deadlineMs, memoryLimit, concurrency }) {
  if (!isCounted) native().enter();
  isCounted = true;
  generation += 1;
  const own = generation;
  const opened = await calls.startAtOnce(() =>
    native().openSession(preopens, { deadlineMs, memoryLimit }),
  );
  if (own !== generation) return;
  session = opened;
  calls.setConcurrency(concurrency);
}

/** Resolves when the calls under way have settled. */
function closeSession() {
  generation += 1;
  session = undefined;
  return calls.settled();
}

function hasSession() {
  return session !== undefined;
}

function currentSession() {
  if (session !== undefined) return session;
  throw new TagLibInitializationError(
    'call `await initialize(preopens)` first, with the directories that may be read, ' +
      'such as { "/music": "/home/me/Music" } or ["/home/me/Music"]',
  );
}

module.exports = { closeSession, currentSession, hasSession, openSession };
