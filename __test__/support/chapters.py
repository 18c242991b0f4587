"""Writes plain.mp3 with chapters that have images and links, and prints the chapters of such a
file: [identifier, start, end, offsets, inner frames] of each, and the table of contents.

    python3 chapters.py write FOLDER VERSION    the minor version of ID3v2
    python3 chapters.py read FOLDER
"""

import hashlib
import json
import pathlib
import sys

import mutagen.id3 as id3

PNG = b"\x89PNG\r\n\x1a\n"


def inner(number):
    return [
        id3.TIT2(encoding=1, text=["chapter %d é" % number]),
        id3.WXXX(encoding=0, desc="link", url="http://example.org/%d" % number),
        id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=PNG + bytes([number]) * 300),
    ]


def write(folder, version):
    tag = id3.ID3()
    names = ["ch%d" % number for number in range(4)]
    for number, name in enumerate(names):
        times = {"start_time": number * 50, "end_time": number * 50 + 50}
        offsets = {"start_offset": number * 7, "end_offset": number * 9}
        tag.add(id3.CHAP(element_id=name, **times, **offsets, sub_frames=inner(number)))
    title = id3.TIT2(encoding=1, text=["Contents"])
    tag.add(id3.CTOC(element_id="toc", flags=3, child_element_ids=names, sub_frames=[title]))
    tag.save(folder / "plain.mp3", v2_version=int(version))


def text(frame):
    if isinstance(frame, id3.APIC):
        return hashlib.sha256(frame.data).hexdigest()
    return getattr(frame, "url", None) or str(frame.text[0])


def read(folder):
    tag = id3.ID3(folder / "plain.mp3", translate=False)
    chapters = [
        [
            one.element_id,
            one.start_time,
            one.end_time,
            [one.start_offset, one.end_offset],
            {name: text(frame) for name, frame in one.sub_frames.items()},
        ]
        for one in tag.getall("CHAP")
    ]
    contents = [
        [one.element_id, one.child_element_ids, [text(frame) for frame in one.sub_frames.values()]]
        for one in tag.getall("CTOC")
    ]
    return {"version": tag.version[1], "chapters": chapters, "contents": contents}


COMMAND, FOLDER, *REST = sys.argv[1:]
print(json.dumps({"write": write, "read": read}[COMMAND](pathlib.Path(FOLDER), *REST)))
