"""Matroska and WebM: tags of every level, chapters, attachments, and live recordings."""

from .images import JPEG, png

EBML, SEGMENT, SEEK_HEAD, VOID, INFO, TRACKS, CLUSTER, CUES = (
    0x1A45DFA3,
    0x18538067,
    0x114D9B74,
    0xEC,
    0x1549A966,
    0x1654AE6B,
    0x1F43B675,
    0x1C53BB6B,
)
TAGS, TAG, TARGETS, SIMPLE, CHAPTERS, ATTACHMENTS = 0x1254C367, 0x7373, 0x63C0, 0x67C8, 0x1043A770, 0x1941A469
UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"


def element(name, *parts, size=None):
    body = b"".join(parts)
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + (size or (len(body) | 1 << 56).to_bytes(8, "big")) + body


def number(name, value, width=1):
    return element(name, value.to_bytes(max(width, (value.bit_length() + 7) // 8), "big"))


def string(name, text):
    return element(name, text.encode())


def simple(name, value, *nested, language=None, bcp47=None, default=None):
    parts = [string(0x45A3, name)]
    parts += [string(0x447A, language)] if language else []
    parts += [string(0x447B, bcp47)] if bcp47 else []
    parts += [number(0x4484, default)] if default is not None else []
    parts += [string(0x4487, value) if isinstance(value, str) else element(0x4485, value)]
    return element(SIMPLE, *parts, *nested)


def tag(*tags, level=None, kind=None, track=None, chapter=None, attachment=None, edition=None):
    targets = [number(0x68CA, level)] if level else []
    targets += [string(0x63CA, kind)] if kind else []
    for name, uid in ((0x63C5, track), (0x63C4, chapter), (0x63C6, attachment), (0x63C9, edition)):
        targets += [number(name, uid)] if uid is not None else []
    return element(TAG, element(TARGETS, *targets), *tags)


def attachment(name, mime, data, uid, description=None):
    parts = [string(0x467E, description)] if description else []
    return element(
        0x61A7,
        *parts,
        string(0x466E, name),
        string(0x4660, mime),
        element(0x465C, data),
        number(0x46AE, uid, 8),
    )


def chapter(uid, start, stop, *displays, hidden=0):
    shown = [element(0x80, string(0x85, text), string(0x437C, language)) for text, language in displays]
    return element(
        0xB6, number(0x73C4, uid), number(0x91, start), number(0x92, stop), number(0x98, hidden), *shown
    )


def read_vint(data, at, keep):
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big")
    return (value if keep else value & ((1 << 7 * length) - 1)), at + length


def children(data, at, end):
    while at < end:
        start = at
        name, at = read_vint(data, at, True)
        size, at = read_vint(data, at, False)
        yield name, data[at : at + size], data[start : at + size]
        at += size


def parts_of(data):
    """The EBML header, and the children of the segment without SeekHead, Void, Cues and Tags."""
    (_, _, header), (_, segment, _) = list(children(data, 0, len(data)))[:2]
    return header, [
        (name, body)
        for name, body, _ in children(segment, 0, len(segment))
        if name not in (SEEK_HEAD, VOID, CUES, TAGS)
    ]


def matroska(parts, *added, first=False):
    header, kept = parts
    clusters = [element(name, body) for name, body in kept if name == CLUSTER]
    others = [element(name, body) for name, body in kept if name != CLUSTER]
    order = others + list(added) + clusters if first else others + clusters + list(added)
    return header + element(SEGMENT, *order)


def live(parts, *added, clusters_too=True):
    """As MediaRecorder writes: neither the segment nor the clusters say how long they are."""
    header, kept = parts
    body = b"".join(element(name, body) for name, body in kept if name != CLUSTER) + b"".join(added)
    body += b"".join(
        element(name, body, size=UNKNOWN_SIZE if clusters_too else None)
        for name, body in kept
        if name == CLUSTER
    )
    return header + element(SEGMENT, body, size=UNKNOWN_SIZE)


def tag_sets():
    song = [
        simple("TITLE", "Grüße, 世界"),
        simple("ARTIST", "An Artist"),
        simple("GENRE", "Jazz"),
        simple("DATE_RELEASED", "2019"),
    ]
    album = [
        simple("TITLE", "An Album"),
        simple("ARTIST", "Album Artist"),
        simple("TOTAL_PARTS", "12"),
        simple("DATE_RELEASED", "2018"),
    ]
    return {
        "levels": [tag(*song, simple("PART_NUMBER", "3"), level=30, kind="TRACK"), tag(*album, level=50, kind="ALBUM")],
        "padded-numbers": [tag(*song, simple("PART_NUMBER", "03"), level=30), tag(*album, level=50)],
        "totals-in-the-number": [tag(*song, simple("PART_NUMBER", "3/12"), level=30)],
        "collection": [tag(*song, level=30), tag(*album, level=50), tag(simple("TITLE", "Box"), simple("TOTAL_PARTS", "2"), level=60, kind="EDITION"), tag(simple("TITLE", "Series"), level=70)],
        "no-level": [tag(*song, simple("ALBUM", "An Album"), simple("TRACKNUMBER", "3"))],
        "languages": [tag(*song, simple("TITLE", "Titel", language="ger", default=0), simple("TITLE", "Titre", bcp47="fr-CA", default=0), simple("COMMENT", "c", language="eng"), level=30)],
        "nested": [tag(*song, simple("LEAD_PERFORMER", "P", simple("INSTRUMENTS", "guitar", simple("SORT_WITH", "x"))), level=30)],
        "binary": [tag(*song, simple("BLOB", bytes(range(100))), level=30)],
        "several-values": [tag(*song, simple("ARTIST", "Second"), simple("GENRE", "Rock"), level=30)],
        "tracks": [tag(*song, level=30, track=1), tag(simple("ENCODER", "An Encoder"), simple("BPS", "64000"), simple("_STATISTICS_TAGS", "BPS"), track=1), tag(*album, level=50)],
        "unknown-names": [tag(*song, simple("Own Name", "x"), simple("Größe", "ä"), simple("lower", "y"), level=30)],
        "replay-gain": [tag(*song, simple("REPLAYGAIN_GAIN", "-6.54 dB"), level=30), tag(simple("REPLAYGAIN_GAIN", "-5 dB"), level=50)],
        "tempo": [tag(*song, simple("BPM", "120.50"), simple("RATING", "4"), level=30)],
        "chapter-and-attachment-targets": [tag(*song, level=30), tag(simple("TITLE", "Chapter"), chapter=11), tag(simple("TITLE", "Picture"), attachment=5)],
    }  # fmt: skip


def files(base):
    audio, web = parts_of((base / "tagged.mka").read_bytes()), parts_of((base / "tagged.webm").read_bytes())
    for name, tags in tag_sets().items():
        yield f"mka-{name}.mka", matroska(audio, element(TAGS, *tags))
    tags = element(TAGS, *tag_sets()["levels"])
    pictures = [
        attachment("cover.png", "image/png", png(), 5, "front"),
        attachment("small_cover.jpg", "image/jpeg", JPEG, 2**63 + 7),
        attachment("cover_land.png", "image/png", png(shade=9), 6),
    ]
    others = [
        attachment("notes.txt", "text/plain", b"notes", 8, "Notes, ü"),
        attachment("font.ttf", "application/x-truetype-font", bytes(64), 9),
    ]
    edition = element(
        0x45B9,
        number(0x45BC, 3),
        number(0x45BD, 0),
        number(0x45DB, 1),
        chapter(11, 0, 10**8, ("One", "eng"), ("Eins", "ger")),
        chapter(12, 10**8, 2 * 10**8, ("Two", "eng"), hidden=1),
    )
    yield "mka-attachments.mka", matroska(audio, tags, element(ATTACHMENTS, *pictures, *others))
    yield "mka-attachments-in-front.mka", matroska(audio, element(ATTACHMENTS, *pictures), tags, first=True)
    yield "mka-attachment-of-other-kinds.mka", matroska(audio, element(ATTACHMENTS, *others))
    yield "mka-chapters.mka", matroska(audio, element(CHAPTERS, edition), tags)
    yield (
        "mka-two-editions.mka",
        matroska(
            audio,
            element(
                CHAPTERS, edition, element(0x45B9, number(0x45BC, 4), chapter(21, 0, 10**8, ("Other", "eng")))
            ),
            tags,
        ),
    )
    yield (
        "mka-everything.mka",
        matroska(audio, element(CHAPTERS, edition), tags, element(ATTACHMENTS, *pictures, *others)),
    )
    yield (
        "mka-two-tags-elements.mka",
        matroska(audio, tags, element(TAGS, tag(simple("MOOD", "calm"), level=30))),
    )
    yield "mka-no-tags.mka", matroska(audio)
    yield "webm-levels.webm", matroska(web, tags)
    yield "webm-live.webm", live(web)
    yield "webm-live-with-tags.webm", live(web, tags)
    yield "webm-unknown-segment-only.webm", live(web, tags, clusters_too=False)
    yield "mka-live.mka", live(audio, tags)
