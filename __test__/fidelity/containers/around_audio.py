"""Tags in front of and behind the audio: ID3v2, ID3v1, APE, Lyrics3.

So MP3, AAC, APE, WavPack, Musepack and TTA are tagged, and many a FLAC.
"""

import struct

from . import id3v2
from .genres import GENRES

ID3V1_LENGTH = 128
# The "enhanced tag" that some programs put in front of ID3v1.
ID3V1_EXTENDED_LENGTH = 227
APE_FOOTER_LENGTH = 32
AUDIO_MARKS = (b"fLaC", b"MAC ", b"MPCK", b"MP+", b"wvpk", b"TTA1", b"OFR ", b"APETAGEX")


def read(entries, data):
    """Adds what the tags have, and gives the bytes around and between them."""
    start = at = start_of_tag(data)
    count = 0
    while length := id3v2.tag_length(data, at):
        count += 1
        id3v2.read(entries, data[at : at + length], numbered("id3v2", count))
        at += length
        # Padding outside of the tag, as some programs leave it.
        after_zeros = at + len(data[at:]) - len(data[at:].lstrip(b"\0"))
        if id3v2.tag_length(data, after_zeros):
            at = after_zeros
    ape_count = 0
    if data[at : at + 8] == b"APETAGEX":
        size, _, flags = struct.unpack("<III", data[at + 12 : at + 24])
        if flags & 0x20000000 and at + APE_FOOTER_LENGTH + size <= len(data):
            ape_count += 1
            add_ape(
                entries,
                data[at : at + APE_FOOTER_LENGTH],
                data[at + APE_FOOTER_LENGTH : at + APE_FOOTER_LENGTH + size],
                "ape",
            )
            at += APE_FOOTER_LENGTH + size
    end = len(data)
    while end > at:
        length = 0
        tail = data[at:end]
        if (
            tail[-ID3V1_LENGTH:][:3] == b"TAG"
            and len(tail) >= ID3V1_LENGTH
            and tail[-ID3V1_LENGTH - 3 : -ID3V1_LENGTH + 5] != b"APETAGEX"
        ):
            length = ID3V1_LENGTH
            add_id3v1(entries, tail[-ID3V1_LENGTH:])
        elif tail[-ID3V1_EXTENDED_LENGTH:][:4] == b"TAG+" and len(tail) >= ID3V1_EXTENDED_LENGTH:
            length = ID3V1_EXTENDED_LENGTH
            entries.add("id3v1", "@extended", tail[-ID3V1_EXTENDED_LENGTH:])
        elif tail[-APE_FOOTER_LENGTH:][:8] == b"APETAGEX" and len(tail) >= APE_FOOTER_LENGTH:
            footer = tail[-APE_FOOTER_LENGTH:]
            size, _, flags = struct.unpack("<III", footer[12:24])
            if not APE_FOOTER_LENGTH <= size <= len(tail):
                break
            ape_count += 1
            add_ape(entries, footer, tail[-size:-APE_FOOTER_LENGTH], numbered("ape", ape_count))
            length = size + (APE_FOOTER_LENGTH if flags & 0x80000000 else 0)
        elif tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
            length = int(tail[-15:-9]) + 15
            add_lyrics3(entries, tail[-length:-15])
        elif tail[-9:] == b"LYRICSEND":
            lyrics = tail.rfind(b"LYRICSBEGIN")
            if lyrics < 0:
                break
            length = len(tail) - lyrics
            entries.add("lyrics3", "@version 1", tail[lyrics:])
        elif tail[-10:][:3] == b"3DI" and len(tail) >= 20:
            length = id3v2.synchsafe(tail[-4:]) + 20
            if id3v2.tag_length(data, end - length) != length:
                break
            count += 1
            id3v2.read(entries, data[end - length : end], numbered("id3v2", count))
        if not 0 < length <= len(tail):
            break
        end -= length
    return data[:start] + data[at:end]


def start_of_tag(data):
    """The place of a tag that is not at the start, where the file begins with neither tag nor audio."""
    if id3v2.tag_length(data, 0) or data[:1] == b"\xff" or data.startswith(AUDIO_MARKS):
        return 0
    found = data.find(b"ID3")
    return found if found > 0 and id3v2.tag_length(data, found) else 0


def numbered(kind, count):
    return kind if count == 1 else f"{kind}#{count}"


def add_id3v1(entries, tag):
    def text(part):
        return part.split(b"\0")[0].decode("latin-1").rstrip()

    has_track = tag[125] == 0 and tag[126] != 0
    fields = {
        "title": text(tag[3:33]),
        "artist": text(tag[33:63]),
        "album": text(tag[63:93]),
        "year": text(tag[93:97]),
        "comment": text(tag[97 : 125 if has_track else 127]),
        "track": tag[126] if has_track else "",
        "genre": GENRES[tag[127]] if tag[127] < len(GENRES) else "",
    }
    entries.add("id3v1", "@version", "1")
    for key, value in fields.items():
        if value != "":
            entries.add("id3v1", key, value)


def add_ape(entries, footer, items, kind):
    version, size, count, flags = struct.unpack("<IIII", footer[8:24])
    entries.add(kind, "@version", str(version))
    pairs, at = [], 0
    for _ in range(count):
        if at + 8 > len(items):
            break
        size, flags = struct.unpack("<II", items[at : at + 8])
        key, value = items[at + 8 :].split(b"\0", 1)[0], b""
        at += 8 + len(key) + 1
        value = items[at : at + size]
        at += size
        pairs += [(key.decode("utf-8", "surrogateescape"), each) for each in ape_values(value, flags)]
    entries.add_lists(kind, pairs, str.casefold)
    if items[at:].strip(b"\0"):
        entries.add(kind, "@behind-the-items", items[at:])


def ape_values(value, flags):
    """The values of an item: texts between zeros, or bytes, where a file name may come first."""
    kind = flags >> 1 & 3
    marks = {"read-only": True} if flags & 1 else {}
    if kind == 1:
        name, _, data = value.partition(b"\0")
        if data and len(name) < 256:
            return [{"file": name.decode("utf-8", "replace"), "data": data, **marks}]
        return [{"binary": value, **marks}]
    marks |= {"kind": kind} if kind else {}
    texts = value.decode("utf-8", "surrogateescape").split("\0")
    return [{"text": text, **marks} for text in texts] if marks else texts


def add_lyrics3(entries, fields):
    """Lyrics3 v2: LYRICSBEGIN, then fields of three letters and five digits."""
    at = len(b"LYRICSBEGIN")
    while at + 8 <= len(fields) and fields[at + 3 : at + 8].isdigit():
        size = int(fields[at + 3 : at + 8])
        entries.add(
            "lyrics3", fields[at : at + 3].decode("latin-1"), fields[at + 8 : at + 8 + size].decode("latin-1")
        )
        at += 8 + size
