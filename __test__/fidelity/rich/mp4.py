"""MP4: items of iTunes and others, chapters, and what else stands in `moov`."""

import struct

from .images import JPEG, png

UTF8, JPEG_TYPE, PNG_TYPE, INTEGER, BMP_TYPE = 1, 13, 14, 21, 27


def atom(name, *bodies):
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + name.encode("latin-1") + body


def data(kind, value, locale=0):
    return atom("data", struct.pack(">II", kind, locale), value)


def text(name, *values, locale=0):
    return atom(name, *(data(UTF8, value.encode(), locale) for value in values))


def number(name, value, width, kind=INTEGER):
    return atom(name, data(kind, value.to_bytes(width, "big")))


def pair(name, first, total, width):
    return atom(name, data(0, struct.pack(">HHH", 0, first, total).ljust(width, b"\0")))


def freeform(name, *values, mean="com.apple.iTunes", kind=UTF8):
    parts = [data(kind, value if isinstance(value, bytes) else value.encode()) for value in values]
    return atom("----", atom("mean", bytes(4), mean.encode()), atom("name", bytes(4), name.encode()), *parts)


def basics():
    return [
        text("©nam", "Grüße, 世界"),
        text("©ART", "An Artist"),
        text("©alb", "An Album"),
        text("©gen", "Jazz"),
        text("©day", "2019-04-05"),
    ]


def item_sets():
    return {
        "totals": [pair("trkn", 3, 12, 8), pair("disk", 1, 2, 6)],
        "totals-only": [pair("trkn", 0, 12, 8), pair("disk", 0, 2, 8)],
        "track-without-total": [pair("trkn", 3, 0, 8)],
        "itunes-flags": [number("cpil", 1, 1), number("pgap", 1, 1), number("rtng", 4, 1), number("stik", 1, 1), number("hdvd", 2, 1), number("pcst", 0, 1), number("shwm", 1, 1)],
        "compilation-off": [number("cpil", 0, 1)],
        "store": [text("apID", "me@example.org"), text("purd", "2019-04-05 10:20:30"), text("ownr", "Me"), number("akID", 0, 1), number("cnID", 123456789, 4), number("atID", 987654321, 4), number("plID", 2**40 + 5, 8), number("geID", 20, 4), number("sfID", 143443, 4), number("cmID", 7, 4), text("xid ", "Label:isrc:X")],
        "itunes-freeform": [freeform("iTunNORM", " 00000A1F 00000B2C 00003C4D 00003E5F"), freeform("iTunSMPB", " 00000000 00000840 000001CA 00000000"), freeform("iTunMOVI", "<?xml?><plist/>"), freeform("Encoding Params", b"vers\0\0\0\1acbf", kind=0)],
        "freeform": [freeform("lower case", "x"), freeform("MiXeD", "y"), freeform("Größe", "ä"), freeform("a=b", "c=d"), freeform("several", "one", "two", "three"), freeform("other mean", "z", mean="org.example"), freeform("binary", bytes(range(64)), kind=0), freeform("number", b"\0\0\0\5", kind=INTEGER)],
        "same-name-other-mean": [freeform("NAME", "a"), freeform("NAME", "b", mean="org.example")],
        "replay-gain": [freeform("replaygain_track_gain", "-6.54 dB"), freeform("REPLAYGAIN_ALBUM_GAIN", "-5.00 dB")],
        "picard": [freeform("MusicBrainz Album Id", "0af0ba4e-0000-4000-8000-000000000001"), freeform("MusicBrainz Track Id", "0af0ba4e-0000-4000-8000-000000000002"), freeform("Acoustid Id", "0af0ba4e-0000-4000-8000-000000000003"), freeform("BARCODE", "0123456789012"), freeform("LABEL", "L"), freeform("ASIN", "B0"), freeform("ISRC", "USRC17607839", "USRC17607840")],
        "sort-names": [text("sonm", "a"), text("soar", "b"), text("soal", "c"), text("soco", "d"), text("soaa", "e"), text("sosn", "f")],
        "descriptions": [text("desc", "short"), text("ldes", "long " * 400), text("sdes", "series"), text("©des", "d"), text("©cmt", "comment"), text("©lyr", "one\ntwo"), text("cprt", "2019"), text("©too", "An Encoder"), text("©wrt", "W"), text("©grp", "G"), text("aART", "Both")],
        "classical": [text("©wrk", "Work"), text("©mvn", "Movement"), number("©mvi", 1, 2), number("©mvc", 4, 2), number("shwm", 1, 1)],
        "podcast": [number("pcst", 1, 1), text("catg", "Technology"), text("keyw", "a,b"), atom("purl", data(0, b"http://example.org/feed")), atom("egid", data(0, b"http://example.org/1")), number("stik", 21, 1)],
        "tv": [text("tvsh", "Show"), text("tven", "E1"), number("tves", 1, 4), number("tvsn", 2, 4), text("tvnn", "Net"), number("stik", 10, 1)],
        "tempo": [number("tmpo", 40000, 2)],
        "tempo-of-one-byte": [number("tmpo", 120, 1)],
        "tempo-of-four-bytes": [number("tmpo", 120000, 4)],
        "genre-number": [atom("gnre", data(0, b"\0\x12"))],
        "covers": [atom("covr", data(JPEG_TYPE, JPEG), data(PNG_TYPE, png()), data(BMP_TYPE, b"BM" + bytes(60)), data(0, png(shade=7)))],
        "cover-with-name": [atom("covr", data(PNG_TYPE, png()), atom("name", bytes(4), b"front.png"))],
        "rating": [freeform("RATING", "80"), number("rate", 100, 2)],
        "several-values": [text("©wrt", "One", "Two"), text("aART", "A", "B")],
        "locale": [text("©cmt", "deutsch", locale=0x00070015)],
        "two-items-of-one-name": [text("©cmt", "first"), text("©cmt", "second")],
        "unknown-items": [atom("zzzz", data(0, b"\1\2\3")), text("Xyz1", "u"), number("©zzz", 300, 2)],
        "signed": [atom("cpil", data(INTEGER, b"\1")), atom("tmpo", data(0, b"\0\x78"))],
    }  # fmt: skip


