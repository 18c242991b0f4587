/**
 * Files larger than 2 GiB, made from fixtures: the audio grows by a hole, which takes no room on
 * the disk, and the sizes and positions in the file grow with it.
 */
import { open, readFile } from 'node:fs/promises';
import { fixture } from './files.mjs';

/**
 * Writes `head`, a hole of `hole` bytes, and `tail`.
 *
 * @param {string} file
 * @param {{ head: Uint8Array, hole: number, tail: Uint8Array }} parts
 */
export async function writeAroundHole(file, { head, hole, tail }) {
  const handle = await open(file, 'w');
  try {
    await handle.write(head, 0, head.length, 0);
    await handle.truncate(head.length + hole);
    await handle.write(tail, 0, tail.length, head.length + hole);
  } finally {
    await handle.close();
  }
}

// Each maker takes the name of a fixture and the size of the hole, and returns the parts of the
// large file.

/** FLAC, WavPack and TTA state no size. The hole is before the last bytes of the audio. */
export const flac = (name, hole) => beforeEnd(name, hole, 100);
export const tta = (name, hole) => beforeEnd(name, hole, 100);
export const wavPack = (name, hole) => beforeEnd(name, hole, 600);

async function beforeEnd(name, hole, length) {
  const bytes = await readFile(fixture(name));
  return around(bytes, bytes.length - length, hole);
}

/** TagLib takes a frame for the last one if one more follows. The hole is before these two. */
export async function mp3(name, hole) {
  const bytes = await readFile(fixture(name));
  const sync = Buffer.from([0xff, 0xfb]);
  return around(bytes, bytes.lastIndexOf(sync, bytes.lastIndexOf(sync) - 1), hole);
}

/** The last page is repeated after the hole, where it ends the stream at `granulePosition`. */
export function ogg(granulePosition) {
  return async function repeatedLastPage(name, hole) {
    const bytes = await readFile(fixture(name));
    const tail = Buffer.from(bytes.subarray(bytes.lastIndexOf('OggS')));
    tail.writeBigUInt64LE(BigInt(granulePosition), 6);
    // FLAC also states the number of samples in its first block.
    const flacMagic = bytes.indexOf('fLaC');
    if (flacMagic !== -1) bytes.writeUInt32BE(granulePosition, flacMagic + 22);
    return { head: bytes, hole, tail };
  };
}

export async function wave(name, hole) {
  const bytes = await readFile(fixture(name));
  const data = bytes.indexOf('data');
  for (const field of [4, data + 4]) grow(bytes, field, 'UInt32LE', hole);
  return around(bytes, data + 8 + 100, hole);
}

/** The same file as RF64, whose sizes are in `ds64`. */
export async function rf64(name, hole) {
  const bytes = await readFile(fixture(name));
  const data = bytes.indexOf('data');
  const ds64 = Buffer.alloc(36);
  ds64.write('ds64');
  ds64.writeUInt32LE(28, 4);
  ds64.writeBigUInt64LE(BigInt(bytes.length + ds64.length - 8 + hole), 8);
  ds64.writeBigUInt64LE(BigInt(bytes.readUInt32LE(data + 4) + hole), 16);
  bytes.write('RF64');
  for (const field of [4, data + 4]) bytes.writeUInt32LE(0xffffffff, field);
  const whole = Buffer.concat([bytes.subarray(0, 12), ds64, bytes.subarray(12)]);
  return around(whole, data + ds64.length + 8 + 100, hole);
}

/** `COMM` states the number of samples, which are of `sampleSize` bytes. */
export function aiff(sampleSize) {
  return async function moreSamples(name, hole) {
    const bytes = await readFile(fixture(name));
    const data = bytes.indexOf('SSND');
    for (const field of [4, data + 4]) grow(bytes, field, 'UInt32BE', hole);
    grow(bytes, bytes.indexOf('COMM') + 10, 'UInt32BE', hole / sampleSize);
    return around(bytes, data + 8 + 100, hole);
  };
}

/**
 * FFmpeg leaves an empty atom before `mdat`, which becomes a part of its header. The hole is at
 * the start of `mdat`, and the offsets in the tables grow, or at its end if they would be too large.
 */
