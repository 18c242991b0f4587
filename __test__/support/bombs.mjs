/**
 * Files that make a reader take memory, time or the main thread out of
 * proportion to what they weigh on the disk. Most are sparse: they claim
 * gigabytes and store kilobytes.
 */
import { Buffer } from 'node:buffer';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fixture } from './files.mjs';
import { atom, flacWith, frame, id3v2, nestedChapters, waveOfManyChunks } from './hostile.mjs';

const MIB = 2 ** 20;

/** The size of each picture in a picture bomb: the most that a FLAC block holds. */
const PICTURE = 16 * MIB - 100;

/** As many pictures as the attack on FLAC had, where the container has room. */
const PICTURES = 600;

/** Just below the largest text of an answer, in bytes. */
const LONG_TEXT = 999_900;

/**
 * Every bomb: its name, the name of its file, and a function that makes it.
 * `inMemory` marks those that are small enough to be passed as bytes too.
 */
export const BOMBS = [
  { name: '600 pictures in a FLAC', file: 'a.flac', make: flacOfPictures },
  { name: 'a full ID3v2 tag of pictures in an MP3', file: 'a.mp3', make: mp3OfPictures },
  { name: 'four gigabytes of covers in an MP4', file: 'a.m4a', make: mp4OfCovers },
  { name: 'eight pictures in an Ogg', file: 'a.ogg', make: oggOfPictures },
  { name: 'comments of a gigabyte in an Ogg', file: 'a.ogg', make: oggOfHoles },
  { name: 'a full ID3v2 tag of pictures in an AIFF', file: 'a.aiff', make: aiffOfPictures },
  { name: 'a full ID3v2 tag of pictures in a WAV', file: 'a.wav', make: waveOfPictures },
  { name: '9,000 pictures of a byte', file: 'a.mp3', make: mp3OfSmallPictures, inMemory: true },
  { name: '30 tracks of 16,000,000 chunk offsets', file: 'a.m4a', make: mp4OfOffsets },
  { name: '30 tracks of 8,000,000 wide offsets', file: 'a.m4a', make: mp4OfWideOffsets },
  { name: '16 MB of control characters', file: 'a.flac', make: flacOfControls, inMemory: true },
  { name: '22 MB of user-defined texts', file: 'a.mp3', make: mp3OfTexts, inMemory: true },
  { name: '900 fields of 500 values', file: 'a.flac', make: flacOfValues, inMemory: true },
  { name: '9,000 chapters', file: 'a.mp3', make: mp3OfChapters, inMemory: true },
  { name: '9,000 lyrics', file: 'a.mp3', make: mp3OfLyrics, inMemory: true },
  { name: '9,000 ratings', file: 'a.mp3', make: mp3OfRatings, inMemory: true },
  { name: 'a coding history of 49 MB', file: 'a.wav', make: waveOfHistory },
  { name: 'an Ogg of 1,000,000 pages', file: 'a.ogg', make: oggOfPages, inMemory: true },
  { name: 'comments on 100,000 pages', file: 'a.opus', make: opusOfPages, inMemory: true },
  { name: '1,000,000 atoms', file: 'a.m4a', make: mp4OfAtoms, inMemory: true },
  { name: '1,000,000 chunks', file: 'a.wav', make: waveOfChunks, inMemory: true },
  { name: '100,000 nested tags', file: 'a.mka', make: matroskaOfNesting, inMemory: true },
  { name: '500,000 objects', file: 'a.wma', make: asfOfObjects, inMemory: true },
  { name: '60,000 attributes', file: 'a.wma', make: asfOfAttributes, inMemory: true },
  { name: '60,000 artists', file: 'a.wma', make: asfOfArtists, inMemory: true },
  { name: '9,000 titles of albums', file: 'a.mka', make: matroskaOfAlbums, inMemory: true },
  { name: '1,000,000 attachments', file: 'a.mka', make: matroskaOfAttachments, inMemory: true },
  { name: '1,000,000 APE items', file: 'a.mp3', make: mp3OfApeItems, inMemory: true },
  { name: 'an APE tag that claims 4,294,967,295 items', file: 'a.ape', make: apeOfClaims },
  { name: '5,000 nested chapters', file: 'a.mp3', make: mp3OfNesting, inMemory: true },
  { name: '3 GiB of zeros', file: 'a.mp3', make: mp3OfZeros },
];

