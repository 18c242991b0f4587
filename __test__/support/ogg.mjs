/** Ogg files with comments and pages as a test asks for them. */

const HEADER = 27;
const CONTINUED = 1;
const FIRST = 2;

/** What the packet of comments begins and ends with, by the first bytes of the stream. */
const CODECS = {
  '\x01vorbis': { before: () => '\x03vorbis', after: '\x01' },
  OpusHead: { before: () => 'OpusTags', after: '' },
  Speex: { before: () => '', after: '' },
  // The length of the block.
  '\x7fFLAC': {
    before: (length) => Buffer.from([4, length >> 16, (length >> 8) & 255, length & 255]),
    after: '',
  },
};

/** Returns a comment with a picture of `size` bytes. */
export function pictureComment(size) {
  const data = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) data[at] = (at * 31 + Math.floor(at / 97)) & 255;
  const type = 'image/jpeg';
  const block = [number(3, 'BE'), number(type.length, 'BE'), type, Buffer.alloc(20)];
  const bytes = Buffer.concat(
    [...block, number(size, 'BE'), data].map((part) => Buffer.from(part)),
  );
  return `METADATA_BLOCK_PICTURE=${bytes.toString('base64')}`;
}

/**
 * Returns an Ogg file with other comments. The pages of the headers after the first have
 * `segments` segments, of 255 bytes each.
 */
export function withComments(file, comments, segments) {
  const pages = [...pagesOf(file)];
  const [first] = pages;
  const codec = Object.entries(CODECS).find(([magic]) =>
    first.body.latin1Slice().startsWith(magic),
  );
  const { before, after } = codec[1];
  const texts = comments.map((text) => [number(Buffer.byteLength(text), 'LE'), Buffer.from(text)]);
  const list = [
    number(4, 'LE'),
    Buffer.from('test'),
    number(comments.length, 'LE'),
    ...texts.flat(),
  ];
  const body = Buffer.concat([...list, Buffer.from(after, 'latin1')]);
  const packet = Buffer.concat([Buffer.from(before(body.length), 'latin1'), body]);

  const { headers, audio } = splitHeaders(pages, codec[0]);
  const headerPages = paged([packet, ...headers.slice(2)], segments, first.header);
  const parts = [first, ...headerPages, ...audio].map((page, index) => {
    page.header.writeUInt32LE(index, 18);
    return [page.header, page.body];
  });
  return Buffer.concat(parts.flat());
}

function* pagesOf(file) {
  for (let at = 0; at < file.length; ) {
    const header = Buffer.from(file.subarray(at, at + HEADER + file[at + 26]));
    const table = header.subarray(HEADER);
    const start = at + header.length;
    at = start + table.reduce((sum, length) => sum + length, 0);
    yield { header, table, body: file.subarray(start, at) };
  }
}

/** Splits a stream into the packets before the audio, and the pages with audio. */
function splitHeaders(pages, magic) {
  const isAudio = ({ header }) => ![0n, 2n ** 64n - 1n].includes(header.readBigUInt64LE(6));
  const first = pages.findIndex(isAudio);
  const headers = [Buffer.alloc(0)];
  for (const { table, body } of pages.slice(0, first)) {
    let at = 0;
    for (const length of table) {
      headers.push(Buffer.concat([headers.pop(), body.subarray(at, at + length)]));
      at += length;
      if (length < 255) headers.push(Buffer.alloc(0));
    }
  }
  headers.pop();
  if (magic === 'Speex') headers.length = 2;
  return { headers, audio: pages.slice(first) };
}

/** Puts packets on pages of the stream of `template`, the header of a page. */
function paged(packets, segments, template) {
  const table = packets.flatMap(({ length }) => [
    ...Array(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const all = Buffer.concat(packets);
  const pages = [];
  for (let from = 0, at = 0; from < table.length; from += segments) {
    const part = table.slice(from, from + segments);
    const length = part.reduce((sum, segment) => sum + segment, 0);
    const header = Buffer.concat([template.subarray(0, HEADER), Buffer.from(part)]);
    header[5] = table[from - 1] === 255 ? CONTINUED : template[5] & ~FIRST;
    header.writeBigInt64LE(part.some((segment) => segment < 255) ? 0n : -1n, 6);
    header[26] = part.length;
    pages.push({ header, body: all.subarray(at, at + length) });
    at += length;
  }
  return pages;
}

function number(value, order) {
  const bytes = Buffer.alloc(4);
  bytes[`writeUInt32${order}`](value);
  return bytes;
}
