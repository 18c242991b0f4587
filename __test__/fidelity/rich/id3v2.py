"""ID3v2 frames and tags, and the MP3 files that carry them."""

import struct
import zlib

from .images import JPEG, png

LATIN1, UTF16, UTF16BE, UTF8 = range(4)
CODECS = {LATIN1: "latin-1", UTF16: "utf-16", UTF16BE: "utf-16-be", UTF8: "utf-8"}
V22_IDS = {
    "TIT2": "TT2", "TPE1": "TP1", "TPE2": "TP2", "TALB": "TAL", "TCON": "TCO", "TRCK": "TRK", "TPOS": "TPA", "TBPM": "TBP",
    "TYER": "TYE", "TDAT": "TDA", "TIME": "TIM", "TORY": "TOR", "COMM": "COM", "USLT": "ULT", "TXXX": "TXX", "WXXX": "WXX",
    "UFID": "UFI", "POPM": "POP", "PCNT": "CNT", "GEOB": "GEO", "MCDI": "MCI", "WOAR": "WAR", "WCOM": "WCM", "IPLS": "IPL",
    "TCMP": "TCP", "TSO2": "TS2", "TSOC": "TSC", "TSOA": "TSA", "TSOP": "TSP", "TSOT": "TST", "RVAD": "RVA", "SYLT": "SLT",
    "ETCO": "ETC", "TCOM": "TCM", "TENC": "TEN", "TLEN": "TLE", "TPUB": "TPB", "TCOP": "TCR", "TLAN": "TLA", "GRP1": "GP1",
    "MVNM": "MVN", "MVIN": "MVI", "PCST": "PCS", "TCAT": "TCT", "TDES": "TDS", "TGID": "TID", "WFED": "WFD", "TKWD": "TKW",
}  # fmt: skip


def encode(text, encoding):
    return text.encode(CODECS[encoding], "replace")


def end(encoding):
    return b"\0\0" if encoding in (UTF16, UTF16BE) else b"\0"


class Frames:
    """Builds frame bodies in the encoding that a version prefers; each is (id, body)."""

    def __init__(self, major, encoding=None):
        self.major = major
        self.encoding = encoding if encoding is not None else (UTF8 if major == 4 else UTF16)

    def text(self, name, *values):
        between = end(self.encoding).join(encode(value, self.encoding) for value in values)
        return name, bytes([self.encoding]) + between

    def described(self, name, language, description, text):
        both = encode(description, self.encoding) + end(self.encoding) + encode(text, self.encoding)
        return name, bytes([self.encoding]) + language.encode() + both

    def comment(self, language, description, text):
        return self.described("COMM", language, description, text)

    def lyrics(self, language, description, text):
        return self.described("USLT", language, description, text)

    def user(self, description, *values):
        return self.text("TXXX", description, *values)

    def user_url(self, description, url):
        return "WXXX", bytes([self.encoding]) + encode(description, self.encoding) + end(
            self.encoding
        ) + url.encode()

    def object(self, mime, file_name, description, data):
        names = b"".join(
            encode(name, self.encoding) + end(self.encoding) for name in (file_name, description)
        )
        return "GEOB", bytes([self.encoding]) + mime.encode() + b"\0" + names + data

    def picture(self, kind, description, data=None, mime="image/png"):
        data = png(shade=kind) if data is None else data
        head = bytes([self.encoding])
        head += (b"PNG" if mime == "image/png" else b"JPG") if self.major == 2 else mime.encode() + b"\0"
        return "APIC", head + bytes([kind]) + encode(description, self.encoding) + end(self.encoding) + data

    def people(self, *pairs):
        name = "TIPL" if self.major == 4 else "IPLS"
        return self.text(name, *(text for pair in pairs for text in pair))

    def synchronised(self, language, description, *lines):
        head = (
            bytes([self.encoding])
            + language.encode()
            + b"\x02\x01"
            + encode(description, self.encoding)
            + end(self.encoding)
        )
        return "SYLT", head + b"".join(
            encode(text, self.encoding) + end(self.encoding) + struct.pack(">I", time) for text, time in lines
        )

    def date(self, year, month=None, day=None, time=None):
        if self.major == 4:
            text = year + (f"-{month}-{day}" if month else "") + (f"T{time[:2]}:{time[2:]}" if time else "")
            return [self.text("TDRC", text)]
        latin = Frames(self.major, LATIN1)
        frames = [latin.text("TYER", year)]
        frames += [latin.text("TDAT", day + month)] if month else []
        return frames + ([latin.text("TIME", time)] if time else [])

    def chapter(self, element, start, stop, *subframes):
        times = struct.pack(">IIII", start, stop, 0xFFFFFFFF, 0xFFFFFFFF)
        return "CHAP", element.encode() + b"\0" + times + self.join(subframes)

    def contents(self, element, flags, children, *subframes):
        names = b"".join(child.encode() + b"\0" for child in children)
        return "CTOC", element.encode() + b"\0" + bytes([flags, len(children)]) + names + self.join(subframes)

    def join(self, frames):
        return b"".join(frame(self.major, name, body) for name, body in frames)


