/** Sources for tests, and audio to make their files longer. */
import { setTimeout as delay } from 'node:timers/promises';

/** A source over bytes, which counts what it is asked for. */
export function sourceOver(bytes, name) {
  const asked = [];
  return {
    asked,
    name,
    size: bytes.length,
    read: async (offset, length) => {
      asked.push(length);
      await delay(0);
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
  };
}

export const bytesOf = ({ asked }) => asked.reduce((sum, length) => sum + length, 0);

/** The result of a read, or what callers see of its error. */
export async function outcome(read) {
  try {
    return await read();
  } catch (error) {
    return { name: error.name, code: error.code };
  }
}

/** What makes the audio of a fixture longer by about so many bytes. */
const LONGER = {
  flac: (bytes, more) => [bytes, Buffer.alloc(more, 7)],
  mp3: (bytes, more) => [
    bytes,
    repeated(bytes.subarray(bytes.indexOf('\xff\xfb', 'latin1')), more),
  ],
  ogg: (bytes, more) => [bytes, repeated(bytes.subarray(bytes.lastIndexOf('OggS')), more)],
  opus: (bytes, more) => LONGER.ogg(bytes, more),
  m4a: (bytes, more) => {
    const atom = bytes.indexOf('mdat') - 4;
    const end = atom + bytes.readUInt32BE(atom);
    bytes.writeUInt32BE(end - atom + more, atom);
    return [bytes.subarray(0, end), Buffer.alloc(more, 7), bytes.subarray(end)];
  },
  wav: (bytes, more) => {
    const chunk = bytes.indexOf('data');
    const end = chunk + 8 + bytes.readUInt32LE(chunk + 4);
    bytes.writeUInt32LE(end - chunk - 8 + more, chunk + 4);
    bytes.writeUInt32LE(bytes.length - 8 + more, 4);
    return [bytes.subarray(0, end), Buffer.alloc(more, 7), bytes.subarray(end)];
  },
  mka: (bytes, more) => {
    const segment = bytes.indexOf('18538067', 'hex');
    // Until the end of the file.
    bytes.write('01ffffffffffffff', segment + 4, 'hex');
    const cluster = Buffer.alloc(100_000, 7);
    cluster.write('1f43b67510018698', 'hex');
    return [bytes, repeated(cluster, more)];
  },
};

/** Returns the bytes of a file with this extension with more audio. */
export function withMoreAudio(bytes, extension, more) {
  return Buffer.concat(LONGER[extension](Buffer.from(bytes), more));
}

const repeated = (bytes, length) => Buffer.alloc(length - (length % bytes.length), bytes);