/** Writes `parts` one after the other: bytes, or a number for a hole of that size. */
function writeSparse(file, parts) {
  const descriptor = openSync(file, 'w');
  let size = 0;
  for (const part of parts) {
    if (typeof part === 'number') {
      size += part;
    } else {
      writeSync(descriptor, part, 0, part.length, size);
      size += part.length;
    }
  }
  ftruncateSync(descriptor, size);
  closeSync(descriptor);
}

function u32be(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

function u32le(number) {
  return u32be(number).swap32();
}

const latin1 = (text) => Buffer.from(text, 'latin1');

const repeated = (count, parts) => Array.from({ length: count }, () => parts).flat();

// ------------------------------------------------------------- Pictures

/** The beginning of a FLAC picture block (RFC 9639, section 8.8) with `size` bytes of data. */
function flacPicture(size) {
  const type = latin1('image/png');
  const numbers = [0, 0, 0, 0, 0, size].map(u32be);
  return Buffer.concat([u32be(3), u32be(type.length), type, ...numbers]);
}

function flacOfPictures(file) {
  const head = flacPicture(PICTURE);
  const size = u32be(head.length + PICTURE);
  const block = [Buffer.concat([Buffer.from([6]), size.subarray(1), head]), PICTURE];
  const padding = Buffer.from([0x81, 0, 0, 4, 0, 0, 0, 0]);
  const audio = Buffer.alloc(4096, 0xff);
  const start = flacWith(['TITLE=bomb']);
  // The comments' block is the last one no more.
  start[42] &= 0x7f;
  writeSparse(file, [start, ...repeated(PICTURES, block), padding, audio]);
}

const PICTURE_HEAD = latin1('\0image/png\0\x03\0');

/** An ID3v2.3 tag of as many large pictures as its size of 28 bits allows, in parts. */
function tagOfPictures() {
  const COUNT = 15;
  const frameHead = (id, size) => Buffer.concat([latin1(id), u32be(size), Buffer.alloc(2)]);
  const title = Buffer.concat([frameHead('TIT2', 5), latin1('\0bomb')]);
  const picture = Buffer.concat([frameHead('APIC', PICTURE_HEAD.length + PICTURE), PICTURE_HEAD]);
  const size = title.length + COUNT * (picture.length + PICTURE);
  const synchsafe = [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
  const header = Buffer.concat([latin1('ID3\x03\0\0'), Buffer.from(synchsafe)]);
  return {
    parts: [header, title, ...repeated(COUNT, [picture, PICTURE])],
    size: header.length + size,
  };
}

/** Frames of MPEG audio, so that the search for the first one ends. */
const MPEG_FRAMES = Buffer.concat(
  new Array(16).fill(Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)])),
);

function mp3OfPictures(file) {
  writeSparse(file, [...tagOfPictures().parts, MPEG_FRAMES]);
}

function waveOfPictures(file) {
  const { parts, size } = tagOfPictures();
  const format = Buffer.concat([latin1('fmt '), u32le(16), Buffer.alloc(16)]);
  // PCM, two channels, 44,100 Hz, 16 bits.
  format.set([1, 0, 2, 0, 0x44, 0xac, 0, 0, 0x10, 0xb1, 2, 0, 4, 0, 16, 0], 8);
  const data = Buffer.concat([latin1('data'), u32le(4), Buffer.alloc(4)]);
  const whole = 4 + format.length + data.length + 8 + size + (size % 2);
  const header = Buffer.concat([latin1('RIFF'), u32le(whole), latin1('WAVE')]);
  const chunk = Buffer.concat([latin1('ID3 '), u32le(size)]);
  writeSparse(file, [header, format, data, chunk, ...parts, size % 2]);
}