def ufid(owner, data):
    return "UFID", owner.encode() + b"\0" + data


def priv(owner, data):
    return "PRIV", owner.encode() + b"\0" + data


def popm(email, rating, count, width=4):
    return "POPM", email.encode() + b"\0" + bytes([rating]) + count.to_bytes(width, "big")


def synchsafe(number):
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(major, name, body, flags=b"\0\0"):
    if major == 2:
        return (
            V22_IDS[name].encode() + len(body).to_bytes(3, "big") + body
            if name != "APIC"
            else b"PIC" + len(body).to_bytes(3, "big") + body
        )
    size = synchsafe(len(body)) if major == 4 else len(body).to_bytes(4, "big")
    return name.encode() + size + flags + body


def tag(major, frames, padding=64, flags=0, front=b""):
    """A tag of frames that are bytes already or (id, body)."""
    body = front + b"".join(item if isinstance(item, bytes) else frame(major, *item) for item in frames)
    body += bytes(padding)
    if flags & 0x80 and major < 4:
        body = unsynchronise(body)
    return b"ID3" + bytes([major, 0, flags]) + synchsafe(len(body)) + body


def unsynchronise(data):
    """An 0xFF before a zero or before three set bits is followed by a zero (id3v2.4.0-structure, 6.1)."""
    out = bytearray()
    for at, byte in enumerate(data):
        out.append(byte)
        following = data[at + 1] if at + 1 < len(data) else 0
        if byte == 0xFF and (following == 0 or following >= 0xE0):
            out.append(0)
    return bytes(out)


def basics(make):
    """What every file has, so that a change of one field shows whether the others stay."""
    return [
        make.text("TIT2", "Grüße, 世界"),
        make.text("TPE1", "An Artist"),
        make.text("TALB", "An Album"),
        make.text("TCON", "Jazz"),
        *make.date("2019"),
    ]


