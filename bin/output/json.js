'use strict';

/** Records as plain data: errors in words, pictures without their bytes. */

function plainRecord({ error, tags, ...record }) {
  return {
    ...record,
    ...(tags && { tags: plainTags(tags) }),
    ...(error && { error: plainError(error) }),
  };
}

function plainTags({ pictures, ...tags }) {
  return { ...plain(tags), ...(pictures && { pictures: pictures.map(plainPicture) }) };
}

/** What JSON has no form for: bytes become base64, large integers texts. */
function plain(value) {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

function plainPicture({ data, ...picture }) {
  return { ...picture, size: data.length };
}

function plainError({ code, message, details, limit }) {
  return { code, errno: details?.errno, limit, message };
}

module.exports = { plain, plainError, plainRecord };