function aiffOfPictures(file) {
  const { parts, size } = tagOfPictures();
  // Two channels, one frame, 16 bits, 44,100 Hz as an 80-bit float.
  const common = Buffer.from([0, 2, 0, 0, 0, 1, 0, 16, 0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0]);
  const format = Buffer.concat([latin1('COMM'), u32be(common.length), common]);
  const whole = 4 + format.length + 8 + size + (size % 2);
  const header = Buffer.concat([latin1('FORM'), u32be(whole), latin1('AIFF')]);
  const chunk = Buffer.concat([latin1('ID3 '), u32be(size)]);
  writeSparse(file, [header, format, chunk, ...parts, size % 2]);
}

/** An item of iTunes metadata: an atom with a `data` atom in it. */
function item(name, text) {
  return atom(name, atom('data', Buffer.concat([u32be(1), u32be(0), latin1(text)])));
}

const FILE_TYPE = atom('ftyp', latin1('M4A \0\0\0\0M4A '));

/** The beginning of an atom whose content, of `size` bytes, follows. */
function atomHead(name, size) {
  return Buffer.concat([u32be(size + 8), latin1(name)]);
}

/** An atom of parts, as parts, and its size. */
function sparseAtom(name, parts) {
  const size = parts.reduce((sum, part) => sum + (part.length ?? part), 0);
  return [atomHead(name, size), ...parts];
}

function metadata(items) {
  return sparseAtom('udta', sparseAtom('meta', [Buffer.alloc(4), ...sparseAtom('ilst', items)]));
}

/** A track of sound whose table of chunks is `table`, in parts. */
function track(table) {
  const handler = atom('hdlr', Buffer.concat([Buffer.alloc(8), latin1('soun'), Buffer.alloc(13)]));
  return sparseAtom(
    'trak',
    sparseAtom('mdia', [handler, ...sparseAtom('minf', sparseAtom('stbl', table))]),
  );
}

function mp4OfCovers(file) {
  // Sizes of atoms have 32 bits.
  const COUNT = 250;
  const cover = [Buffer.concat([atomHead('data', 8 + PICTURE), u32be(14), u32be(0)]), PICTURE];
  const items = [item('\xa9nam', 'bomb'), ...sparseAtom('covr', repeated(COUNT, cover))];
  const table = [atom('stco', Buffer.alloc(8))];
  const movie = sparseAtom('moov', [...track(table), ...metadata(items)]);
  writeSparse(file, [FILE_TYPE, ...movie, atom('mdat', Buffer.alloc(64))]);
}

function mp4OfTracks(file, name, count, width) {
  const TRACKS = 30;
  const head = Buffer.concat([atomHead(name, 8 + count * width), u32be(0), u32be(count)]);
  const tracks = repeated(TRACKS, track([head, count * width]));
  const movie = sparseAtom('moov', [...tracks, ...metadata([item('\xa9nam', 'bomb')])]);
  writeSparse(file, [FILE_TYPE, ...movie, atom('mdat', Buffer.alloc(64))]);
}

function mp4OfOffsets(file) {
  mp4OfTracks(file, 'stco', 16_000_000, 4);
}

function mp4OfWideOffsets(file) {
  mp4OfTracks(file, 'co64', 8_000_000, 8);
}

function mp4OfAtoms(file) {
  const movie = atom('moov', Buffer.concat(metadata([item('\xa9nam', 'bomb')])));
  const free = Buffer.alloc(8_000_000, atom('free', Buffer.alloc(0)));
  writeSparse(file, [FILE_TYPE, movie, free]);
}

// ------------------------------------------------------------------ Ogg

const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;

/** The most that a page holds (RFC 3533, section 6), in bytes. */
const FULL_PAGE = 255 * 255;

/** The header of a page with these segments. Checksums are left out: nothing compares them. */
function pageHead(number, flags, segments, granule = 0) {
  const head = Buffer.alloc(27);
  head.write('OggS', 0, 'latin1');
  head[5] = flags;
  head.writeUInt32LE(granule, 6);
  head.writeUInt32LE(1, 14);
  head.writeUInt32LE(number, 18);
  head[26] = segments.length;
  return Buffer.concat([head, Buffer.from(segments)]);
}