def frame_sets(make):
    """Sets of frames as programs write them, by name."""
    sets = {
        "totals": [make.text("TRCK", "3/12"), make.text("TPOS", "1/2")],
        "padded-numbers": [make.text("TRCK", "03"), make.text("TPOS", "02/10")],
        "padded-total": [make.text("TRCK", "03/09")],
        "vinyl-side": [make.text("TRCK", "A5")],
        "tempo": [make.text("TBPM", "120.50")],
        "compilation": [make.text("TCMP", "1")],
        "comments": [
            make.comment("eng", "", "English"),
            make.comment("deu", "", "Deutsch"),
            make.comment("eng", "iTunNORM", " 00000A1F 00000B2C 00003C4D 00003E5F 00024CA8 00024CA8 00007FFF 00007FFF 00024CA8 00024CA8"),
            make.comment("eng", "iTunSMPB", " 00000000 00000210 000007A4 000000000000064C"),
            make.comment("eng", "Songs-DB_Custom1", "MediaMonkey"),
            make.comment("XXX", "ID3v1 Comment", "old"),
        ],
        "people": [make.people(("producer", "P"), ("engineer", "E"), ("spoon player", "S"), ("producer", "Second"))],
        "lyrics": [make.lyrics("eng", "", "one\ntwo"), make.lyrics("deu", "", "eins\nzwei"), make.lyrics("eng", "chorus", "la")],
        "timed-lyrics": [make.synchronised("eng", "lines", ("first", 0), ("second", 1000))],
        "five-stars": [popm("Windows Media Player 9 Series", 255, 0)],
        "one-star": [popm("no@email", 1, 3)],
        "ratings": [popm("a@example.org", 196, 7), popm("b@example.org", 64, 0xFFFFFFFF), popm("c@example.org", 13, 2**40, 6), popm("", 128, 0, 0)],
        "many-ratings": [popm(f"user{number}@example.org", number * 9, number) for number in range(1, 25)],
        "rating-of-long-mail": [popm("m" * 300 + "@example.org", 200, 5)],
        "play-count": [("PCNT", (77).to_bytes(4, "big"))],
        "replay-gain-lower-case": [make.user("replaygain_track_gain", "-6.54 dB"), make.user("replaygain_track_peak", "0.98")],
        "user-text": [
            make.user("lower case", "x"),
            make.user("Größe", "ä"),
            make.user("日本", "語"),
            make.user("a=b", "c=d"),
            make.user("MiXeD", "y"),
            make.user("", "no description"),
        ],
        "picard": [
            make.user("MusicBrainz Album Id", "0af0ba4e-0000-4000-8000-000000000001"),
            make.user("MusicBrainz Artist Id", "0af0ba4e-0000-4000-8000-000000000002"),
            make.user("MusicBrainz Album Type", "album"),
            make.user("MusicBrainz Album Status", "official"),
            make.user("Acoustid Id", "0af0ba4e-0000-4000-8000-000000000003"),
            make.user("ASIN", "B000002UAL"),
            make.user("BARCODE", "0123456789012"),
            make.user("CATALOGNUMBER", "CAT 1"),
            make.user("SCRIPT", "Latn"),
            make.text("TMED", "CD") if make.major > 2 else make.text("TLAN", "eng"),
            ufid("http://musicbrainz.org", b"0af0ba4e-0000-4000-8000-000000000004"),
        ],
        "urls": [
            make.user_url("shop", "http://example.org/shop"),
            make.user_url("", "http://example.org/none"),
            ("WOAR", b"http://example.org/one"),
            ("WOAR", b"http://example.org/two"),
            ("WCOM", b"http://example.org/buy"),
        ],
        "identifiers": [ufid("http://musicbrainz.org", b"one"), ufid("http://example.org", bytes(range(64))), ("MCDI", bytes(range(200)) * 2)],
        "pictures": [make.picture(3, "front"), make.picture(4, "back"), make.picture(0, ""), make.picture(0, "jpeg", JPEG, "image/jpeg"), make.picture(18, "Größe")],
        "itunes": [
            make.text("TSO2", "Sort Album Artist"),
            make.text("TSOC", "Sort Composer"),
            make.text("TCMP", "1"),
            make.text("GRP1", "Grouping"),
            make.text("MVNM", "Movement"),
            make.text("MVIN", "1/4"),
            make.text("TCOM", "Composer"),
        ],
        "podcast": [
            ("PCST", bytes(4)),
            make.text("TCAT", "Technology"),
            make.text("TDES", "A long description"),
            make.text("TGID", "http://example.org/1"),
            ("WFED", b"\0http://example.org/feed"),
            make.text("TKWD", "a,b"),
        ],
        "dates": make.date("2001", "04", "05", "1015")[1:] + [make.text("TDOR" if make.major == 4 else "TORY", "1999")],
        "genres": [make.text("TCON", "(17)")] if make.major < 4 else [make.text("TCON", "17", "Own Genre")],
        "genre-refined": [make.text("TCON", "(4)Eurodisco")],
        "several-genres": [make.text("TCON", "(51)(39)")] if make.major < 4 else [make.text("TCON", "Trance", "Noise", "Jazz")],
        "encoder": [make.text("TENC", "An Encoder"), make.text("TLEN", "200"), make.text("TPUB", "Label"), make.text("TCOP", "2001 Someone")],
        "several-artists": [make.text("TPE1", "One", "Two") if make.major == 4 else make.text("TPE1", "One/Two"), make.text("TPE2", "Both")],
    }  # fmt: skip
    if make.major > 2:
        sets |= newer_sets(make)
    return sets


