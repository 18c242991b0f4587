"""Tracker modules (MOD, S3M, IT, XM): the names in them, and the hash of all the rest."""


class Names:
    """Cuts names out of a module, so that the rest can be hashed alone."""

    def __init__(self, data):
        self.data = data
        self.rest = bytearray(data)
        self.found = []

    def take(self, key, at, length):
        text = self.data[at : at + length].rstrip(b"\0 ").decode("latin-1")
        self.rest[at : at + length] = bytes(len(self.rest[at : at + length]))
        self.found.append((key, text))

    def number(self, at, width):
        return int.from_bytes(self.data[at : at + width], "little")


def read(entries, data, kind):
    names = Names(data)
    READERS[kind](names)
    for key, text in names.found:
        if text:
            entries.add("tracker", key, text)
    entries.add("audio", "module", bytes(names.rest).rstrip(b"\0"))


def mod(names):
    names.take("title", 0, 20)
    for index in range(31):
        names.take(f"sample {index + 1}", 20 + 30 * index, 22)


def s3m(names):
    names.take("title", 0, 28)
    orders, samples = names.number(32, 2), names.number(34, 2)
    for index in range(samples):
        at = names.number(96 + orders + 2 * index, 2) * 16
        names.take(f"sample {index + 1}", at + 48, 28)


def it(names):
    names.take("title", 4, 26)
    orders, instruments, samples = (names.number(at, 2) for at in (32, 34, 36))
    pointers = 192 + orders
    for index in range(instruments):
        names.take(f"instrument {index + 1}", names.number(pointers + 4 * index, 4) + 32, 26)
    for index in range(samples):
        names.take(f"sample {index + 1}", names.number(pointers + 4 * (instruments + index), 4) + 20, 26)
    if names.number(46, 2) & 1:
        names.take("message", names.number(56, 4), names.number(54, 2))
    # Whether there is a message, its length and its place.
    names.rest[46] &= 0xFE
    names.rest[54:60] = bytes(6)


def xm(names):
    names.take("title", 17, 20)
    names.take("tracker", 38, 20)
    patterns, instruments = names.number(70, 2), names.number(72, 2)
    at = 60 + names.number(60, 4)
    for _ in range(patterns):
        at += names.number(at, 4) + names.number(at + 7, 2)
    for index in range(instruments):
        if at + 29 > len(names.data):
            break
        names.take(f"instrument {index + 1}", at + 4, 22)
        size, samples = names.number(at, 4), names.number(at + 27, 2)
        sample_header = names.number(at + 29, 4) if samples else 0
        at += size
        length = 0
        for sample in range(samples):
            length += names.number(at, 4)
            names.take(f"sample {index + 1}.{sample + 1}", at + 18, 22)
            at += sample_header
        at += length


READERS = {"mod": mod, "s3m": s3m, "it": it, "xm": xm}
