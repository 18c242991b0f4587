'use strict';

/**
 * Takes the completions of calls from the addon.
 *
 * The addon queues calls and their completions, and wakes this thread. In each turn of the event
 * loop this thread takes a few completions, so that the app's own work runs in between.
 *
 * @import { AnswerOutcome, Outcome } from '../../native/binding.js'
 *
 * @typedef {Outcome<any> | AnswerOutcome | string} AnyOutcome An object, or the JSON text of an
 *   answer.
 *
 * @typedef {object} Waiting A call that waits for its completion.
 * @property {(outcome: AnyOutcome, buffers: Uint8Array[] | null) => void} settle Must not throw.
 */

// Taken when this file is loaded, since an app's tests may replace them later.
const { setImmediate: callNextTurn, setTimeout: callLater } = require('node:timers');
const now = performance.now.bind(performance);
const { native } = require('./native.js');

/** The calls that wait, by ticket. @type {Map<number, Waiting>} */
const waiting = new Map();

/** Called when no call waits. @type {(() => void)[]} */
let whenIdle = [];

/** How long completions may accumulate while more are expected, in milliseconds. */
const SOON = 1;

/**
 * The time after a completion, in milliseconds, within which a call follows it, as in a loop. The
 * app's own work on the answer comes in between.
 */
const LOOP_PAUSE = 1;

/** When the latest completions were taken. */
let deliveredAt = Number.NEGATIVE_INFINITY;

/** Whether a timer that calls `deliver` is running. */
let isSoon = false;

let isStarted = false;

/** Starts the queue of this environment, unless it was started before. */
function start() {
  if (!isStarted) native().startCalls(deliver);
  isStarted = true;
}

/** Takes some completions from the addon. */
function deliver() {
  const next = native().deliverCompletions(settle);
  deliveredAt = now();
  if (next === 'next') {
    callNextTurn(deliver);
  } else if (next === 'soon' && !isSoon) {
    isSoon = true;
    callLater(deliverSoon, SOON);
  }
  if (waiting.size === 0 && whenIdle.length > 0) settleIdle();
}

function deliverSoon() {
  isSoon = false;
  deliver();
}

/**
 * @param {number} ticket
 * @param {AnyOutcome} outcome
 * @param {Uint8Array[] | null} buffers
 */
function settle(ticket, outcome, buffers) {
  const call = waiting.get(ticket);
  waiting.delete(ticket);
  call?.settle(outcome, buffers);
}

/**
 * Returns whether a call that is made now follows an answer, and is the only one, as in a loop that
 * awaits each read.
 */
function followsAnswer() {
  return waiting.size === 0 && now() - deliveredAt < LOOP_PAUSE;
}

function settleIdle() {
  const resolvers = whenIdle;
  whenIdle = [];
  for (const resolve of resolvers) resolve();
}

/** Resolves when no thread runs a call, not even an aborted one. */
function idle() {
  if (waiting.size === 0) return Promise.resolve();
  return /** @type {Promise<void>} */ (new Promise((resolve) => whenIdle.push(resolve)));
}

module.exports = { followsAnswer, idle, start, waiting };