def newer_sets(make):
    """Frames that v2.2 has no name for."""
    inner = make.chapter(
        "one",
        0,
        100,
        make.text("TIT2", "One"),
        make.picture(0, "still"),
        make.user_url("link", "http://example.org/1"),
    )
    return {
        "serato": [
            make.object("application/octet-stream", "", "Serato Analysis", b"\x02\x01"),
            make.object("application/octet-stream", "", "Serato Markers_", b"\x02\x05" + bytes(200)),
            make.object("application/octet-stream", "", "Serato Markers2", b"\x01\x01AQFDT0xPUgAAAAAEAP///w==" + bytes(40)),
            make.object("application/octet-stream", "", "Serato Autotags", b"\x01\x01120.00\0-3.25\0" + b"0.000\0"),
            make.object("application/octet-stream", "", "Serato Overview", b"\x01\x05" + bytes(range(256))),
            make.object("application/octet-stream", "", "Serato BeatGrid", b"\x01\0\0\0\0\x01" + bytes(9)),
        ],
        "traktor": [priv("TRAKTOR4", b"DMRT" + bytes(range(200))), make.text("TKEY", "8A"), make.text("TBPM", "124.99")],
        "private": [priv("WM/MediaClassPrimaryID", bytes(range(16))), priv("PeakValue", b"\x24\x69\0\0"), priv("AverageLevel", b"\x01\x1f\0\0")],
        "volume": [("RVA2", b"track\0\x01\xf9\x80\x10\x7f\xff"), ("RVA2", b"album\0\x01\xfa\x80\0")] if make.major == 4 else [("RVAD", b"\x03\x10\x01\x02\x03\x04\x05\x06\x07\x08")],
        "chapters": [
            inner,
            make.chapter("two", 100, 200, make.text("TIT2", "Two"), make.text("TIT3", "Subtitle")),
            make.contents("toc", 3, ["part", "two"], make.text("TIT2", "Contents")),
            make.contents("part", 1, ["one"], make.text("TIT2", "Part")),
        ],
        "chapters-with-offsets": [("CHAP", b"a\0" + struct.pack(">IIII", 0, 100, 4096, 8192) + make.join([make.text("TIT2", "A")]))],
        "rare": [
            ("OWNE", b"\0EUR9.99\x0020190405Seller"),
            ("USER", b"\0engTerms of use"),
            ("LINK", b"TIT2http://example.org\0data"),
            ("GRID", b"http://example.org\0\x80"),
            ("ENCR", b"http://example.org\0\x81"),
            ("AENC", b"http://example.org\0\0\0\0\0"),
            ("POSS", b"\x02\0\0\0\x10"),
            ("RBUF", b"\0\x10\0\x01\0\0\0\0"),
            ("ETCO", b"\x02\x03\0\0\0\x10"),
            ("SYTC", b"\x02\x78\0\0\0\0"),
            ("RVRB", bytes(12)),
            ("COMR", b"\0EUR1.00\x0020301231http://example.org\0\x03Seller\0Goods\0image/png\0" + png()),
        ],
        "unknown-frames": [("XABC", b"who knows"), ("NCON", bytes(range(100))), ("ZZZZ", b"\0x")],
        "linked-picture": [make.picture(3, "link", b"http://example.org/a.jpg", "-->")],
        "long-texts": [make.comment("eng", "", "x" * 5000), make.user("d" * 1500, "long description"), make.lyrics("eng", "", "la\n" * 4000)],
        "musicians": [make.text("TMCL", "guitar", "G", "vocals", "V")] if make.major == 4 else [make.text("TPE3", "Conductor")],
        "picture-of-large-size": [make.picture(3, "noise", png() + bytes(range(256)) * 1500)],
    }  # fmt: skip


