'use strict';

/**
 * The current session: the preopened directories and the limits that calls use.
 *
 * @import { ExternalObject, PreopenRecord, Session } from '../../native/binding.js'
 */

const calls = require('./calls.js');
const completions = require('./completions.js');
const { TagLibInitializationError } = require('./errors.js');
const { native } = require('./native.js');

/** Undefined before `initialize` and after `shutdown`. @type {ExternalObject<Session> | undefined} */
let session;
/** Replaced sessions that are still in use. @type {Set<ExternalObject<Session>>} */
const closing = new Set();
/** How many scans use each session. @type {Map<ExternalObject<Session>, number>} */
const scans = new Map();
/** Counts `initialize` and `shutdown`, so that an earlier call does not undo a later one. */
let generation = 0;

/**
 * @param {PreopenRecord[]} preopens
 * @param {import('../../native/binding.js').LimitsRecord & { concurrency: number }} options
 */
async function openSession(preopens, { concurrency, ...limits }) {
  completions.start();
  generation += 1;
  const own = generation;
  const opened = await calls.submit(() => native().openSession(preopens, limits), {});
  if (own !== generation) return native().closeSession(opened);
  const replaced = session;
  session = opened;
  if (replaced !== undefined) closeWhenUnused(replaced);
  native().setConcurrency(concurrency);
}

/** Resolves when the running calls have settled and every directory is closed. */
async function closeSession() {
  generation += 1;
  const closed = session;
  session = undefined;
  await calls.settled();
  if (closed !== undefined) native().closeSession(closed);
  for (const replaced of closing) native().closeSession(replaced);
  await completions.idle();
}

/**
 * Closes a session when the calls that may use it have settled and every scan that uses
 * it has ended.
 *
 * @param {ExternalObject<Session>} replaced
 */
async function closeWhenUnused(replaced) {
  closing.add(replaced);
  await calls.settled();
  if (scans.has(replaced)) return;
  native().closeSession(replaced);
  closing.delete(replaced);
}

/** Returns the current session, for a scan. It must be released afterwards. */
function holdSession() {
  const current = currentSession();
  scans.set(current, (scans.get(current) ?? 0) + 1);
  return current;
}

/** @param {ExternalObject<Session>} used */
function releaseSession(used) {
  const others = (scans.get(used) ?? 1) - 1;
  if (others > 0) {
    scans.set(used, others);
    return;
  }
  scans.delete(used);
  if (closing.has(used)) closeWhenUnused(used);
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

module.exports = {
  closeSession,
  currentSession,
  hasSession,
  holdSession,
  openSession,
  releaseSession,
};