export async function mp4(name, hole) {
  const bytes = await readFile(fixture(name));
  const media = bytes.indexOf('mdat') - 4;
  const size = bytes.readUInt32BE(media);
  bytes.writeUInt32BE(1, media - 8);
  bytes.write('mdat', media - 4);
  bytes.writeBigUInt64BE(BigInt(8 + size + hole), media);
  if (hole > 0xffff0000) return around(bytes, media + size, hole);
  for (let at = bytes.indexOf('stco'); at !== -1; at = bytes.indexOf('stco', at + 1)) {
    const count = bytes.readUInt32BE(at + 8);
    for (let index = 0; index < count; index += 1) {
      grow(bytes, at + 12 + 4 * index, 'UInt32BE', hole);
    }
  }
  return around(bytes, media + 8, hole);
}

/** Apple's lossless codec, with a bit rate of zero: it is not stated. */
export async function mp4WithoutBitRate(name, hole) {
  const parts = await mp4(name, hole);
  const description = parts.tail.indexOf('stsd') - 4;
  parts.tail.writeUInt32BE(0, description + 80);
  return parts;
}

/** The data object follows the header, which states its own size. */
export async function asf(name, hole) {
  const bytes = await readFile(fixture(name));
  const data = Number(bytes.readBigUInt64LE(16));
  grow(bytes, data + 16, 'BigUInt64LE', hole);
  return around(bytes, data + Number(bytes.readBigUInt64LE(data + 16)) - hole, hole);
}

/**
 * The last cluster gets an element of padding. The file gets a new `SeekHead`, since there is no
 * room for positions of more than 2 GiB in the old one.
 */
export const matroska = (name, hole) => withPadding(name, hole, seekHead);

/** The same file without a `SeekHead`. */
export const matroskaWithoutSeekHead = (name, hole) =>
  withPadding(name, hole, () => Buffer.alloc(0));

async function withPadding(name, hole, makeIndex) {
  const bytes = await readFile(fixture(name));
  const [header, segment] = elements(bytes, 0, bytes.length);
  const children = elements(bytes, segment.body, segment.end).filter(
    ({ id }) => ![SEEK_HEAD, VOID].includes(id),
  );
  const at = children.findLastIndex(({ id }) => id === CLUSTER);
  const contents = children.map(({ start, end }) => bytes.subarray(start, end));
  const cluster = bytes.subarray(children[at].body, children[at].end);
  const padding = element(VOID, hole);
  const size = cluster.length + padding.length + hole;
  contents[at] = Buffer.concat([element(CLUSTER, size), cluster, padding]);

  const lengths = contents.map(({ length }, index) => length + (index === at ? hole : 0));
  const index = makeIndex(children, lengths);
  const whole = lengths.reduce((sum, length) => sum + length, index.length);
  const start = [bytes.subarray(header.start, header.end), element(SEGMENT, whole), index];
  return {
    head: Buffer.concat([...start, ...contents.slice(0, at + 1)]),
    hole,
    tail: Buffer.concat(contents.slice(at + 1)),
  };
}

/** A DSF with stereo samples at 2.8 MHz and the ID3v2 tag of a fixture. */
export async function dsf(name, hole) {
  const tag = await id3v2(name);
  const samples = 8192 + hole;
  const head = Buffer.alloc(92);
  head.write('DSD ');
  head.write('fmt ', 28);
  head.write('data', 80);
  const sizes = {
    4: 28,
    12: 92 + samples + tag.length,
    20: 92 + samples,
    32: 52,
    84: 12 + samples,
  };
  for (const [at, size] of Object.entries(sizes)) head.writeBigUInt64LE(BigInt(size), Number(at));
  const format = { 40: 1, 48: 2, 52: 2, 56: 2_822_400, 60: 1, 72: 4096 };
  for (const [at, number] of Object.entries(format)) head.writeUInt32LE(number, Number(at));
  head.writeBigUInt64LE(BigInt(samples * 4), 64);
  return { head: Buffer.concat([head, Buffer.alloc(8192)]), hole, tail: tag };
}

