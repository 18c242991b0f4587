/**
 * A model of the guest's file as the host serves it (`guest/src/sandbox/descriptors.rs`), for a
 * module in Node's own WebAssembly.
 */

const FIRST_FILE = 4;
const ERRNO = { badf: 8, fbig: 22, inval: 28, io: 29 };
const [MIN, MAX] = [-(2n ** 63n), 2n ** 63n - 1n];

/** The largest file that the model holds, in bytes. */
const MAX_SIZE = 2n ** 31n;

export class GuestFiles {
  /** What reaches the content, in order: the promise of every test. */
  accesses = [];
  /** The number of the access that fails, counted from the next one. */
  failsIn = 0;
  /** The number of calls of `fd_seek`. */
  seeks = 0;
  #size = 100n;
  #positions = [];
  #memory;

  /** @param {WebAssembly.Memory} memory The memory that results are written to. */
  constructor(memory) {
    this.#memory = memory;
  }

  get size() {
    return this.#size;
  }

  open() {
    const free = this.#positions.indexOf(undefined);
    const index = free < 0 ? this.#positions.length : free;
    this.#positions[index] = 0n;
    return FIRST_FILE + index;
  }

  /** The functions that the module imports. */
  imports = {
    fd_seek: (fd, offset, whence, out) => {
      this.seeks += 1;
      const index = this.#index(fd);
      if (![0, 1, 2].includes(whence)) return ERRNO.inval;
      if (index === undefined) return ERRNO.badf;
      const position = [0n, this.#positions[index], this.#size][whence] + offset;
      if (position < MIN || position > MAX) return ERRNO.inval;
      this.#positions[index] = position;
      if (position < 0n) return ERRNO.inval;
      this.#view().setBigInt64(out, position, true);
      return 0;
    },

    fd_read: (fd, vectors, count, out) =>
      this.#eachPart(fd, vectors, count, out, (index, length) => {
        const position = this.#positions[index];
        // The guest reads at -1 what it expects at 0.
        const from = position === -1n ? 0n : position;
        if (from < 0n) return ERRNO.inval;
        if (this.#fails()) return ERRNO.io;
        const left = from < this.#size ? Number(this.#size - from) : 0;
        const read = Math.min(length, left);
        this.accesses.push(`read ${read} at ${from}`);
        this.#positions[index] = position + BigInt(read);
        return { moved: read, isLast: read < length };
      }),

    fd_write: (fd, vectors, count, out) =>
      this.#eachPart(fd, vectors, count, out, (index, length) => {
        const end = this.#positions[index] + BigInt(length);
        if (this.#positions[index] < 0n) return ERRNO.inval;
        if (end > MAX) return ERRNO.fbig;
        if (end > MAX_SIZE || this.#fails()) return ERRNO.io;
        this.accesses.push(`write ${length} at ${this.#positions[index]}`);
        this.#positions[index] = end;
        if (end > this.#size) this.#size = end;
        return { moved: length, isLast: false };
      }),

    fd_filestat_set_size: (fd, size) => {
      if (this.#index(fd) === undefined) return ERRNO.badf;
      if (size < 0n || size > MAX_SIZE) return ERRNO.io;
      this.accesses.push(`size ${size}`);
      this.#size = size;
      return 0;
    },

    fd_close: (fd) => {
      const index = this.#index(fd);
      if (index === undefined) return ERRNO.badf;
      this.#positions[index] = undefined;
      return 0;
    },
  };

  #eachPart(fd, vectors, count, out, access) {
    const index = this.#index(fd);
    if (index === undefined) return ERRNO.badf;
    let total = 0;
    for (let part = 0; part < count; part += 1) {
      const length = this.#view().getUint32(vectors + 8 * part + 4, true);
      const result = access(index, length);
      if (typeof result === 'number') return result;
      total += result.moved;
      if (result.isLast) break;
    }
    this.#view().setUint32(out, total, true);
    return 0;
  }

  #index(fd) {
    const index = fd - FIRST_FILE;
    return this.#positions[index] === undefined ? undefined : index;
  }

  #fails() {
    if (this.failsIn === 0) return false;
    this.failsIn -= 1;
    return this.failsIn === 0;
  }

  #view() {
    return new DataView(this.#memory.buffer);
  }
}
