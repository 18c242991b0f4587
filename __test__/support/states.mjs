/** Tags and a picture for tests of how a file is saved. */
import { crc32, deflateSync } from 'node:zlib';

/** Two states of a file, one with much longer tags than the other. */
export const STATES = [
  { title: 'long', comment: 'a comment that needs room '.repeat(3000) },
  { title: 'short', comment: 'short' },
];

/** A valid image of some 270 KB. */
export const PICTURE = {
  mimeType: 'image/png',
  data: png(300),
  type: 'FrontCover',
  description: 'cover',
};

/** A square of noise with 24 bits per pixel (PNG specification, section 11). */
function png(side) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const row = 1 + 3 * side;
  let state = 1;
  const pixels = Uint8Array.from({ length: row * side }, (_, index) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return index % row === 0 ? 0 : state >>> 24;
  });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name, content) {
  const named = Buffer.concat([Buffer.from(name), content]);
  const [size, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, checksum]);
}