def flagged_frames(make):
    """Frames that are compressed, grouped, unsynchronised and so on: (name, tag)."""
    major = make.major
    name, body = make.comment("eng", "", "compressible " * 20)
    packed = zlib.compress(body)
    if major == 3:
        yield "compressed", [frame(3, name, len(body).to_bytes(4, "big") + packed, b"\0\x80")]
        yield "grouped", [frame(3, name, b"\x80" + body, b"\0\x20")]
        yield "encrypted", [frame(3, name, b"\x81" + body[::-1], b"\0\x40")]
        yield (
            "discard-flags",
            [
                frame(3, "TXXX", make.user("keep me", "x")[1], b"\x20\0"),
                frame(3, "TXXX", make.user("drop me", "x")[1], b"\x80\0"),
            ],
        )
        return
    art = make.picture(3, "front", JPEG, "image/jpeg")[1]
    loose = unsynchronise(art)
    text = bytes([UTF16]) + "Unsynchronised ÿ".encode("utf-16")
    yield "compressed", [frame(4, name, synchsafe(len(body)) + packed, b"\0\x09")]
    yield "compressed-without-length", [frame(4, name, packed, b"\0\x08")]
    yield "grouped", [frame(4, name, b"\x80" + body, b"\0\x40")]
    yield "encrypted", [frame(4, name, b"\x81" + body[::-1], b"\0\x04")]
    yield "read-only", [frame(4, "TXXX", make.user("keep me", "x")[1], b"\x10\0")]
    yield (
        "unsynchronised",
        [
            frame(4, "APIC", synchsafe(len(art)) + loose, b"\0\x03"),
            frame(4, "TPE2", synchsafe(len(text)) + unsynchronise(text), b"\0\x03"),
        ],
    )
    # TagLib 2.3.0 empties these (taglib issue 1385).
    yield (
        "unsynchronised-without-length",
        [frame(4, "APIC", loose, b"\0\x02"), frame(4, "TPE2", unsynchronise(text), b"\0\x02")],
    )


def structures(audio):
    """MP3 files whose tags are laid out in unusual ways: (name, content)."""
    new, old = Frames(4), Frames(3)
    rich = [
        *basics(new),
        new.text("TRCK", "3/12"),
        new.comment("eng", "", "c"),
        new.picture(3, "front", JPEG, "image/jpeg"),
    ]
    rich_old = [
        *basics(old),
        old.text("TRCK", "3/12"),
        old.comment("eng", "", "c"),
        old.picture(3, "front", JPEG, "image/jpeg"),
    ]
    id3v1 = id3v1_tag()
    yield "v23-unsynchronised", tag(3, rich_old, flags=0x80) + audio
    every = [frame(4, name, unsynchronise(body), b"\0\x02") for name, body in rich]
    yield "v24-unsynchronised-every-frame", tag(4, every, flags=0x80) + audio
    every = [frame(4, name, synchsafe(len(body)) + unsynchronise(body), b"\0\x03") for name, body in rich]
    yield "v24-unsynchronised-every-frame-with-length", tag(4, every, flags=0x80) + audio
    yield "v23-extended-header", tag(3, rich_old, flags=0x40, front=struct.pack(">IHI", 6, 0, 64)) + audio
    yield "v24-extended-header", tag(4, rich, flags=0x40, front=synchsafe(6) + b"\x01\0") + audio
    yield (
        "v24-extended-header-restrictions",
        tag(4, rich, flags=0x40, front=synchsafe(8) + b"\x01\x10\x01\0") + audio,
    )
    footed = tag(4, rich, padding=0, flags=0x10)
    yield "v24-footer", footed + b"3DI" + footed[3:10] + audio
    yield "two-tags", tag(4, rich) + tag(3, [old.text("TIT2", "Second"), old.user("only here", "x")]) + audio
    yield "two-equal-tags", tag(4, rich) * 2 + audio
    yield "no-padding", tag(4, rich, padding=0) + audio
    yield "zeros-behind-the-tag", tag(4, rich) + bytes(700) + audio
    yield "appended-tag", audio + footed + b"3DI" + footed[3:10]
    yield "tag-in-front-and-appended", tag(4, rich) + audio + footed + b"3DI" + footed[3:10]
    invalid = b"\0BAD" + bytes(6)
    yield "v24-invalid-frame", tag(4, [*rich, b"t!ny\0\0\0\x02\0\0xx", new.user("behind", "x")]) + audio
    yield "v23-invalid-frame", tag(3, [*rich_old, b"?ABC\0\0\0\x02\0\0xx", old.user("behind", "x")]) + audio
    yield "v24-frame-behind-padding", tag(4, [*rich, invalid, new.user("behind", "x")]) + audio
    yield (
        "v24-empty-frames",
        tag(4, [*rich, frame(4, "TPE3", b""), frame(4, "TPE4", b"\x03"), new.user("empty")]) + audio,
    )
    long = new.user("long", "x" * 300)
    plain_size = long[0].encode() + len(long[1]).to_bytes(4, "big") + b"\0\0" + long[1]
    yield "v24-plain-sizes", tag(4, [*rich, plain_size, new.user("behind", "x")]) + audio
    yield "v23-ids-of-v22", tag(3, [*rich_old, b"TS2 " + (3).to_bytes(4, "big") + b"\0\0\0xy"]) + audio
    yield "id3v1-only", audio + id3v1
    yield "id3v1-without-track", audio + id3v1_tag(track=0)
    yield "id3v1-and-v23", tag(3, rich_old) + audio + id3v1
    yield "id3v1-and-v24", tag(4, rich) + audio + id3v1
    yield (
        "id3v1-enhanced",
        tag(4, rich) + audio + b"TAG+" + b"Grosser Titel".ljust(180, b"\0") + bytes(43) + id3v1,
    )
    yield "lyrics3-v2", tag(4, rich) + audio + lyrics3() + id3v1
    yield "lyrics3-v1", audio + b"LYRICSBEGIN[00:01]la la" + b"LYRICSEND" + id3v1
    from . import ape

    items = ape.tag(ape.plain_items())
    yield "ape-id3v1-id3v2", tag(4, rich) + audio + items + id3v1
    yield "ape-id3v2", tag(3, rich_old) + audio + items
    yield "ape-only", audio + items
    yield "ape-id3v1", audio + items + id3v1
    yield (
        "ape-replay-gain-only",
        tag(4, rich) + audio + ape.tag([("REPLAYGAIN_TRACK_GAIN", "-6 dB"), ("MP3GAIN_MINMAX", "100,180")]),
    )
    yield "no-tags", audio


