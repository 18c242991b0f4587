"""MP4 (ISO/IEC 14496-12): every atom, with the chunk offsets counted from their mdat.

`free` and `skip` are padding. Text and numbers of `ilst` are decoded, since their
width may change.
"""

import hashlib
import struct

CONTAINERS = {
    "moov",
    "trak",
    "mdia",
    "minf",
    "stbl",
    "dinf",
    "edts",
    "udta",
    "tref",
    "mvex",
    "moof",
    "traf",
    "mfra",
    "ilst",
    "gmhd",
}
PADDING = {"free", "skip"}


def atoms(data, at=0, end=None):
    """Yields (name, start of the content, end)."""
    end = len(data) if end is None else end
    while at + 8 <= end:
        size = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8].decode("latin-1")
        start = at + 8
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
            start = at + 16
        elif size == 0:
            size = end - at
        stop = at + size
        if stop > end or stop < start:
            return
        yield name, start, stop
        at = stop


def read(entries, data):
    mdats = []
    movie = None
    covered = 0
    for name, start, stop in atoms(data):
        covered = stop
        if name == "mdat":
            mdats.append((start, stop))
            entries.add("audio", "mdat", data[start:stop])
        elif name == "moov":
            movie = (start, stop)
        elif name not in PADDING:
            add_leaf_or_children(entries, data, name, name, start, stop, mdats)
    if data[covered:].strip(b"\0"):
        entries.add("mp4", "@behind-the-atoms", data[covered:])
    if movie:
        add_children(entries, data, "moov", *movie, mdats)
        add_tracks(entries, data, *movie)


def add_children(entries, data, path, start, stop, mdats):
    counts = {}
    covered = start
    for name, inner, end in atoms(data, start, stop):
        covered = end
        if name in PADDING:
            continue
        counts[name] = counts.get(name, 0) + 1
        number = (
            f"[{counts[name]}]" if name in ("trak", "meta") and (name == "trak" or counts[name] > 1) else ""
        )
        add_leaf_or_children(entries, data, name, f"{path}/{name}{number}", inner, end, mdats)
    if data[covered:stop].strip(b"\0"):
        entries.add("mp4", f"{path}/@rest", data[covered:stop])


def add_leaf_or_children(entries, data, name, path, start, stop, mdats):
    if name == "meta":
        # QuickTime's has no version in front.
        full = data[start + 4 : start + 8] != b"hdlr"
        add_children(entries, data, path, start + (4 if full else 0), stop, mdats)
    elif name == "ilst":
        add_items(entries, data, start, stop)
    elif name in CONTAINERS:
        add_children(entries, data, path, start, stop, mdats)
    elif name in ("stco", "co64"):
        entries.add(
            "mp4",
            f"{path.rsplit('/', 1)[0]}/chunk offsets",
            relative(chunk_offsets(name, data[start:stop]), mdats),
        )
    elif name == "chpl":
        add_chpl(entries, data[start:stop])
    elif name == "uuid":
        entries.add("mp4", f"{path} {data[start : start + 16].hex()}", data[start + 16 : stop])
    elif name == "tfhd" and stop - start >= 16 and data[start + 3] & 1:
        # With a base data offset, which counts from the start of the file.
        entries.add("mp4", path, data[start : start + 8] + data[start + 16 : stop])
    elif name != "tfra":
        entries.add("mp4", path, data[start:stop])


