#!/usr/bin/env python3
"""Prints an inventory of everything in audio files, as JSON.

    python3 __test__/fidelity/inventory.py FILE...

For each file a list of [kind, key, value]: every frame, atom, comment, block,
chunk, attribute and tag, and a hash of the audio. Raw parsing, the standard
library alone, and nothing of TagLib: the judge of what a save has changed.
`compare.py` tells two inventories apart.
"""

import json
import pathlib
import struct
import sys

sys.dont_write_bytecode = True

from containers import around_audio, asf, iff, matroska, mp4, tracker, xiph
from containers.entries import Entries


def inventory(path):
    with open(path, "rb") as file:
        return inventory_of(file.read(), pathlib.Path(path).suffix[1:].lower())


def inventory_of(data, extension=""):
    entries = Entries()
    try:
        read(entries, data, extension)
    except (LookupError, ValueError, struct.error) as error:
        # A damaged file: what was read so far, and all of it as one hash.
        entries.add("@damaged", type(error).__name__, data)
    return entries.rows


def read(entries, data, extension):
    """Chooses the reader by content, as the extension may be wrong."""
    start = data[:16]
    if start[:4] in (b"RIFF", b"RF64", b"BW64") and data[8:12] == b"WAVE":
        iff.read_riff(entries, data)
    elif start[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        iff.read_aiff(entries, data)
    elif start[:4] == b"FRM8" and data[12:16] == b"DSD ":
        iff.read_dsdiff(entries, data)
    elif start[:4] == b"DSD ":
        iff.read_dsf(entries, data)
    elif start[:4] == b"OggS":
        xiph.read_ogg(entries, data)
    elif start == bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"):
        asf.read(entries, data)
    elif start[:4] == b"\x1a\x45\xdf\xa3":
        matroska.read(entries, data)
    elif start[4:8] in (b"ftyp", b"moov", b"free", b"wide", b"skip"):
        mp4.read(entries, data)
    elif kind := tracker_kind(data, extension):
        tracker.read(entries, data, kind)
    else:
        audio = around_audio.read(entries, data)
        if audio[:4] == b"fLaC":
            audio = xiph.read_flac(entries, audio)
        # Padding may stand behind the tag, and be used up by it.
        entries.add("audio", "between the tags", audio.lstrip(b"\0"))


def tracker_kind(data, extension):
    if data[:17] == b"Extended Module: ":
        return "xm"
    if data[:4] == b"IMPM":
        return "it"
    if data[44:48] == b"SCRM":
        return "s3m"
    if data[1080:1084] in (b"M.K.", b"M!K!", b"4CHN", b"6CHN", b"8CHN", b"FLT4", b"FLT8"):
        return "mod"
    # Modules that are stripped of their marks are known by their names alone.
    return extension if extension in tracker.READERS else None


if __name__ == "__main__":
    json.dump({path: inventory(path) for path in sys.argv[1:]}, sys.stdout, ensure_ascii=True, indent=1)
    print()
