'use strict';

/** Checks raw ID3v2 frames. */

const { typeError } = require('../arguments/check.js');
const { copyOfBytes } = require('../arguments/tag-parts.js');
const { MetadataError } = require('../core/errors.js');

/** The identifier of a frame, by the specification of ID3v2.4, section 4. */
const FRAME_ID = /^[A-Z0-9]{4}$/;

/**
 * @param {'read' | 'write'} operation
 * @param {unknown} id
 */
function checkFrameId(operation, id) {
  if (typeof id === 'string' && FRAME_ID.test(id)) return;
  throw new MetadataError(operation, 'the ID of a frame is four of A to Z and 0 to 9', String(id));
}

/**
 * Returns copies of the bodies. A frame without content is not valid (ID3v2.4, section 4).
 *
 * @param {string} id
 * @param {unknown} bodies
 */
function checkFrameBodies(id, bodies) {
  if (!Array.isArray(bodies)) throw typeError('data', 'an array of Uint8Arrays', bodies);
  return bodies.map((body, index) => {
    const copy = copyOfBytes(`data[${index}]`, body);
    if (copy.length > 0) return copy;
    throw new MetadataError('write', 'the body of a frame must not be empty', id);
  });
}

module.exports = { checkFrameBodies, checkFrameId };
