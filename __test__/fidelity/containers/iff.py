"""RIFF WAVE, RF64 and AIFF, DSDIFF and DSF: chunks, and the ID3v2 tag in one of them."""

from . import id3v2

PADDING = ("JUNK", "junk", "PAD ", "FLLR", "JUNQ", "filr")


def read_riff(entries, data):
    form = data[:4].decode("latin-1")
    entries.add("riff", "@form", form + " " + data[8:12].decode("latin-1"))
    form_end = int.from_bytes(data[4:8], "little") + 8
    if form == "RIFF" and form_end < len(data):
        add_rest(entries, "riff", data[form_end:])
        data = data[:form_end]
    sizes = {}
    at = 12
    ids = 0
    while at + 8 <= len(data):
        name = data[at : at + 4].decode("latin-1")
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if length == 0xFFFFFFFF:
            length = sizes.get(name, len(data) - at - 8)
        body = data[at + 8 : at + 8 + length]
        if name == "ds64" and length >= 24:
            # Its first number is the size of the whole file.
            sizes["data"] = int.from_bytes(body[8:16], "little")
            entries.add("riff", "ds64", body[8:])
        elif name in ("id3 ", "ID3 ") and id3v2.tag_length(body, 0):
            ids += 1
            id3v2.read(entries, body, "id3v2" if ids == 1 else f"id3v2#{ids}")
        elif name == "LIST":
            add_list(entries, body)
        elif name == "data":
            entries.add("audio", "data", body)
        elif name not in PADDING or body.strip(b"\0"):
            entries.add("riff", name, body)
        if at + 8 + length > len(data):
            entries.add("riff", "@cut-off", name)
        at += 8 + length + length % 2


def add_rest(entries, kind, rest):
    if rest.strip(b"\0"):
        entries.add(kind, "@behind-the-form", rest)


def add_list(entries, body):
    """INFO fields are text; of other lists (adtl) each item counts."""
    kind = body[:4].decode("latin-1")
    at = 4
    while at + 8 <= len(body):
        name = body[at : at + 4].decode("latin-1")
        length = int.from_bytes(body[at + 4 : at + 8], "little")
        value = body[at + 8 : at + 8 + length]
        if kind == "INFO":
            entries.add("info", name, value.rstrip(b"\0").decode("utf-8", "surrogateescape"))
        else:
            entries.add("riff", f"LIST/{kind}/{name}", value)
        at += 8 + length + length % 2


def read_aiff(entries, data):
    entries.add("aiff", "@form", data[8:12].decode("latin-1"))
    form_end = int.from_bytes(data[4:8], "big") + 8
    if form_end < len(data):
        add_rest(entries, "aiff", data[form_end:])
        data = data[:form_end]
    for name, body in chunks(data, 12, 4):
        if name in ("ID3 ", "id3 ") and id3v2.tag_length(body, 0):
            id3v2.read(entries, body, numbered(entries, "id3v2"))
        elif name in ("NAME", "AUTH", "(c) ", "ANNO"):
            entries.add("aiff", name, body.rstrip(b"\0").decode("utf-8", "surrogateescape"))
        elif name == "SSND":
            entries.add("audio", "SSND", body)
        elif name not in PADDING or body.strip(b"\0"):
            entries.add("aiff", name, body)


def numbered(entries, kind):
    count = sum(1 for row in entries.rows if row[1] == "@version" and row[0].startswith(kind))
    return kind if count == 0 else f"{kind}#{count + 1}"


def chunks(data, at, width):
    """Chunks of an IFF file with sizes of `width` bytes, big-endian, on even offsets."""
    while at + 4 + width <= len(data):
        name = data[at : at + 4].decode("latin-1")
        length = int.from_bytes(data[at + 4 : at + 4 + width], "big")
        at += 4 + width
        yield name, data[at : at + length]
        at += length + length % 2


def read_dsdiff(entries, data, prefix="", at=16):
    for name, body in chunks(data, at, 8):
        if name == "ID3 " and id3v2.tag_length(body, 0):
            id3v2.read(entries, body, numbered(entries, "id3v2"))
        elif name in ("PROP", "DIIN") and not prefix:
            start = 4 if name == "PROP" else 0
            read_dsdiff(entries, body, f"{name}/", start)
        elif name in ("DSD ", "DST "):
            entries.add("audio", name, body)
        elif name in ("DITI", "DIAR"):
            length = int.from_bytes(body[:4], "big")
            entries.add("dsdiff", prefix + name, body[4 : 4 + length].decode("utf-8", "surrogateescape"))
        else:
            entries.add("dsdiff", prefix + name, body)


def read_dsf(entries, data):
    """DSF: a header that points to the tag at the end, `fmt ` and `data`."""
    pointer = int.from_bytes(data[20:28], "little")
    at = 28
    end = pointer or len(data)
    while at + 12 <= end:
        name = data[at : at + 4].decode("latin-1")
        length = int.from_bytes(data[at + 4 : at + 12], "little")
        body = data[at + 12 : at + length]
        entries.add("audio" if name == "data" else "dsf", name, body)
        if length < 12:
            break
        at += length
    if pointer and id3v2.tag_length(data, pointer):
        id3v2.read(entries, data[pointer:])