/** A packet on pages of its own, of `perPage` bytes each, in parts. */
function paged(packet, firstNumber, perPage = FULL_PAGE) {
  const size = packet.length ?? packet;
  const parts = [];
  for (let at = 0; at <= size; at += perPage) {
    const length = Math.min(perPage, size - at);
    const segments = new Array(Math.floor(length / 255)).fill(255);
    // A page that is not full ends the packet.
    if (length < perPage) segments.push(length % 255);
    const number = firstNumber + parts.length / 2;
    parts.push(pageHead(number, at > 0 ? CONTINUED : 0, segments));
    parts.push(typeof packet === 'number' ? length : packet.subarray(at, at + length));
  }
  return parts;
}

/** Identification of Vorbis (Vorbis I, section 4.2.2): two channels, 44,100 Hz. */
function vorbisIdentification() {
  const packet = Buffer.alloc(30);
  packet.write('\x01vorbis', 0, 'latin1');
  packet.set([2, 0x44, 0xac], 11);
  packet.set([0xb8, 1], 28);
  return packet;
}

/** A Vorbis stream in parts: `comments` are the parts of its second packet's pages. */
function vorbisStream(comments) {
  const identification = vorbisIdentification();
  const pages = comments.length / 2;
  const setup = Buffer.concat([latin1('\x05vorbis'), Buffer.alloc(20)]);
  return [
    pageHead(0, FIRST, [identification.length]),
    identification,
    ...comments,
    pageHead(pages + 1, 0, [setup.length]),
    setup,
    pageHead(pages + 2, LAST, [10], 441_000),
    Buffer.alloc(10),
  ];
}

function commentPacket(magic, comments) {
  const sized = comments.flatMap((comment) => [u32le(comment.length), comment]);
  const vendor = latin1('vendor');
  const head = [latin1(magic), u32le(vendor.length), vendor, u32le(comments.length)];
  return Buffer.concat([...head, ...sized, Buffer.from([1])]);
}

function oggOfPictures(file) {
  const COUNT = 8;
  // Three bytes are four characters.
  const block = Buffer.concat([flacPicture(PICTURE), Buffer.alloc(PICTURE)]);
  const picture = Buffer.concat([
    latin1('METADATA_BLOCK_PICTURE='),
    latin1(block.toString('base64')),
  ]);
  const comments = [latin1('TITLE=bomb'), ...new Array(COUNT).fill(picture)];
  writeSparse(file, vorbisStream(paged(commentPacket('\x03vorbis', comments), 1)));
}

/** Comments that claim a gigabyte: holes between the headers of their pages. */
function oggOfHoles(file) {
  const comments = paged(2 ** 30, 1);
  const claim = Buffer.alloc(FULL_PAGE);
  const head = commentPacket('\x03vorbis', [latin1('TITLE=bomb')]).subarray(0, -1);
  head.copy(claim);
  claim.writeUInt32LE(2, 17);
  claim.writeUInt32LE(2 ** 30 - 100, head.length);
  comments[1] = claim;
  writeSparse(file, vorbisStream(comments));
}

function oggOfPages(file) {
  const comments = paged(commentPacket('\x03vorbis', [latin1('TITLE=bomb')]), 1);
  const page = Buffer.concat([pageHead(9, 0, [1]), Buffer.alloc(1)]);
  const pages = Buffer.alloc(1_000_000 * page.length, page);
  for (let number = 0; number < 1_000_000; number += 1) {
    pages.writeUInt32LE(number + 3, number * page.length + 18);
  }
  writeSparse(file, [...vorbisStream(comments), pages]);
}

function opusOfPages(file) {
  const head = latin1('OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0');
  const comments = new Array(26).fill(Buffer.concat([latin1('TEXT='), Buffer.alloc(980_000, 'x')]));
  const parts = paged(commentPacket('OpusTags', comments), 1, 255);
  const last = pageHead(parts.length / 2 + 1, LAST, [10], 480_000);
  const stream = [pageHead(0, FIRST, [head.length]), head, ...parts, last, Buffer.alloc(10)];
  writeSparse(file, [Buffer.concat(stream)]);
}