/** A DSDIFF of the same samples. */
export async function dsdiff(name, hole) {
  const tag = await id3v2(name);
  const chunk = (id, size, body = Buffer.alloc(0)) => {
    const header = Buffer.alloc(12);
    header.write(id);
    header.writeBigUInt64BE(BigInt(size), 4);
    return Buffer.concat([header, body]);
  };
  const whole = (id, body) => chunk(id, body.length, body);
  const properties = Buffer.concat([
    Buffer.from('SND '),
    whole('FS  ', Buffer.from([0x00, 0x2b, 0x11, 0x00])),
    whole('CHNL', Buffer.from('\0\x02SLFTSRGT', 'latin1')),
    whole('CMPR', Buffer.from('DSD \x0enot compressed\0', 'latin1')),
  ]);
  const samples = 8192 + hole;
  const chunks = [
    Buffer.from('DSD '),
    whole('FVER', Buffer.from([1, 5, 0, 0])),
    whole('PROP', properties),
    chunk('DSD ', samples, Buffer.alloc(8192)),
  ];
  const before = Buffer.concat(chunks);
  const tail = whole('ID3 ', tag);
  const head = chunk('FRM8', before.length + hole + tail.length, before);
  return { head, hole, tail };
}

/** The ID3v2 tag at the start of a fixture. */
async function id3v2(name) {
  const bytes = await readFile(fixture(name));
  const size = bytes.subarray(6, 10).reduce((sum, seven) => sum * 128 + seven, 0);
  // An even length needs no padding.
  const tag = bytes.subarray(0, 10 + size);
  return tag.length % 2 === 0 ? tag : Buffer.concat([tag, Buffer.alloc(1)]);
}

function around(bytes, at, hole) {
  return { head: bytes.subarray(0, at), hole, tail: bytes.subarray(at) };
}

/** Adds to a number in the file, whose type is named as in `Buffer`'s methods. */
function grow(bytes, at, type, more) {
  const number = bytes[`read${type}`](at);
  bytes[`write${type}`](typeof number === 'bigint' ? number + BigInt(more) : number + more, at);
}

const SEGMENT = 0x18538067;
const SEEK_HEAD = 0x114d9b74;
const SEEK = 0x4dbb;
const SEEK_ID = 0x53ab;
const SEEK_POSITION = 0x53ac;
const CLUSTER = 0x1f43b675;
const VOID = 0xec;

/** The elements between two offsets. */
function elements(bytes, start, end) {
  const found = [];
  for (let at = start; at < end; at = found.at(-1).end) {
    const idLength = Math.clz32(bytes[at]) - 23;
    const sizeLength = Math.clz32(bytes[at + idLength]) - 23;
    const body = at + idLength + sizeLength;
    const id = bytes.readUIntBE(at, idLength);
    // The first bit that is set tells the length. Sizes of eight bytes are small here.
    const size = bytes
      .subarray(at + idLength + 1, body)
      .reduce((sum, byte) => sum * 256 + byte, bytes[at + idLength] & (0xff >> sizeLength));
    found.push({ id, start: at, body, end: body + size });
  }
  return found;
}

/** The header of an element with a size of eight bytes, and its body if that is given. */
function element(id, size, body = Buffer.alloc(0)) {
  const idBytes = Buffer.from(id.toString(16).padStart(2, '0'), 'hex');
  const sizeBytes = Buffer.alloc(8);
  sizeBytes.writeBigUInt64BE(BigInt(size) | (1n << 56n));
  return Buffer.concat([idBytes, sizeBytes, body]);
}

/** A `SeekHead` with the positions of these elements in the segment, of which it is the first. */
function seekHead(children, lengths) {
  const write = (first) => {
    let position = first;
    const entries = children.map(({ id }, index) => {
      const target = Buffer.from(id.toString(16), 'hex');
      const number = Buffer.alloc(8);
      number.writeBigUInt64BE(BigInt(position));
      position += lengths[index];
      const parts = [element(SEEK_ID, target.length, target), element(SEEK_POSITION, 8, number)];
      const entry = Buffer.concat(parts);
      return element(SEEK, entry.length, entry);
    });
    const body = Buffer.concat(entries);
    return element(SEEK_HEAD, body.length, body);
  };
  return write(write(0).length);
}