def top_atoms(content, at=0, end=None):
    end = len(content) if end is None else end
    while at + 8 <= end:
        size = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8].decode("latin-1"), content[at + 8 : at + size]
        at += size


def movie(base, name="plain.m4a"):
    """The atoms of a fixture, whose `moov` stands last."""
    return list(top_atoms((base / name).read_bytes()))


def meta(items, padding=0):
    handler = atom("hdlr", bytes(8), b"mdirappl", bytes(9))
    free = [atom("free", bytes(padding))] if padding else []
    return atom("meta", bytes(4), handler, atom("ilst", *items), *free)


def with_movie(atoms, change):
    """The file with a changed `moov`, which may grow as nothing stands behind it."""
    return b"".join(atom(name, change(body) if name == "moov" else body) for name, body in atoms)


def with_user_data(atoms, *children):
    def change(body):
        kept = b"".join(atom(name, inner) for name, inner in top_atoms(body) if name != "udta")
        return kept + atom("udta", *children)

    return with_movie(atoms, change)


def movie_first(atoms, *children):
    """`moov` in front of `mdat`, as for the web: the offsets have to follow the tags."""
    names = dict(atoms)
    moved = [("ftyp", names["ftyp"]), ("moov", names["moov"]), ("mdat", names["mdat"])]
    kept = b"".join(atom(name, inner) for name, inner in top_atoms(names["moov"]) if name != "udta") + atom(
        "udta", *children
    )
    old = content_offset(atoms)
    new = len(atom("ftyp", names["ftyp"])) + len(kept) + 8 + 8
    moved[1] = ("moov", shifted(kept, new - old))
    return b"".join(atom(name, body) for name, body in moved)


