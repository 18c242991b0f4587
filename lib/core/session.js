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
/** Sessions that were replaced and are still in use. @type {Set<ExternalObject<Session>>} */
const closing = new Set();
/** How many scans are on a session. @type {Map<ExternalObject<Session>, number>} */
const holds = new Map();
/** Counts `initialize` and `shutdown`: an earlier one must not undo a later one. */
let generation = 0;
/** Whether the addon counts this environment. */
let isCounted = false;

/**
 * @param {PreopenRecord[]} preopens
 * @param {import('../../native/binding.js').LimitsRecord & { concurrency: number }} options
 */
async function openSession(preopens, { concurrency, ...limits }) {
  if (!isCounted) native().enter();
  isCounted = true;
  generation += 1;
  const own = generation;
  const opened = await calls.startAtOnce(() => native().openSession(preopens, limits));
  if (own !== generation) return native().closeSession(opened);
  const replaced = session;
  session = opened;
  if (replaced !== undefined) closeWhenUnused(replaced);
  calls.setConcurrency(concurrency);
}

/** Resolves when the calls under way have settled, and every directory is closed. */
async function closeSession() {
  generation += 1;
  const closed = session;
  session = undefined;
  await calls.settled();
  if (closed !== undefined) native().closeSession(closed);
  for (const replaced of closing) native().closeSession(replaced);
  await calls.idle();
}

/**
 * Closes a session as soon as the calls that may be on it have settled, and every
 * scan on it has ended.
 *
 * @param {ExternalObject<Session>} replaced
 */
async function closeWhenUnused(replaced) {
  closing.add(replaced);
  await calls.settled();
  if (holds.has(replaced)) return;
  native().closeSession(replaced);
  closing.delete(replaced);
}

/** The current session, for more than one call. Must be released. */
function holdSession() {
  const held = currentSession();
  holds.set(held, (holds.get(held) ?? 0) + 1);
  return held;
}

/** @param {ExternalObject<Session>} held */
function releaseSession(held) {
  const others = (holds.get(held) ?? 1) - 1;
  if (others > 0) {
    holds.set(held, others);
    return;
  }
  holds.delete(held);
  if (closing.has(held)) closeWhenUnused(held);
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
