"""APE tags, and the files that carry them: WavPack, Monkey's Audio, Musepack."""

import struct

from .images import png

TEXT, BINARY, LOCATOR, READ_ONLY = 0, 2, 4, 1


def tag(items, version=2000, header=True):
    """Items are (key, text or bytes) or (key, value, flags)."""
    body = b"".join(item(*each) for each in items)
    flags = 0x80000000 if header and version == 2000 else 0

    def edge(extra):
        return (
            b"APETAGEX" + struct.pack("<IIII", version, len(body) + 32, len(items), flags | extra) + bytes(8)
        )

    return (edge(0x20000000) if flags else b"") + body + edge(0)


def item(key, value, flags=None):
    if flags is None:
        flags = TEXT if isinstance(value, str) else BINARY
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<II", len(data), flags) + key.encode() + b"\0" + data


def plain_items():
    return [
        ("Title", "Grüße, 世界"),
        ("Artist", "An Artist"),
        ("Album", "An Album"),
        ("Year", "2019"),
        ("Genre", "Jazz"),
        ("Track", "3/12"),
        ("Comment", "c"),
    ]


def item_sets():
    base = plain_items()[:5]
    return {
        "plain": plain_items(),
        "padded-numbers": [*base, ("Track", "03"), ("Disc", "02/10")],
        "vinyl-side": [*base, ("Track", "A5")],
        "tempo": [*base, ("BPM", "120.50")],
        "several-values": [*base, ("Composer", "One\0Two"), ("Mood", "a\0b\0c")],
        "cover": [*base, ("Cover Art (Front)", b"front.png\0" + png()), ("Cover Art (Back)", b"b\0" + png(shade=9)), ("Cover Art (Media)", b"\0" + png(shade=3))],
        "letter-case": [("title", "lower"), ("ARTIST", "UPPER"), ("MiXeD Key", "x")],
        "odd-keys": [*base, ("Key with spaces!", "x"), ("a=b", "c")],
        "read-only": [*base, ("Catalog", "CAT 1", READ_ONLY)],
        "locator": [*base, ("Related", "http://example.org/a", LOCATOR), ("File", "file.txt", LOCATOR)],
        "binary": [*base, ("Blob", bytes(range(256)))],
        "rating": [*base, ("Rating", "80"), ("Language", "eng")],
        "replay-gain": [*base, ("REPLAYGAIN_TRACK_GAIN", "-6.54 dB"), ("replaygain_album_peak", "0.98")],
        "picard": [*base, ("MUSICBRAINZ_ALBUMID", "0af0ba4e-0000-4000-8000-000000000001"), ("MUSICBRAINZ_TRACKID", "0af0ba4e-0000-4000-8000-000000000002"), ("CatalogNumber", "CAT 1"), ("Barcode", "0123456789012"), ("MixArtist", "M")],
        "compilation": [*base, ("Compilation", "1"), ("Album Artist", "Various")],
        "lyrics": [*base, ("Lyrics", "one\ntwo"), ("Cuesheet", 'FILE "a.wv" WAVE')],
        "of-131-bytes": exactly_131_bytes(),
    }  # fmt: skip


def exactly_131_bytes():
    """A tag that begins 131 bytes before the end: the "TAG" in its "APETAGEX" stands where ID3v1 would."""
    rest = len(tag([("Title", "Old"), ("Artist", "")]))
    return [("Title", "Old"), ("Artist", "a" * (131 - rest))]


def files(base):
    bodies = {
        "wv": stripped_wavpack((base / "ape.wv").read_bytes()),
        "ape": monkeys_audio(),
        "mpc": musepack_7(),
    }
    from . import id3v2

    for extension, audio in bodies.items():
        for name, items in item_sets().items():
            yield f"{extension}-{name}.{extension}", audio + tag(items)
        yield f"{extension}-without-header.{extension}", audio + tag(plain_items(), header=False)
        yield (
            f"{extension}-version-1.{extension}",
            audio + tag([("Title", "Old"), ("Track", "3/12")], version=1000),
        )
        yield f"{extension}-with-id3v1.{extension}", audio + tag(plain_items()) + id3v2.id3v1_tag()
        yield f"{extension}-id3v1-only.{extension}", audio + id3v2.id3v1_tag()
        front = id3v2.tag(4, id3v2.basics(id3v2.Frames(4)))
        if extension != "wv":
            yield f"{extension}-id3v2-in-front.{extension}", front + audio + tag(plain_items())
    yield "mpc-8.mpc", musepack_8() + tag(plain_items())


def stripped_wavpack(data):
    return data[: data.rindex(b"APETAGEX", 0, len(data) - 32)]


def monkeys_audio():
    """Descriptor and header of Monkey's Audio 3.99; the frame is noise that nobody decodes."""
    frame = bytes((at * 37 + 11) & 0xFF for at in range(1500))
    descriptor = b"MAC " + struct.pack("<HHIIIIIII", 3990, 0, 52, 24, 4, 44, len(frame), 0, 0) + bytes(16)
    header = struct.pack("<HHIIIHHI", 2000, 0, 73728, 8820, 1, 16, 1, 44100)
    wave = (
        b"RIFF"
        + struct.pack("<I", 36 + 17640)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 44100, 88200, 2, 16)
        + b"data"
        + struct.pack("<I", 17640)
    )
    return descriptor + header + bytes(4) + wave + frame


def musepack_7():
    noise = bytes((at * 41 + 5) & 0xFF for at in range(1200))
    return b"MP+\x07" + struct.pack("<IIIIII", 10, 0x00000000, 0, 0, 0, 0) + noise


def musepack_8():
    def packet(name, body):
        return name + bytes([len(body) + 3]) + body

    header = bytes(4) + b"\x08" + b"\xc4\x74" + b"\x00" + b"\x1a\x10"
    return (
        b"MPCK"
        + packet(b"SH", header)
        + packet(b"RG", b"\x01" + bytes(8))
        + packet(b"AP", bytes(range(100)))
        + packet(b"SE", b"")
    )
