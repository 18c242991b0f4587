'use strict';

/**
 * One listener for each signal, however many calls it is to stop: Node warns
 * of a leak from the eleventh listener on, and the caller's own listeners and
 * `onabort` are none of our business.
 */

/** The handlers of each signal that calls wait for. */
const watched = new WeakMap();

/** Calls `handler` when the signal fires. Gives a function that forgets it. */
function onAbort(signal, handler) {
  const handlers = watched.get(signal) ?? watch(signal);
  handlers.add(handler);
  return () => {
    handlers.delete(handler);
    if (handlers.size === 0) handlers.unwatch();
  };
}

function watch(signal) {
  const handlers = new Set();
  const listener = () => {
    for (const handler of handlers) handler();
  };
  handlers.unwatch = () => {
    signal.removeEventListener('abort', listener);
    watched.delete(signal);
  };
  signal.addEventListener('abort', listener, { once: true });
  watched.set(signal, handlers);
  return handlers;
}

module.exports = { onAbort };
