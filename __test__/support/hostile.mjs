/** Makes files that are hard on a parser, by the specifications of their formats. */
import { Buffer } from 'node:buffer';
import { truncate, writeFile } from 'node:fs/promises';

/** A WAV (RIFF) of `count` empty chunks, which TagLib indexes one by one. */
export function waveOfManyChunks(count) {
  const bytes = Buffer.alloc(12 + 8 * count);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVE', 8, 'latin1');
  for (let offset = 12; offset < bytes.length; offset += 8) bytes.write('junk', offset, 'latin1');
  return bytes;
}

/**
 * Makes `file` three gigabytes of zeros that take no space on disk. Reading it
 * as an MP3 exceeds any deadline: TagLib looks for a frame at each byte.
 */
export async function makeEndless(file) {
  await writeFile(file, '');
  await truncate(file, 3 * 2 ** 30);
}

/** Four bytes of seven bits each (id3v2.4.0-structure, section 6.2). */
function synchsafe(number) {
  return Buffer.from([21, 14, 7, 0].map((shift) => (number >> shift) & 0x7f));
}

/** An ID3v2.4 frame. */
export function frame(id, body) {
  return Buffer.concat([Buffer.from(id, 'latin1'), synchsafe(body.length), Buffer.alloc(2), body]);
}

/** An ID3v2.4 tag without audio. */
export function id3v2(frames) {
  return Buffer.concat([Buffer.from('ID3\x04\0\0', 'latin1'), synchsafe(frames.length), frames]);
}

/** An ID3v2.4 tag of CHAP frames, each nested in the previous one (id3v2-chapters-1.0). */
export function nestedChapters(depth) {
  const HEADER = 10;
  const BODY = 18;
  const frames = Array.from({ length: depth }, (_, level) => {
    const inner = depth - 1 - level;
    const size = synchsafe(BODY + inner * (HEADER + BODY));
    return Buffer.concat([
      Buffer.from('CHAP'),
      size,
      Buffer.from('\0\0a\0', 'latin1'),
      Buffer.alloc(16),
    ]);
  });
  return id3v2(Buffer.concat(frames));
}

/** A FLAC file without samples, with these Vorbis comments, such as `TITLE=x`. */
export function flacWith(comments) {
  const sized = (text) => {
    const bytes = Buffer.from(text);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bytes.length);
    return Buffer.concat([size, bytes]);
  };
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  const block = Buffer.concat([sized('vendor'), count, ...comments.map(sized)]);
  const header = (type, isLast, length) =>
    Buffer.from([type | (isLast ? 0x80 : 0), length >> 16, length >> 8, length]);
  const streamInfo = Buffer.alloc(34);
  // 44,100 Hz, two channels, 16 bits (RFC 9639, section 8.2).
  streamInfo.set([0x0a, 0xc4, 0x42, 0xf0], 10);
  return Buffer.concat([
    Buffer.from('fLaC'),
    header(0, false, streamInfo.length),
    streamInfo,
    header(4, true, block.length),
    block,
  ]);
}

/** An ISO media atom whose header states `size`. */
export function atom(name, body, size = body.length + 8) {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(size, 0);
  header.write(name, 4, 'latin1');
  return Buffer.concat([header, body]);
}

/** An MP4 file of `moov` atoms, each nested in the previous one. */
export function nestedAtoms(depth) {
  const headers = Buffer.alloc(8 * depth);
  for (let level = 0; level < depth; level += 1) {
    headers.writeUInt32BE(8 * (depth - level), 8 * level);
    headers.write('moov', 8 * level + 4, 'latin1');
  }
  return Buffer.concat([atom('ftyp', Buffer.from('M4A ')), headers]);
}

/** An MP4 file whose cover states a size of two gigabytes. */
export function hugeCover() {
  const cover = atom('covr', atom('data', Buffer.alloc(8), 0x7fffffff));
  const meta = atom('meta', Buffer.concat([Buffer.alloc(4), atom('ilst', cover)]));
  return Buffer.concat([atom('ftyp', Buffer.from('M4A ')), atom('moov', atom('udta', meta))]);
}

/** A FLAC file of three kilobytes whose picture states a size of two gigabytes. */
export function hugeClaim() {
  const bytes = Buffer.alloc(3000);
  flacWith([]).subarray(0, 42).copy(bytes);
  // The last block, a picture (RFC 9639, section 8.8): its type, the length of
  // its media type.
  bytes.set([0x86, 0xff, 0xff, 0xff], 42);
  bytes.writeUInt32BE(3, 46);
  bytes.writeUInt32BE(0x7ffffff0, 50);
  return bytes;
}

/** An ID3v2.4 tag with `count` user-defined texts. */
export function manyTexts(count) {
  return id3v2(Buffer.concat(new Array(count).fill(frame('TXXX', Buffer.from('\0name\0value')))));
}

/** An ID3v2.4 tag with `count` pictures of a megabyte. */
export function manyPictures(count) {
  const picture = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), Buffer.alloc(1e6)]);
  return id3v2(Buffer.concat(new Array(count).fill(frame('APIC', picture))));
}