def chunk_offsets(name, body):
    width = 4 if name == "stco" else 8
    count = int.from_bytes(body[4:8], "big")
    return [
        int.from_bytes(body[8 + width * index : 8 + width * (index + 1)], "big")
        for index in range(min(count, (len(body) - 8) // width))
    ]


def relative(offsets, mdats):
    """Offsets as (number of the mdat, place in it); those outside as they are."""
    digest = hashlib.sha256()
    for offset in offsets:
        place = next(
            (
                (number, offset - start)
                for number, (start, stop) in enumerate(mdats)
                if start <= offset <= stop
            ),
            offset,
        )
        digest.update(repr(place).encode())
    return f"{len(offsets)} offsets, sha256 {digest.hexdigest()[:16]}"


def add_chpl(entries, body):
    """Nero's chapters: start in 100 ns, and a title of at most 255 bytes."""
    at = 9 if body[0] else 5
    count = body[at - 1]
    chapters = []
    for _ in range(count):
        start, size = struct.unpack(">QB", body[at : at + 9])
        chapters.append([start, body[at + 9 : at + 9 + size].decode("utf-8", "replace")])
        at += 9 + size
    entries.add("chapters", "chpl", {"version": body[0], "chapters": chapters})


def add_items(entries, data, start, stop):
    for name, inner, end in atoms(data, start, stop):
        if name in PADDING:
            continue
        mean = key = ""
        values = []
        for part, at, part_end in atoms(data, inner, end):
            if part == "mean":
                mean = data[at + 4 : part_end].decode("utf-8", "replace")
            elif part == "name":
                key = data[at + 4 : part_end].decode("utf-8", "replace")
            elif part == "data":
                kind = int.from_bytes(data[at : at + 4], "big")
                locale = int.from_bytes(data[at + 4 : at + 8], "big")
                values.append(item_value(name, kind, locale, data[at + 8 : part_end]))
            else:
                values.append({part: data[at:part_end]})
        if name == "----":
            name = f"{name}:{mean}:{key}"
        elif not name.isprintable():
            # The number of a key in `keys`, as QuickTime's metadata has it.
            name = f"key {int.from_bytes(name.encode('latin-1'), 'big')}"
        entries.add("ilst", name, values)


def item_value(name, kind, locale, value):
    shown = value
    if kind == 1:
        shown = value.decode("utf-8", "surrogateescape").rstrip("\0")
    elif name in ("trkn", "disk") and len(value) >= 6:
        number, total = struct.unpack(">HH", value[2:6])
        rest = (value[:2] + value[6:]).strip(b"\0")
        shown = f"{number}/{total}" + (f" and {rest.hex()}" if rest else "")
    elif (
        kind in (21, 22)
        and len(value) in (1, 2, 3, 4, 8)
        or (kind == 0 and name in ("tmpo", "gnre", "cpil", "pgap"))
    ):
        shown = int.from_bytes(value, "big", signed=kind != 22)
        kind = kind or 21
    return {"type": kind, **({"locale": locale} if locale else {}), "value": shown}


def add_tracks(entries, data, start, stop):
    """The samples of each track by its tables, and the text of chapter tracks."""
    tracks = [
        {name: data[at:until] for name, at, until in descend(data, inner, end)}
        for name, inner, end in atoms(data, start, stop)
        if name == "trak"
    ]
    referred = {number for tables in tracks for number in chapter_tracks(tables)}
    for number, tables in enumerate(tracks, 1):
        handler = tables.get("hdlr", b"")[8:12].decode("latin-1")
        samples = list(track_samples(data, tables))
        is_image = handler == "vide" and track_number(tables) in referred
        kind = "chapters" if is_image or handler in ("text", "sbtl") else "audio"
        entries.add(
            kind,
            f"track {number} ({handler})",
            b"".join(len(sample).to_bytes(4, "big") + sample for sample in samples),
        )
        if kind == "chapters" and not is_image:
            texts = [
                sample[2 : 2 + int.from_bytes(sample[:2], "big")].decode("utf-8", "replace")
                for sample in samples
            ]
            entries.add(kind, f"track {number} titles", texts)


def track_number(tables):
    header = tables.get("tkhd", bytes(24))
    at = 20 if header[0] == 1 else 12
    return int.from_bytes(header[at : at + 4], "big")


def chapter_tracks(tables):
    """The numbers of the tracks that a track refers to for its chapters."""
    references = tables.get("tref", b"")
    return [
        int.from_bytes(references[at : at + 4], "big")
        for name, inner, end in atoms(references, 0, len(references))
        if name == "chap"
        for at in range(inner, end, 4)
    ]


def descend(data, start, stop):
    for name, inner, end in atoms(data, start, stop):
        if name in ("mdia", "minf", "stbl"):
            yield from descend(data, inner, end)
        elif not (name == "hdlr" and data[inner + 8 : inner + 12] in (b"alis", b"url ", b"mdir")):
            yield name, inner, end


def track_samples(data, tables):
    if not {"stsz", "stsc"} <= set(tables) or not ({"stco", "co64"} & set(tables)):
        return
    name = "stco" if "stco" in tables else "co64"
    offsets = chunk_offsets(name, tables[name])
    fixed, count = struct.unpack(">II", tables["stsz"][4:12])
    available = (len(tables["stsz"]) - 12) // 4
    sizes = (
        [fixed] * min(count, len(data))
        if fixed
        else [
            int.from_bytes(tables["stsz"][12 + 4 * index : 16 + 4 * index], "big")
            for index in range(min(count, available))
        ]
    )
    runs = [
        struct.unpack(">III", tables["stsc"][8 + 12 * index : 20 + 12 * index])
        for index in range((len(tables["stsc"]) - 8) // 12)
    ]
    sample = 0
    for chunk, offset in enumerate(offsets, 1):
        per_chunk = next((run[1] for run in reversed(runs) if run[0] <= chunk), 0)
        for size in sizes[sample : sample + per_chunk]:
            yield data[offset : offset + size]
            offset += size
        sample += per_chunk
