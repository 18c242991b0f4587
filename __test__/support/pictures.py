"""Writes files with pictures whose properties TagLib does not pass on, and prints the pictures of
such files: [type, description, width, colour depth, SHA-256] of each.

    python3 pictures.py write FOLDER    into plain.mp3, plain.flac and vorbis.ogg there
    python3 pictures.py read FOLDER
"""

import base64
import hashlib
import json
import pathlib
import sys

import mutagen.flac
import mutagen.id3
import mutagen.oggvorbis

PNG = b"\x89PNG\r\n\x1a\n"
TYPES = [3, 21, 200, 0, 3]


def picture(number, picture_type):
    made = mutagen.flac.Picture()
    made.type = picture_type
    made.mime = "image/png"
    made.desc = "picture %d é" % number
    made.width, made.height, made.depth = 500 + number, 400, 24
    made.data = PNG + bytes([number]) * 50
    return made


def write(folder):
    pictures = [picture(number, kind) for number, kind in enumerate(TYPES)]
    tag = mutagen.id3.ID3()
    for one in pictures:
        tag.add(mutagen.id3.APIC(1, one.mime, one.type, one.desc, one.data))
    tag.save(folder / "plain.mp3")
    flac = mutagen.flac.FLAC(folder / "plain.flac")
    for one in pictures:
        flac.add_picture(one)
    flac.save()
    ogg = mutagen.oggvorbis.OggVorbis(folder / "vorbis.ogg")
    ogg["metadata_block_picture"] = [base64.b64encode(one.write()).decode() for one in pictures]
    ogg.save()


def described(one, width, depth):
    return [int(one.type), one.desc, width, depth, hashlib.sha256(one.data).hexdigest()]


def read(folder):
    frames = mutagen.id3.ID3(folder / "plain.mp3").getall("APIC")
    comments = mutagen.oggvorbis.OggVorbis(folder / "vorbis.ogg").get("metadata_block_picture", [])
    blocks = mutagen.flac.FLAC(folder / "plain.flac").pictures
    in_ogg = [mutagen.flac.Picture(base64.b64decode(comment)) for comment in comments]
    return {
        "plain.mp3": [described(one, int(one.encoding), 0) for one in frames],
        "plain.flac": [described(one, one.width, one.depth) for one in blocks],
        "vorbis.ogg": [described(one, one.width, one.depth) for one in in_ogg],
    }


COMMAND, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
print(json.dumps(write(FOLDER) if COMMAND == "write" else read(FOLDER)))
