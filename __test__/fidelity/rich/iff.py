"""WAV, RF64, AIFF, DSF, DSDIFF and TrueAudio: chunks of their own, and ID3v2 tags in them."""

import struct

from . import id3v2


def riff_chunk(name, body):
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def aiff_chunk(name, body):
    return name + struct.pack(">I", len(body)) + body + bytes(len(body) % 2)


def wave(*chunks, form=b"RIFF", front=b""):
    samples = bytes(0x80 + at % 7 for at in range(1601))
    format_chunk = riff_chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8))
    body = b"WAVE" + front + format_chunk + riff_chunk(b"data", samples) + b"".join(chunks)
    return form + struct.pack("<I", len(body) if form == b"RIFF" else 0xFFFFFFFF) + body


def info(*fields):
    return riff_chunk(b"LIST", b"INFO" + b"".join(riff_chunk(name, text + b"\0") for name, text in fields))


def wave_files():
    tag = id3v2.tag(4, [*id3v2.basics(id3v2.Frames(4)), id3v2.Frames(4).text("TRCK", "3/12")])
    fields = [
        (b"INAM", b"Info Title"),
        (b"IART", b"Info Artist"),
        (b"IPRD", b"Info Album"),
        (b"ICRD", b"2007-08-09"),
        (b"IGNR", b"Rock"),
        (b"ICMT", b"Info comment"),
    ]
    odd = [
        (b"ISFT", b"Editor"),
        (b"IENG", b"Engineer"),
        (b"ICOP", b"2007"),
        (b"ISRC", b"Source"),
        (b"ITCH", b"T"),
        (b"ISBJ", b"Subject"),
        (b"IKEY", b"k"),
        (b"IMED", b"tape"),
    ]
    bext = (
        b"A description".ljust(256, b"\0")
        + b"Originator".ljust(32, b"\0")
        + b"REF-1".ljust(32, b"\0")
        + b"2019-04-0510:20:30"
    )
    bext += (
        struct.pack("<IIH", 7, 3, 2)
        + bytes(range(64))
        + struct.pack("<hhhhh", -2300, 150, -100, 32767, -1800)
    )
    bext = riff_chunk(b"bext", bext.ljust(602, b"\0") + b"A=PCM,F=8000,W=8,M=mono\r\n")
    ixml = riff_chunk(b"iXML", b'<?xml version="1.0"?><BWFXML><PROJECT>Rich</PROJECT></BWFXML>')
    cue = riff_chunk(b"cue ", struct.pack("<I", 1) + struct.pack("<II4sIII", 1, 0, b"data", 0, 0, 100))
    adtl = riff_chunk(
        b"LIST",
        b"adtl"
        + riff_chunk(b"labl", struct.pack("<I", 1) + b"Marker\0")
        + riff_chunk(b"note", struct.pack("<I", 1) + b"Note\0"),
    )
    others = [
        riff_chunk(b"smpl", bytes(36)),
        riff_chunk(b"inst", bytes(7)),
        riff_chunk(b"acid", bytes(24)),
        riff_chunk(b"_PMX", b"<x:xmpmeta/>"),
        riff_chunk(b"cart", bytes(2048)),
        riff_chunk(b"axml", b"<ebuCoreMain/>"),
        riff_chunk(b"LGWV", bytes(20)),
    ]
    yield "bext-ixml", wave(bext, ixml)
    yield "bext-ixml-cue-adtl-info-id3", wave(bext, ixml, cue, adtl, info(*fields), riff_chunk(b"id3 ", tag))
    yield "info", wave(info(*fields, (b"ITRK", b"3")))
    yield "info-padded-numbers", wave(info(*fields, (b"ITRK", b"03/12")))
    yield "info-iprt", wave(info(*fields, (b"IPRT", b"4")))
    yield "info-odd-fields", wave(info(*fields, *odd))
    yield "info-and-id3-differ", wave(info(*fields), riff_chunk(b"id3 ", tag))
    yield "id3-in-front-of-info", wave(riff_chunk(b"id3 ", tag), info(*fields))
    yield "id3-upper-case", wave(riff_chunk(b"ID3 ", tag))
    yield (
        "two-id3-chunks",
        wave(
            riff_chunk(b"id3 ", tag),
            riff_chunk(b"id3 ", id3v2.tag(3, [id3v2.Frames(3).user("only here", "x")])),
        ),
    )
    yield "two-info-lists", wave(info(*fields), info(*odd))
    yield "other-chunks", wave(*others, info(*fields))
    yield "chunks-in-front", wave(front=bext + riff_chunk(b"JUNK", bytes(28)) + info(*fields))
    yield "behind-the-form", wave(info(*fields)) + b"trailing bytes"
    yield "no-tags", wave()
    sizes = struct.pack("<QQQI", 0, 1601, 1601, 0)
    large = wave(bext, riff_chunk(b"id3 ", tag), form=b"RF64", front=riff_chunk(b"ds64", sizes))
    sizes = struct.pack("<QQQI", len(large) - 8, 1601, 1601, 0)
    yield "rf64", wave(bext, riff_chunk(b"id3 ", tag), form=b"RF64", front=riff_chunk(b"ds64", sizes))
    yield (
        "rf64-data-last",
        wave(form=b"RF64", front=riff_chunk(b"ds64", struct.pack("<QQQI", 1700, 1601, 1601, 0)) + bext),
    )


