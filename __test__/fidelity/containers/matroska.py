"""Matroska and WebM: the EBML tree (RFC 8794, RFC 9559).

SeekHead, Void and CRC-32 are left out, and the positions in Cues count from the
cluster that they point to.
"""

import hashlib

SEGMENT, SEEK_HEAD, INFO, TRACKS, CLUSTER, CUES = (
    0x18538067,
    0x114D9B74,
    0x1549A966,
    0x1654AE6B,
    0x1F43B675,
    0x1C53BB6B,
)
TAGS, CHAPTERS, ATTACHMENTS, VOID, CRC = 0x1254C367, 0x1043A770, 0x1941A469, 0xEC, 0xBF
LEVEL_1 = {SEEK_HEAD, INFO, TRACKS, CLUSTER, CUES, TAGS, CHAPTERS, ATTACHMENTS}
NAMES = {
    SEGMENT: "Segment",
    INFO: "Info",
    TRACKS: "Tracks",
    CUES: "Cues",
    CHAPTERS: "Chapters",
    0x1A45DFA3: "EBML",
    0x7BA9: "Title",
    0x4D80: "MuxingApp",
    0x5741: "WritingApp",
    0x73A4: "SegmentUUID",
    0x4461: "DateUTC",
    0x4489: "Duration",
    0x2AD7B1: "TimestampScale",
    0xAE: "TrackEntry",
    0x536E: "Name",
    0x22B59C: "Language",
    0x45B9: "EditionEntry",
    0xB6: "ChapterAtom",
    0x80: "ChapterDisplay",
    0x85: "ChapString",
    0x437C: "ChapLanguage",
    0x91: "ChapterTimeStart",
    0x92: "ChapterTimeEnd",
    0x73C4: "ChapterUID",
    0x45BC: "EditionUID",
}
MASTERS = {INFO, TRACKS, CHAPTERS, 0x1A45DFA3, 0xAE, 0xE0, 0xE1, 0x45B9, 0xB6, 0x80}
TEXTS = {0x7BA9, 0x4D80, 0x5741, 0x536E, 0x22B59C, 0x85, 0x437C, 0x4282, 0x86}
# What an element says that may as well be missing, without leading zeros: flags of
# editions (hidden, default, ordered) and of chapters (hidden, enabled).
DEFAULTS = {0x45BD: b"", 0x45DB: b"", 0x45DD: b"", 0x98: b"", 0x4598: b"\1"}
SHORT_VALUE = 16
UNKNOWN = object()


def vint(data, at, keep_marker):
    """The number at `at` and the offset behind it; UNKNOWN where all bits are set."""
    first = data[at]
    length = 9 - first.bit_length()
    number = int.from_bytes(data[at : at + length], "big")
    if keep_marker:
        return number, at + length
    mask = (1 << 7 * length) - 1
    return (UNKNOWN if number & mask == mask else number & mask), at + length


def elements(data, at, end):
    """Yields (id, start of the element, start of the content, end, what its size says)."""
    while at < end and data[at]:
        start = at
        name, at = vint(data, at, True)
        if at >= end:
            return
        size, at = vint(data, at, False)
        unknown = size is UNKNOWN
        stop = unknown_end(data, name, at, end) if unknown else at + size
        yield (
            name,
            start,
            at,
            min(stop, end),
            "unknown" if unknown else "known" if stop <= end else "past the end",
        )
        at = stop


def unknown_end(data, name, at, end):
    """A cluster of unknown size ends where an element of its own level begins."""
    if name == CLUSTER:
        for inner, start, *_ in elements(data, at, end):
            if inner in LEVEL_1:
                return start
    return end


def read(entries, data):
    for name, _, start, end, extent in elements(data, 0, len(data)):
        if name == SEGMENT:
            size = extent if extent != "known" or end == len(data) else "short of the end"
            entries.add("matroska", "Segment size", size)
            add_segment(entries, data, start, end)
        elif name not in (VOID, CRC):
            add_tree(entries, data, NAMES.get(name, hex(name)), name, start, end)


def add_segment(entries, data, start, end):
    clusters = {}
    cues = []
    tags = []
    for name, at, inner, stop, _ in elements(data, start, end):
        if name == CLUSTER:
            clusters[at - start] = len(clusters)
            entries.add("audio", "cluster", cluster(data, inner, stop))
        elif name == TAGS:
            tags.append((inner, stop))
        elif name == ATTACHMENTS:
            add_attachments(entries, data, inner, stop)
        elif name == CUES:
            cues.append((inner, stop))
        elif name not in (SEEK_HEAD, VOID, CRC):
            add_tree(entries, data, NAMES.get(name, hex(name)), name, inner, stop)
    add_tags(entries, data, tags)
    for inner, stop in cues:
        entries.add("matroska", "Cues", cue_points(data, inner, stop, clusters))


def add_tree(entries, data, path, name, start, end):
    if name not in MASTERS:
        value = data[start:end]
        if name in TEXTS:
            value = text(value)
        elif len(value) <= SHORT_VALUE:
            value = value.hex()
        entries.add("matroska", path, value)
        return
    for inner, _, at, stop, _ in elements(data, start, end):
        if inner not in (VOID, CRC) and data[at:stop].strip(b"\0") != DEFAULTS.get(inner):
            add_tree(entries, data, f"{path}/{NAMES.get(inner, hex(inner))}", inner, at, stop)