// ----------------------------------------------------------------- Text

function flacOfControls(file) {
  const comments = Array.from(
    { length: 16 },
    (_, index) => `C${index}=${'\x01'.repeat(LONG_TEXT)}`,
  );
  writeSparse(file, [flacWith(comments)]);
}

function flacOfValues(file) {
  const comments = [];
  for (let field = 0; field < 900; field += 1) {
    for (let value = 0; value < 500; value += 1) comments.push(`F${field}=${value}`);
  }
  writeSparse(file, [flacWith(comments)]);
}

/** An MP3 with this ID3v2.4 frame so many times; `body` gets the number of each. */
function mp3OfFrames(file, id, count, body) {
  const frames = Array.from({ length: count }, (_, index) => frame(id, body(index)));
  writeSparse(file, [id3v2(Buffer.concat(frames)), MPEG_FRAMES]);
}

function mp3OfTexts(file) {
  const text = 'x'.repeat(LONG_TEXT);
  mp3OfFrames(file, 'TXXX', 22, (index) => latin1(`\x03name ${index}\0${text}`));
}

function mp3OfSmallPictures(file) {
  mp3OfFrames(file, 'APIC', 9000, () => Buffer.concat([PICTURE_HEAD, Buffer.from([7])]));
}

function mp3OfChapters(file) {
  const times = Buffer.alloc(16);
  const title = frame('TIT2', latin1('\x03chapter'));
  mp3OfFrames(file, 'CHAP', 9000, (index) => Buffer.concat([latin1(`c${index}\0`), times, title]));
}

function mp3OfLyrics(file) {
  mp3OfFrames(file, 'USLT', 9000, (index) => latin1(`\x03eng${index}\0la la la`));
}

function mp3OfRatings(file) {
  mp3OfFrames(file, 'POPM', 9000, (index) => latin1(`user${index}@example.org\0\x80\0\0\0\x01`));
}

/** EBU Tech 3285: a `bext` chunk has text of any length at its end. */
function waveOfHistory(file) {
  const FIXED = 602;
  const size = 49_000_000;
  const chunk = Buffer.alloc(8 + size, 0xe9);
  chunk.write('bext', 0, 'latin1');
  chunk.writeUInt32LE(size, 4);
  chunk.fill(0, 8, 8 + FIXED);
  const data = Buffer.concat([latin1('data'), u32le(4), Buffer.alloc(4)]);
  const whole = 4 + chunk.length + data.length;
  const header = Buffer.concat([latin1('RIFF'), u32le(whole), latin1('WAVE')]);
  writeSparse(file, [header, chunk, data]);
}

// -------------------------------------------------- Counts and nesting

function waveOfChunks(file) {
  writeSparse(file, [waveOfManyChunks(1_000_000)]);
}

function mp3OfNesting(file) {
  writeSparse(file, [nestedChapters(5000)]);
}

function mp3OfZeros(file) {
  writeSparse(file, [3 * 2 ** 30]);
}

/** An EBML element (RFC 8794) with a size of eight bytes. */
function elementHead(id, size) {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE((1n << 56n) | BigInt(size));
  return Buffer.concat([Buffer.from(id, 'hex'), length]);
}

function element(id, content) {
  return Buffer.concat([elementHead(id, content.length), content]);
}

/** Matroska: a `SimpleTag` may hold others (RFC 9559, section 5.1.8.1.2). */
function matroskaOfNesting(file) {
  const DEPTH = 100_000;
  const HEAD = 10;
  const named = element('45a3', latin1('TITLE'));
  const levels = Array.from({ length: DEPTH }, (_, level) => {
    const inner = DEPTH - 1 - level;
    return elementHead('67c8', inner * HEAD + named.length);
  });
  const tags = element('1254c367', element('7373', Buffer.concat([...levels, named])));
  writeSparse(file, matroskaOf(tags));
}

function matroskaOf(...parts) {
  const type = element('1a45dfa3', element('4282', latin1('matroska')));
  return [type, element('18538067', Buffer.concat(parts))];
}

