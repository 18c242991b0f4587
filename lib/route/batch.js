'use strict';

/** A batch whose files may go either way. */

const { mixedBatch } = require('../batch.js');
const { asPeerError, withPeerErrors } = require('./errors.js');
const { loadPeer } = require('./peer.js');
const { route, wayOf } = require('./way.js');

/**
 * `name` is the function's. Where all files go one way the whole batch does,
 * with the options as they are; otherwise each file is read on its own way.
 */
function routedBatch(name, nativeBatch, query) {
  return async (files, options) => {
    if (!Array.isArray(files)) return nativeBatch(files, options);
    if (files.length === 0) return { items: [], duration: 0 };
    const ways = new Set(files.map((file) => wayOf(name, file).via));
    if (!ways.has('taglib-wasm')) return inPeerTerms(nativeBatch(files, options));
    const peer = await loadPeer(`${name} of what is no path in a preopened directory`);
    if (!ways.has('native')) return peer[name](files, options);
    return inPeerTerms(
      mixedBatch(files, options, query, (file, readNative) =>
        route(file).via === 'native' ? readNative() : readByPeer(peer[name], file),
      ),
    );
  };
}

/** By way of a batch of one, whose answers may differ from the single function's. */
async function readByPeer(peerBatch, file) {
  const {
    items: [item],
  } = await peerBatch([file]);
  if (item.status === 'error') throw item.error;
  return item.data;
}

async function inPeerTerms(batch) {
  const result = await withPeerErrors(batch);
  for (const item of result.items) {
    if (item.status === 'error') await asPeerError(item.error);
  }
  return result;
}

module.exports = { routedBatch };
