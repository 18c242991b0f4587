'use strict';

/**
 * From the addon's JSON to the objects that callers get.
 *
 * What JSON has no way of writing stands in it as a list in a list, such as
 * `[["bytes", 0]]` or `[["undefined"]]`: no answer has one of its own.
 */

/** `buffers` are the bytes that the text refers to, by number. */
function answerOf({ json, buffers }) {
  const answer = JSON.parse(json);
  return json.includes('[["') ? restored(answer, buffers) : answer;
}

/** The value with everything in it that JSON does not have. */
function restored(value, buffers) {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value) && Array.isArray(value[0])) return special(value[0], buffers);
  for (const key of Object.keys(value)) value[key] = restored(value[key], buffers);
  return value;
}

function special([kind, content], buffers) {
  switch (kind) {
    case 'bytes':
      return buffers[content];
    case 'bigint':
      return BigInt(content);
    case 'number':
      return Number(content);
    default:
      return undefined;
  }
}

module.exports = { answerOf };
