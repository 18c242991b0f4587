'use strict';

/**
 * From a call to its result: the current session, the submission window,
 * cancellation, and errors that show the caller's line.
 */

const { onAbort } = require('./aborts.js');
const { answerOf } = require('./answers.js');
const { AbortError, TagLibInitializationError, fromFailure, isOurs } = require('./errors.js');
const { native } = require('./native.js');
const { SubmissionWindow, windowLimit } = require('./submission-window.js');

const submissions = new SubmissionWindow();

/** The addon's session, or undefined before `initialize` and after `shutdown`. */
let session;
/** Which `initialize` or `shutdown` came last: an earlier one must not overrule it. */
let latestTurn = 0;
/** Whether the addon knows of this environment. */
let entered = false;
/** The calls that are not settled yet. */
const underWay = new Set();

async function openSession(preopens, { deadlineMs, memoryLimit, concurrency }) {
  if (!entered) native().enter();
  entered = true;
  latestTurn += 1;
  const turn = latestTurn;
  const opened = unwrap(await native().openSession(preopens, { deadlineMs, memoryLimit }));
  if (turn !== latestTurn) return;
  session = opened;
  submissions.resize(windowLimit(concurrency));
}

async function closeSession() {
  latestTurn += 1;
  session = undefined;
  await Promise.allSettled([...underWay]);
  await submissions.idle();
}

function hasSession() {
  return session !== undefined;
}

function currentSession() {
  if (session === undefined) {
    throw new TagLibInitializationError(
      'call `await initialize(preopens)` first, with the directories that may be read, ' +
        'such as { "/music": "/home/me/Music" } or ["/home/me/Music"]',
    );
  }
  return session;
}

/**
 * Runs `body`, and gives our errors the stack of the caller of `entryPoint`.
 * `body` gets the function that does so, for errors that it keeps.
 */
function fromCallSite(entryPoint, body) {
  const atCallSite = callSiteOf(entryPoint);
  const call = (async () => {
    try {
      return await body(atCallSite);
    } catch (error) {
      throw atCallSite(error);
    }
  })();
  underWay.add(call);
  const forget = () => underWay.delete(call);
  call.then(forget, forget);
  return call;
}

/**
 * A function that gives an error the stack of the caller of `entryPoint`, as
 * it is now: behind an `await` in native code V8 can't see it.
 */
function callSiteOf(entryPoint) {
  const callSite = {};
  Error.captureStackTrace(callSite, entryPoint);
  return (error) => {
    if (isOurs(error)) {
      // Formatted only now: most calls don't fail.
      const frames = callSite.stack.indexOf('\n');
      const head = `${error.name}: ${error.message}`;
      error.stack = frames < 0 ? head : head + callSite.stack.slice(frames);
    }
    return error;
  };
}

/**
 * Submits native work. `start` gets a cancellation, or nothing where there is
 * no signal; `subject` is what an error is about.
 */
function submit(start, signal, subject) {
  return outcomeOf(
    (cancellation) => submissions.submit(() => start(cancellation)),
    signal,
    subject,
  );
}

/**
 * Submits a read, which may go together with others of its kind
 * (`SubmissionWindow`).
 */
function submitRead(kind, file, signal, subject) {
  return outcomeOf(
    (cancellation) => submissions.submitRead(kind, { file, cancellation }),
    signal,
    subject,
  );
}

async function outcomeOf(begin, signal, subject) {
  if (signal === undefined) return unwrap(await begin().promise, subject);
  throwIfAborted(signal);
  const cancellation = native().createCancellation();
  const { promise, withdraw } = begin(cancellation);
  const outcome = await orAborted(signal, promise, () => {
    if (!withdraw()) native().cancel(cancellation);
  });
  return unwrap(outcome, subject);
}

/**
 * The bytes as they are now, for a call that may have to wait. One that starts
 * at once has its bytes copied by the addon before the call returns.
 */
function held(bytes) {
  return submissions.hasRoom() ? bytes : new Uint8Array(bytes);
}

/** The promise, or an AbortError as soon as the signal fires. */
function orAborted(signal, promise, stop) {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => {
      stop();
      reject(new AbortError(signal.reason));
    });
    promise.then(resolve, reject).finally(forget);
  });
}

function throwIfAborted(signal) {
  if (signal?.aborted) throw new AbortError(signal.reason);
}

function unwrap(outcome, subject) {
  if (outcome.failure !== undefined) throw fromFailure(outcome.failure, subject);
  return outcome.json === undefined ? outcome.value : answerOf(outcome);
}

module.exports = {
  callSiteOf,
  closeSession,
  currentSession,
  fromCallSite,
  hasSession,
  held,
  openSession,
  submit,
  submitRead,
  throwIfAborted,
  unwrap,
};