/** Texts without a level beside one of a track: TagLib takes them for those of the track. */
function matroskaOfAlbums(file) {
  const simple = (text) =>
    element(
      '67c8',
      Buffer.concat([element('45a3', latin1('TITLE')), element('4487', latin1(text))]),
    );
  const titles = Array.from({ length: 9000 }, (_, index) => simple(`${index}`));
  const album = element('7373', Buffer.concat([element('63c0', Buffer.alloc(0)), ...titles]));
  const level = element('63c0', element('68ca', Buffer.from([30])));
  const track = element('7373', Buffer.concat([level, simple('track')]));
  writeSparse(file, matroskaOf(element('1254c367', Buffer.concat([album, track]))));
}

function matroskaOfAttachments(file) {
  const parts = [
    element('466e', latin1('a')),
    element('4660', latin1('image/a')),
    element('465c', latin1('x')),
  ];
  const attachment = element('61a7', Buffer.concat(parts));
  const attachments = Buffer.concat(new Array(1_000_000).fill(attachment));
  writeSparse(file, matroskaOf(element('1941a469', attachments)));
}

const ASF_HEADER = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex');
const ASF_CONTENT = Buffer.from('40a4d0d207e3d21197f000a0c95ea850', 'hex');
const ASF_PADDING = Buffer.from('74d40618dfca0945a4ba9aabcb96aae8', 'hex');

function asfObject(identifier, content) {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(24 + content.length));
  return Buffer.concat([identifier, size, content]);
}

function asfOf(count, objects) {
  return asfObject(ASF_HEADER, Buffer.concat([u32le(count), Buffer.from([1, 2]), objects]));
}

function asfOfObjects(file) {
  const COUNT = 500_000;
  const padding = asfObject(ASF_PADDING, Buffer.alloc(0));
  writeSparse(file, [asfOf(COUNT, Buffer.alloc(COUNT * padding.length, padding))]);
}

function asfOfAttributes(file) {
  writeAttributes(file, (index) => [`A${index % 900}`, 'v']);
}

/** Texts that belong to a field of the Content Description Object. */
function asfOfArtists(file) {
  writeAttributes(file, (index) => ['Author', `${index}`]);
}

/** @param {(index: number) => [string, string]} nameAndText */
function writeAttributes(file, nameAndText) {
  const COUNT = 60_000;
  const attribute = (index) => {
    const [name, value] = nameAndText(index).map((text) => Buffer.from(`${text}\0`, 'utf16le'));
    const head = Buffer.from([name.length & 0xff, name.length >> 8]);
    const middle = Buffer.from([0, 0, value.length, 0]);
    return Buffer.concat([head, name, middle, value]);
  };
  const count = Buffer.from([COUNT & 0xff, COUNT >> 8]);
  const attributes = Array.from({ length: COUNT }, (_, index) => attribute(index));
  const content = asfObject(ASF_CONTENT, Buffer.concat([count, ...attributes]));
  // Without an audio stream, TagLib finds nothing in it.
  const song = readFileSync(fixture('tagged.wma'));
  const headerSize = Number(song.readBigUInt64LE(16));
  const header = song.subarray(16 + 8 + 6, headerSize);
  const objects = asfOf(song.readUInt32LE(24) + 1, Buffer.concat([header, content]));
  writeSparse(file, [objects, song.subarray(headerSize)]);
}

/** The footer of an APEv2 tag. */
function apeFooter(size, count) {
  const numbers = [2000, size + 32, count, 0].map(u32le);
  return Buffer.concat([latin1('APETAGEX'), ...numbers, Buffer.alloc(8)]);
}

function mp3OfApeItems(file) {
  const COUNT = 1_000_000;
  const items = Array.from({ length: COUNT }, (_, index) =>
    latin1(`\x01\0\0\0\0\0\0\0K${index}\0v`),
  );
  const content = Buffer.concat(items);
  writeSparse(file, [MPEG_FRAMES, content, apeFooter(content.length, COUNT)]);
}

function apeOfClaims(file) {
  const content = 200 * MIB;
  writeSparse(file, [latin1('MAC '), 1000, content, apeFooter(content, 0xffffffff)]);
}