def aiff(*chunks, form=b"AIFF"):
    common = struct.pack(">hIh", 1, 800, 16) + bytes.fromhex("400bfa00000000000000")
    if form == b"AIFC":
        common += b"NONE\x0enot compressed\0"
    samples = bytes(8) + bytes(at % 251 for at in range(1600))
    start = aiff_chunk(b"FVER", bytes.fromhex("a2805140")) if form == b"AIFC" else b""
    body = form + start + aiff_chunk(b"COMM", common) + aiff_chunk(b"SSND", samples) + b"".join(chunks)
    return b"FORM" + struct.pack(">I", len(body)) + body


def aiff_files():
    tag = aiff_chunk(
        b"ID3 ", id3v2.tag(4, [*id3v2.basics(id3v2.Frames(4)), id3v2.Frames(4).text("TRCK", "3/12")])
    )
    texts = [
        aiff_chunk(b"NAME", b"Name"),
        aiff_chunk(b"AUTH", b"Author"),
        aiff_chunk(b"(c) ", b"2001 x"),
        aiff_chunk(b"ANNO", b"One"),
        aiff_chunk(b"ANNO", b"Two"),
    ]
    comments = aiff_chunk(b"COMT", struct.pack(">HIhH", 1, 0, 0, 7) + b"Comment\0")
    marks = (
        aiff_chunk(b"MARK", struct.pack(">HHI", 1, 1, 100) + b"\x05Start")
        + aiff_chunk(b"INST", bytes(20))
        + aiff_chunk(b"APPL", b"stocApplication\0")
    )
    for form in (b"AIFF", b"AIFC"):
        yield f"{form.decode().lower()}-texts", aiff(*texts, comments, form=form)
        yield f"{form.decode().lower()}-texts-and-id3", aiff(*texts, comments, marks, tag, form=form)
    yield "id3-in-front", aiff(tag, *texts)
    yield (
        "two-id3-chunks",
        aiff(tag, aiff_chunk(b"ID3 ", id3v2.tag(3, [id3v2.Frames(3).user("only here", "x")]))),
    )
    yield "no-tags", aiff()


def dsf(tag):
    audio = b"data" + struct.pack("<Q", 12 + 8192) + bytes(at * 7 & 0xFF for at in range(8192))
    format_chunk = b"fmt " + struct.pack("<QIIIIIIQII", 52, 1, 0, 2, 2, 2822400, 1, 32768, 4096, 0)
    pointer = 28 + len(format_chunk) + len(audio)
    return (
        b"DSD "
        + struct.pack("<QQQ", 28, pointer + len(tag), pointer if tag else 0)
        + format_chunk
        + audio
        + tag
    )