def content_offset(atoms):
    at = 0
    for name, body in atoms:
        if name == "mdat":
            return at + 8
        at += 8 + len(body)
    raise ValueError("no mdat")


def shifted(moov, by):
    changed = bytearray(moov)
    at = changed.find(b"stco")
    while at >= 0:
        count = int.from_bytes(changed[at + 8 : at + 12], "big")
        for place in range(at + 12, at + 12 + 4 * count, 4):
            changed[place : place + 4] = (int.from_bytes(changed[place : place + 4], "big") + by).to_bytes(
                4, "big"
            )
        at = changed.find(b"stco", at + 4)
    return bytes(changed)


def chapter_list(chapters, version=1):
    entries = b"".join(struct.pack(">QB", start, len(title)) + title for start, title in chapters)
    return atom(
        "chpl", bytes([version, 0, 0, 0]) + (bytes(4) if version else b"") + bytes([len(chapters)]), entries
    )


def files(base):
    plain = movie(base)
    for name, items in item_sets().items():
        named = {item[4:8] for item in items}
        kept = [
            item
            for item in basics()
            if item[4:8] not in named and not (item[4:8] == b"\xa9gen" and b"gnre" in named)
        ]
        yield f"mp4-{name}.m4a", with_user_data(plain, meta(kept + items, padding=500))
    everything = basics() + item_sets()["totals"] + item_sets()["covers"]
    yield "mp4-movie-first.m4a", movie_first(plain, meta(everything, padding=100))
    yield "mp4-movie-first-no-padding.m4a", movie_first(plain, meta(everything))
    places = (
        atom("©xyz", b"\0\x12\x15\xc7+48.1+011.5/")
        + atom("name", b"a name")
        + atom("Xtra", bytes(20))
        + atom("cprt", b"\0\0\0\0\x15\xc7old\0")
    )
    yield "mp4-other-user-data.m4a", with_user_data(plain, meta(everything), places)
    yield (
        "mp4-quicktime-text.m4a",
        with_user_data(plain, atom("©nam", b"\0\5\0\0Title"), atom("©ART", b"\0\6\0\0Artist")),
    )
    yield (
        "mp4-no-tags.m4a",
        with_movie(
            plain,
            lambda body: b"".join(atom(name, inner) for name, inner in top_atoms(body) if name != "udta"),
        ),
    )
    yield (
        "mp4-uuid-atoms.m4a",
        with_user_data(plain, meta(everything)) + atom("uuid", bytes(range(16)), b"<xmp/>"),
    )
    chapters = [(0, b"One"), (1_000_000, "Zwei, ü".encode())]
    yield "mp4-nero-chapters.m4a", with_user_data(plain, meta(everything), chapter_list(chapters))
    yield (
        "mp4-nero-chapters-version-0.m4a",
        with_user_data(plain, meta(everything), chapter_list(chapters, 0)),
    )
    yield (
        "mp4-nero-chapters-of-255-bytes.m4a",
        with_user_data(plain, meta(everything), chapter_list([(0, b"x" * 255), (500_000, b"")])),
    )
    yield (
        "mp4-nero-250-chapters.m4a",
        with_user_data(
            plain, meta(everything), chapter_list([(7 * index, b"c%d" % index) for index in range(250)])
        ),
    )
    book = movie(base, "chapters.m4a")
    with_list = chapter_list([(0, b"Part 1"), (1_000_000, b"Part 2")])
    stik = [*everything, number("stik", 2, 1), text("©wrt", "Narrator")]
    yield "m4b-audiobook.m4b", with_user_data(book, meta(stik), with_list)
    yield "m4b-chapter-track-only.m4b", with_user_data(book, meta(stik))
    yield (
        "m4b-chapters-differ.m4b",
        with_user_data(
            book, meta(stik), chapter_list([(0, b"Other"), (333_333, b"Times"), (999_999, b"Three")])
        ),
    )
