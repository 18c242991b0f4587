#!/usr/bin/env python3
"""Tells what a save has changed beyond what was asked for.

    python3 __test__/fidelity/compare.py BEFORE AFTER [--allow title,genre]
    python3 __test__/fidelity/compare.py --batch < pairs.json

The batch takes `[{"before": path, "after": path, "allow": [field …]} …]` and
prints an answer for each: the `lost`, `altered` and `added` entries of
`inventory.py` that the edit did not ask for, and the changes that it `asked` for.
A tag of another version than before counts as added.

What counts as no change:

1. An ID3v2 tag of v2.2 or v2.3 in the names and dates of v2.4, and another
   encoding, unsynchronisation or compression of the same content (`id3v2.py`).
2. The letter case of keys in Vorbis comments and APE items, whose
   specifications ignore it.
3. A field of an ID3v1 tag that now is the beginning of the same field of the
   file's other tag.
4. Padding, and offsets and sizes that follow from it; zeros behind a text; and
   elements of Matroska that say what is the default (the readers leave them out).
5. What holds a tag, such as its version, where there was no such tag before; and
   a tag with nothing in it.
6. An ID3v2 tag of v2.2 that becomes one of v2.3, which has all of its frames, and
   an extended header that goes: its checksum and padding are those of the old tag.
7. In the first ID3v2 tag of a file, what its other tags say: readers look at ID3v2
   before ID3v1, APE and INFO, and would see nothing but the change.
"""

import argparse
import json
import re
import sys
from collections import Counter

sys.dont_write_bytecode = True

from fields import FIELDS, allows
from inventory import inventory

CASELESS = ("vorbis", "ape")
# What is made together with the first tag of its kind.
HOLDERS = re.compile(r"@version|@vendor|moov/udta/meta(\[\d\])?/hdlr")
# Where else a field of ID3v1 may come from: the frame, and the keys of APE and Vorbis.
ID3V1_SOURCES = {
    "title": ("TIT2", "title"),
    "artist": ("TPE1", "artist"),
    "album": ("TALB", "album"),
    "year": ("TDRC", "year", "date"),
    "comment": ("COMM", "comment", "description"),
    "track": ("TRCK", "track", "tracknumber"),
    "genre": ("TCON", "genre"),
}


def compare(before, after, allow):
    """The differences of two inventories, by what an edit of the fields `allow` explains."""
    sizes = Counter(kind for kind, _, _ in before)
    changes = {"lost": [], "altered": [], "added": [], "asked": []}
    for kind, key, old, new in differences(before, after):
        if allows(allow, kind, key):
            group = "asked"
        elif is_no_change(kind, key, old, new, sizes, before, after):
            continue
        elif old is None or key == "@version" and new is not None:
            group = "added"
        else:
            group = "lost" if new is None else "altered"
        change = {"kind": kind, "key": key, "before": old, "after": new}
        changes[group].append({name: value for name, value in change.items() if value is not None})
    return changes


def differences(before, after):
    """Yields (kind, key, old, new), where None stands for an entry that is not there."""
    removed, added = subtract(before, after), subtract(after, before)
    for kind, key, old in removed:
        match = next((row for row in added if canonical(row)[:2] == canonical((kind, key, old))[:2]), None)
        if match:
            added.remove(match)
        yield kind, key, old, match[2] if match else None
    for kind, key, new in added:
        yield kind, key, None, new


def subtract(rows, others):
    left = Counter(canonical(row) for row in others)
    kept = []
    for row in rows:
        if left[canonical(row)]:
            left[canonical(row)] -= 1
        else:
            kept.append(row)
    return kept


def canonical(row):
    kind, key, value = row
    if kind == "matroska-tag":
        key = key.replace(" by default", "")
    return kind, key.casefold() if kind.split("#")[0] in CASELESS else key, value


def is_no_change(kind, key, old, new, sizes, before, after):
    if kind == "id3v1":
        return kind in sizes and new is not None and is_in_step(key, new, after)
    if kind == "id3v2" and (key == "@extended-header" or key == "@version" and is_upgrade(old, new)):
        return True
    if kind == "id3v2" and old is None and sizes[kind] <= 1:  # its version alone
        return True
    if kind.startswith("id3v2") and old is None and is_said_elsewhere(kind, key, new, before):
        return True
    if old is None:
        holder_of = "ilst" if kind == "mp4" else kind
        return holder_of not in sizes and bool(HOLDERS.fullmatch(key))
    return new is None and key == "@version" and sizes[kind] == 1


def is_said_elsewhere(kind, key, value, before):
    """Whether a new tag in front only repeats the ID3v2 tag at the end of the file."""
    return any(
        other.split("#")[0] == kind.split("#")[0] and (name, text) == (key, value)
        for other, name, text in before
    )


def is_upgrade(old, new):
    return old is not None and new is not None and old.startswith("2.2") and new.startswith("2.3")


def is_in_step(key, value, after):
    """Whether a field of ID3v1 says what the other tag of the file says."""
    frame, *keys = ID3V1_SOURCES.get(key, (None,))
    for kind, name, text in after:
        is_source = (
            name.split(":")[0] == frame if kind == "id3v2" else kind in CASELESS and name.casefold() in keys
        )
        if is_source and text.startswith("[") and text.endswith("]"):
            if any(begins(source, value.rstrip()) for source in flat(json.loads(text))):
                return True
    return False


def flat(value):
    return [text for item in value for text in flat(item)] if isinstance(value, list) else [str(value)]


def begins(text, value):
    """ID3v1 holds Latin-1: what becomes of other characters is up to the writer."""
    return text.startswith(value) or any(ord(character) > 0xFF for character in text)


def compare_files(before, after, allow):
    return compare(inventory(before), inventory(after), allow)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*")
    parser.add_argument("--allow", default="", help=f"fields of {', '.join(FIELDS)}")
    parser.add_argument("--batch", action="store_true")
    options = parser.parse_args()
    if options.batch:
        pairs = json.load(sys.stdin)
        answers = [compare_files(pair["before"], pair["after"], pair["allow"]) for pair in pairs]
        json.dump(answers, sys.stdout)
        return
    before, after = options.files
    allow = [field for field in options.allow.split(",") if field]
    json.dump(compare_files(before, after, allow), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