def dff_chunk(name, body):
    return name + struct.pack(">Q", len(body)) + body + bytes(len(body) % 2)


def dff(*chunks, inside=()):
    properties = (
        b"SND "
        + dff_chunk(b"FS  ", struct.pack(">I", 2822400))
        + dff_chunk(b"CHNL", b"\0\x02SLFTSRGT")
        + dff_chunk(b"CMPR", b"DSD \x0enot compressed\0")
        + b"".join(inside)
    )
    audio = bytes(at * 5 & 0xFF for at in range(4096))
    body = (
        b"DSD "
        + dff_chunk(b"FVER", b"\x01\x05\0\0")
        + dff_chunk(b"PROP", properties)
        + dff_chunk(b"DSD ", audio)
        + b"".join(chunks)
    )
    return b"FRM8" + struct.pack(">Q", len(body)) + body


def dff_files():
    tag = id3v2.tag(4, [*id3v2.basics(id3v2.Frames(4)), id3v2.Frames(4).text("TRCK", "3/12")])
    title = dff_chunk(b"DITI", struct.pack(">I", 5) + b"Title")
    artist = dff_chunk(b"DIAR", struct.pack(">I", 6) + b"Artist")
    marker = dff_chunk(b"MARK", bytes(22))
    comment = dff_chunk(b"COMT", struct.pack(">HHBBBBHHI", 1, 2019, 4, 5, 0, 0, 0, 0, 4) + b"Note")
    yield "diin", dff(dff_chunk(b"DIIN", title + artist))
    yield (
        "diin-and-id3",
        dff(
            dff_chunk(b"DIIN", dff_chunk(b"EMID", b"id") + title + artist + marker),
            comment,
            dff_chunk(b"ID3 ", tag),
        ),
    )
    yield "id3-in-prop", dff(inside=[dff_chunk(b"ID3 ", tag)])
    yield "manufacturer", dff(comment, dff_chunk(b"MANF", b"abcdxyz!"), dff_chunk(b"ID3 ", tag))
    yield "no-tags", dff()


# In these the ID3v2 tag is the same as in MP3; a part of the sets is enough.
TAGGED_SETS = (
    "totals", "padded-numbers", "vinyl-side", "tempo", "comments", "people", "lyrics", "five-stars", "ratings", "user-text",
    "picard", "urls", "pictures", "itunes", "serato", "traktor", "chapters", "rare", "dates", "unsynchronised", "compressed",
    "unsynchronised-without-length", "several-artists", "volume", "unknown-frames",
)  # fmt: skip


def files(base):
    for name, content in wave_files():
        yield f"wav-{name}.wav", content
    for name, content in aiff_files():
        yield f"aiff-{name}.aiff", content
    for name, content in dff_files():
        yield f"dff-{name}.dff", content
    yield "dsf-no-tags.dsf", dsf(b"")
    tta = (base / "id3.tta").read_bytes()
    tta = tta[tta.index(b"TTA1") :]
    for name, major, tag in id3v2.tags():
        if name.split("-", 1)[1] not in TAGGED_SETS or major == 2:
            continue
        yield f"wav-id3-{name}.wav", wave(riff_chunk(b"id3 ", tag))
        yield f"aiff-id3-{name}.aiff", aiff(aiff_chunk(b"ID3 ", tag))
        if major == 4:
            yield f"dsf-id3-{name}.dsf", dsf(tag)
            yield f"dff-id3-{name}.dff", dff(dff_chunk(b"ID3 ", tag))
            yield f"tta-id3-{name}.tta", tag + tta
    yield "tta-id3v1.tta", tta + id3v2.id3v1_tag()
    yield "tta-id3v1-and-v2.tta", id3v2.tag(4, id3v2.basics(id3v2.Frames(4))) + tta + id3v2.id3v1_tag()