def id3v1_tag(track=7):
    text = [b"Old Title".ljust(30, b"\0"), b"Old Artist".ljust(30), b"Old Album".ljust(30, b"\0"), b"1998"]
    comment = (
        b"Old comment".ljust(28, b"\0") + bytes([0, track])
        if track
        else b"Old comment of thirty letters.".ljust(30, b"\0")
    )
    return b"TAG" + b"".join(text) + comment + b"\x08"


def lyrics3():
    fields = b"IND0000200" + b"LYR00013[00:01]la la\r\n"[:8] + b"[00:01]la la\n" + b"EAL00004Long"
    body = b"LYRICSBEGIN" + fields
    return body + b"%06d" % len(body) + b"LYRICS200"


def tags():
    """Every set of frames in every version: (name, version, tag)."""
    for major in (2, 3, 4):
        make = Frames(major)
        for name, frames in frame_sets(make).items():
            yield f"v2{major}-{name}", major, tag(major, merged(make, frames))
        if major > 2:
            for name, frames in flagged_frames(make):
                yield f"v2{major}-{name}", major, tag(major, [*basics(make), *frames])
    for encoding in (LATIN1, UTF16, UTF16BE):
        make = Frames(4, encoding)
        yield (
            f"v24-encoding-{encoding}",
            4,
            tag(
                4,
                [
                    *basics(make),
                    make.comment("eng", "ö", "ä"),
                    make.lyrics("eng", "", "ü"),
                    make.user("ß", "é"),
                ],
            ),
        )


def merged(make, frames):
    """The basics, but for those that the set has itself."""
    names = {frame[0] for frame in frames if frame[0].startswith("T") and frame[0] != "TXXX"}
    return [frame for frame in basics(make) if frame[0] not in names] + frames


def files(base):
    audio = (base / "plain.mp3").read_bytes()
    # ffmpeg has put an empty tag in front.
    audio = audio[audio.index(b"\xff") :]
    for name, _, content in tags():
        yield f"mp3-{name}.mp3", content + audio
    for name, content in structures(audio):
        yield f"mp3-{name}.mp3", content
