/** The position that TagLib's module keeps (`guest/build/positions.wat`), against the host's. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import wabt from 'wabt';
import { ROOT } from '../tools/repository.mjs';
import { GuestFiles } from './support/guest-files.mjs';
import { random } from './support/random.mjs';

const TEXT = path.join(ROOT, 'guest', 'build', 'positions.wat');

/** Where the calls find their arguments and put their results. */
const [OUT, VECTORS] = [64, 128];

const OFFSETS = [0n, 1n, -1n, 5n, -5n, 50n, 100n, 150n, -100n, -101n, 2n ** 31n];
const EXTREMES = [2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];
const DESCRIPTORS = [4, 4, 4, 5, 5, 6, 3, -1];
const WHENCE = [0, 0, 1, 1, 1, 2, 2, 3, -1];

let module;

before(async () => {
  const text = await readFile(TEXT);
  const parsed = (await wabt()).parseWat('positions.wat', text);
  module = new WebAssembly.Module(parsed.toBinary({}).buffer);
});

/** A file, its memory, and the functions by which a guest reaches it. */
function side(wrapped) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const files = new GuestFiles(memory);
  const functions = wrapped
    ? new WebAssembly.Instance(module, { module: { memory, ...files.imports } }).exports
    : files.imports;
  return { files, functions, view: new DataView(memory.buffer) };
}

/** A random call, as a function of one side that returns what the guest sees. */
function randomCall(below) {
  const pick = (list) => list[below(list.length)];
  const fd = pick(DESCRIPTORS);
  const kind = pick(['seek', 'seek', 'seek', 'read', 'read', 'write', 'size', 'close', 'open']);
  const offset = pick(below(10) === 0 ? EXTREMES : OFFSETS);
  const [whence, size, lengths] = [pick(WHENCE), BigInt(below(300)), [below(30), below(30)]];
  const failsIn = below(25) === 0 ? 1 + below(2) : 0;
  const name = `${kind} ${fd} ${[offset, whence, size, lengths, failsIn].join(' ')}`;
  const transfer = (call) => (side) => {
    for (const [part, length] of lengths.entries()) {
      side.view.setUint32(VECTORS + 8 * part + 4, length, true);
    }
    const errno = side.functions[call](fd, VECTORS, lengths.length, OUT);
    return errno === 0 ? side.view.getUint32(OUT, true) : `errno ${errno}`;
  };
  const calls = {
    seek: (side) => {
      const errno = side.functions.fd_seek(fd, offset, whence, OUT);
      return errno === 0 ? side.view.getBigInt64(OUT, true) : `errno ${errno}`;
    },
    read: transfer('fd_read'),
    write: transfer('fd_write'),
    size: (side) => side.functions.fd_filestat_set_size(fd, size),
    close: (side) => side.functions.fd_close(fd),
    open: (side) => side.files.open(),
  };
  return { name, failsIn, run: calls[kind] };
}

test('a guest reaches the same bytes as without it, and gets the same positions and errors', () => {
  const numbers = random(48);
  for (let run = 0; run < 2000; run += 1) {
    const [plain, wrapped] = [side(false), side(true)];
    wrapped.view.setBigInt64(0, 77n, true);
    const names = [];
    for (let step = 0; step < 60; step += 1) {
      const { name, failsIn, run: call } = randomCall(numbers);
      names.push(name);
      for (const { files } of [plain, wrapped]) files.failsIn ||= failsIn;
      const [expected, actual] = [plain, wrapped].map(call);
      const story = names.slice(-10).join('\n');
      assert.equal(actual, expected, story);
      assert.deepEqual(wrapped.files.accesses, plain.files.accesses, story);
      assert.equal(wrapped.files.size, plain.files.size, story);
    }
    assert.equal(wrapped.view.getBigInt64(0, true), 77n, 'the memory of the guest is unchanged');
  }
});

test('the host is not called for the length and the position at each atom', () => {
  const { files, functions } = side(true);
  const fd = files.open();
  functions.fd_seek(fd, 0n, 2, OUT);
  const { seeks } = files;
  for (let atom = 0n; atom < 100n; atom += 1n) {
    for (const whence of [1, 2, 1]) functions.fd_seek(fd, 0n, whence, OUT);
    functions.fd_seek(fd, atom, 0, OUT);
  }
  assert.equal(files.seeks, seeks);
  functions.fd_read(fd, VECTORS, 1, OUT);
  assert.equal(files.seeks, seeks + 1);
});