def cluster(data, start, end):
    """The hash of a cluster without its own place and its neighbour's size."""
    digest = hashlib.sha256()
    for name, at, inner, stop, _ in elements(data, start, end):
        if name not in (0xA7, 0xAB, VOID, CRC):
            digest.update(hex(name).encode() + data[inner:stop])
    return f"sha256 {digest.hexdigest()[:16]}"


def cue_points(data, start, end, clusters):
    points = []
    for name, _, inner, stop, _ in elements(data, start, end):
        if name != 0xBB:
            continue
        point = []
        for part, _, at, part_end, _ in elements(data, inner, stop):
            if part == 0xB7:
                numbers = {
                    hex(item): int.from_bytes(data[first:last], "big")
                    for item, _, first, last, _ in elements(data, at, part_end)
                }
                position = numbers.pop("0xf1", None)
                point.append([clusters.get(position, f"no cluster at {position}"), numbers])
            else:
                point.append([hex(part), data[at:part_end].hex()])
        points.append(point)
    return points


TARGET_NAMES = {
    0x68CA: "level",
    0x63CA: "type",
    0x63C5: "track",
    0x63C9: "edition",
    0x63C4: "chapter",
    0x63C6: "attachment",
}


ALBUM_TYPES = {"ALBUM", "OPERA", "CONCERT", "MOVIE", "EPISODE"}
TRACK_TYPES = {"TRACK", "SONG", "CHAPTER"}


def add_tags(entries, data, bodies):
    """Adds all tags of a segment: what a missing level means depends on the others."""
    tags = [
        read_tag(data, inner, stop)
        for start, end in bodies
        for tag, _, inner, stop, _ in elements(data, start, end)
        if tag == 0x7373
    ]
    has_track = any(targets.get("level") == [30] for targets, _ in tags)
    for targets, simple in tags:
        kind = targets.pop("type", None)
        name = kind[0].upper() if kind else ""
        # A missing level is 50 (ALBUM). FFmpeg leaves out all of them, and means the file.
        if "level" not in targets and (
            name in ALBUM_TYPES or has_track and name not in TRACK_TYPES or set(targets) != set()
        ):
            targets["level"] = ["50 by default"]
        place = ", ".join(
            f"{key} {'+'.join(map(str, values))}"
            for key, values in sorted(targets.items())
        )
        for inner, stop in simple:
            add_simple_tag(
                entries, data, place or "no level", "", inner, stop, {"type": kind[0]} if kind else {}
            )


def read_tag(data, start, end):
    """The targets of a tag, and where its simple tags are."""
    targets = {}
    simple = []
    for name, _, inner, stop, _ in elements(data, start, end):
        if name == 0x63C0:
            for item, _, at, item_end, _ in elements(data, inner, stop):
                value = data[at:item_end]
                shown = text(value) if item == 0x63CA else int.from_bytes(value, "big")
                if item in TARGET_NAMES and shown != 0:  # UID 0 means all
                    targets.setdefault(TARGET_NAMES[item], []).append(shown)
        elif name == 0x67C8:
            simple.append((inner, stop))
    return targets, simple


def add_simple_tag(entries, data, place, prefix, start, end, target):
    key, value, extra, nested = "", None, dict(target), []
    for name, _, inner, stop, _ in elements(data, start, end):
        content = data[inner:stop]
        if name == 0x45A3:
            key = text(content)
        elif name == 0x4487:
            value = text(content)
        elif name == 0x4485:
            value = content
        elif name == 0x447A and content not in (b"und", b""):
            extra["language"] = content.decode("latin-1")
        elif name == 0x447B and content != b"und":
            extra["BCP 47"] = content.decode("latin-1")
        elif name == 0x4484 and content in (b"\0", b""):
            extra["default"] = False
        elif name == 0x67C8:
            nested.append((inner, stop))
    entries.add("matroska-tag", f"{prefix}{key} ({place})", [value, extra] if extra else value)
    for inner, stop in nested:
        add_simple_tag(entries, data, place, f"{prefix}{key}/", inner, stop, target)


ATTACHMENT_TEXTS = {0x467E: "description", 0x466E: "name", 0x4660: "mime"}


def add_attachments(entries, data, start, end):
    for file, _, inner, stop, _ in elements(data, start, end):
        if file != 0x61A7:
            continue
        parts = {}
        for item, _, at, item_end, _ in elements(data, inner, stop):
            content = data[at:item_end]
            if item == 0x465C:
                parts["data"] = content
            elif item == 0x46AE:
                parts["uid"] = int.from_bytes(content, "big")
            elif item in ATTACHMENT_TEXTS:
                parts[ATTACHMENT_TEXTS[item]] = text(content)
        name = parts.pop("name", "")
        entries.add("attachment", name, {key: parts[key] for key in sorted(parts)})


def text(value):
    return value.rstrip(b"\0").decode("utf-8", "replace")
