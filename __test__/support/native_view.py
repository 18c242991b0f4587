"""Prints what mutagen finds in each file, in the words of `readNative`: for each element
[tag, id, description, language, type, values], where the values of bytes are their SHA-256 hashes.
A file that mutagen can't read gives null."""

import hashlib
import json
import sys

import mutagen.apev2
import mutagen.asf
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import mutagen.oggopus
import mutagen.oggspeex
import mutagen.oggvorbis


def sha256(data):
    return hashlib.sha256(bytes(data)).hexdigest()


def id3(tags):
    # mutagen gives the frames of ID3v2.2 the names of ID3v2.3.
    if tags.version[1] == 2:
        return
    name = "ID3v2." + str(tags.version[1])
    for frame in tags.values():
        identifier = frame.FrameID
        description = getattr(frame, "desc", None)
        language = getattr(frame, "lang", None)
        if identifier in ("UFID", "UFI", "PRIV"):
            yield [name, identifier, frame.owner, None, "bytes", [sha256(frame.data)]]
        elif identifier in ("APIC", "GEOB"):
            yield [name, identifier, description, None, "bytes", [sha256(frame.data)]]
        elif identifier in ("COMM", "COM"):
            yield [name, identifier, description, language, "text", [str(frame.text[0])]]
        elif identifier in ("USLT", "ULT"):
            yield [name, identifier, description, language, "text", [frame.text]]
        elif identifier[0] == "T":
            yield [name, identifier, description, None, "text", [str(text) for text in frame.text]]
        elif identifier[0] == "W":
            yield [name, identifier, description, None, "text", [frame.url]]
        elif identifier in ("POPM", "POP"):
            numbers = [frame.rating, frame.count] if hasattr(frame, "count") else [frame.rating]
            yield [name, identifier, frame.email, None, "number", [str(n) for n in numbers]]


def vorbis(tags):
    yield ["Vorbis comment", "vendor", None, None, "text", [tags.vendor]]
    for key, value in list(tags):
        if key.upper() not in ("METADATA_BLOCK_PICTURE", "COVERART"):
            yield ["Vorbis comment", key, None, None, "text", [value]]


def flac(file):
    yield from vorbis(file.tags or [])
    for picture in file.pictures:
        yield ["FLAC", "PICTURE", picture.desc, None, "bytes", [sha256(picture.data)]]


def mp4(tags):
    for key, values in tags.items():
        # mutagen gives the name of a genre, and its number is what is stored.
        if key == "\xa9gen" or isinstance(values, bool) or not key.isprintable():
            continue
        if key in ("trkn", "disk"):
            yield ["MP4", key, None, None, "number", [f"{a}/{b}" for a, b in values]]
        elif key == "covr":
            for cover in values:
                yield ["MP4", key, None, None, "bytes", [sha256(cover)]]
        elif all(isinstance(value, int) for value in values):
            yield ["MP4", key, None, None, "number", [str(value) for value in values]]
        elif all(isinstance(value, str) for value in values):
            yield ["MP4", key, None, None, "text", values]
        elif all(getattr(value, "dataformat", 0) == 1 for value in values):
            yield ["MP4", key, None, None, "text", [bytes(value).decode() for value in values]]


def ape(tags):
    # mutagen does not tell the version.
    for key, value in tags.items():
        if value.kind == mutagen.apev2.BINARY:
            yield ["APE", key, None, None, "bytes", [sha256(value.value)]]
        else:
            yield ["APE", key, None, None, "text", str(value).split("\0")]


def asf(tags):
    for key, value in tags:
        if isinstance(value, mutagen.asf.ASFUnicodeAttribute):
            yield ["ASF", key, None, None, "text", [value.value]]
        elif isinstance(value, mutagen.asf.ASFByteArrayAttribute):
            yield ["ASF", key, None, None, "bytes", [sha256(value.value)]]
        elif not isinstance(value, mutagen.asf.ASFGUIDAttribute):
            yield ["ASF", key, None, None, "number", [str(int(value))]]


READERS = [
    (lambda path: mutagen.flac.FLAC(path), flac),
    (lambda path: mutagen.oggvorbis.OggVorbis(path).tags, vorbis),
    (lambda path: mutagen.oggopus.OggOpus(path).tags, vorbis),
    (lambda path: mutagen.oggspeex.OggSpeex(path).tags, vorbis),
    (lambda path: mutagen.mp4.MP4(path).tags or {}, mp4),
    (lambda path: mutagen.asf.ASF(path).tags, asf),
    (lambda path: mutagen.id3.ID3(path, translate=False, load_v1=False), id3),
    (lambda path: mutagen.apev2.APEv2(path), ape),
]


def elements(path):
    found = None
    for read, convert in READERS:
        try:
            found = (found or []) + list(convert(read(path)))
        except Exception:
            continue
    return found


print(json.dumps([elements(path) for path in sys.argv[1:]]))
