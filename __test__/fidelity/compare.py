#!/usr/bin/env python3
"""Tells what a save has changed beyond what was asked for.

    python3 __test__/fidelity/compare.py BEFORE AFTER [--allow title,genre]
    python3 __test__/fidelity/compare.py --batch < pairs.json

The batch takes `[{"before": path, "after": path, "allow": [field …]} …]` and
prints an answer for each: the `lost`, `altered` and `added` entries of
`inventory.py` that the edit did not ask for. A tag of another version than
before counts as added.

What counts as no change:

1. An ID3v2 tag of v2.2 or v2.3 in the names and dates of v2.4, and another
   encoding, unsynchronisation or compression of the same content (`id3v2.py`).
2. The letter case of keys in Vorbis comments and APE items, whose
   specifications ignore it.
3. A field of an ID3v1 tag that now is the beginning of the same field of the
   file's other tag.
4. Padding, and offsets and sizes that follow from it (the readers leave them out).
5. What holds a tag, such as its version, where there was no such tag before.
"""

import argparse
import json
import re
import sys
from collections import Counter

sys.dont_write_bytecode = True

from fields import FIELDS, allows  # noqa: E402
from inventory import inventory  # noqa: E402

CASELESS = ("vorbis", "ape")
# What is made together with the first tag of its kind.
HOLDERS = re.compile(r"@version|@vendor|moov/udta/meta/hdlr|moov/udta/meta\[\d\]/hdlr|Info/Title")
ID3V1_SOURCES = {
    "title": ("TIT2", "title"),
    "artist": ("TPE1", "artist"),
    "album": ("TALB", "album"),
    "year": ("TDRC", "year"),
    "comment": ("COMM", "comment"),
    "track": ("TRCK", "track"),
    "genre": ("TCON", "genre"),
}


def compare(before, after, allow):
    """The differences of two inventories that an edit of the fields `allow` does not explain."""
    removed = subtract(before, after)
    added = subtract(after, before)
    altered = []
    for row in list(removed):
        # An entry that is there under the same key, with another value.
        match = next((other for other in added if canonical(other)[:2] == canonical(row)[:2]), None)
        if match:
            altered.append((*row, match[2]))
            removed.remove(row)
            added.remove(match)
    kinds = {row[0] for row in before}
    upgraded = [row for row in altered if row[1] == "@version"]
    altered = [row for row in altered if row[1] != "@version"]
    return {
        "lost": [named(row) for row in removed if not allows(allow, row[0], row[1])],
        "altered": [
            named(row) for row in altered if not allows(allow, row[0], row[1]) and not in_step(row, after)
        ],
        "added": [named(row) for row in upgraded]
        + [
            named((*row[:2], None, row[2]))
            for row in added
            if not allows(allow, row[0], row[1])
            and not (row[0] not in kinds and is_holder(row, kinds))
            and not (row[0] == "id3v1" and "id3v1" in kinds and in_step((*row[:2], "", row[2]), after))
        ],
    }


def is_holder(row, kinds):
    return (
        bool(HOLDERS.fullmatch(row[1]))
        and row[0] != "id3v1"
        or (row[0] == "mp4" and "ilst" not in kinds and bool(HOLDERS.fullmatch(row[1])))
    )


def canonical(row):
    kind, key, value = row[:3]
    return (kind, key.casefold() if kind.split("#")[0] in CASELESS else key, value)


def subtract(rows, others):
    left = Counter(canonical(row) for row in others)
    kept = []
    for row in rows:
        if left[canonical(row)]:
            left[canonical(row)] -= 1
        else:
            kept.append(row)
    return kept


def named(row):
    names = ("kind", "key", "before", "after")
    return {name: value for name, value in zip(names, row) if value is not None}


def in_step(row, after):
    """Whether a changed ID3v1 field says what the other tag of the file says."""
    kind, key, _, value = row
    if kind != "id3v1" or key not in ID3V1_SOURCES:
        return False
    frame, item = ID3V1_SOURCES[key]
    texts = [
        json.loads(other[2])
        for other in after
        if (
            other[0] == "id3v2"
            and other[1].split(":")[0] == frame
            or other[0] == "ape"
            and other[1].casefold() == item
        )
        and other[2].startswith("[")
        and other[2].endswith("]")
    ]
    return any(
        str(value).rstrip()[:20] and begins(text, str(value).rstrip())
        for found in texts
        for text in flat(found)
    )


def flat(value):
    return [text for item in value for text in flat(item)] if isinstance(value, list) else [str(value)]


def begins(text, value):
    """ID3v1 holds Latin-1: of other characters only the low byte arrives, or a question mark."""
    bytes_of = "".join(chr(ord(character) & 0xFF) for character in text).rstrip()
    return (
        bytes_of.startswith(value)
        or text.startswith(value)
        or any(ord(character) > 0xFF for character in text)
    )


def compare_files(before, after, allow):
    return compare(inventory(before), inventory(after), allow)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*")
    parser.add_argument("--allow", default="", help=f"fields of {', '.join(FIELDS)}")
    parser.add_argument("--batch", action="store_true")
    options = parser.parse_args()
    if options.batch:
        answers = [
            compare_files(pair["before"], pair["after"], pair["allow"]) for pair in json.load(sys.stdin)
        ]
        json.dump(answers, sys.stdout)
        return
    before, after = options.files
    json.dump(
        compare_files(before, after, [field for field in options.allow.split(",") if field]),
        sys.stdout,
        ensure_ascii=False,
        indent=1,
    )
    print()


if __name__ == "__main__":
    main()
