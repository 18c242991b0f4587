"""The entries that every reader adds to an inventory, and how values are shown."""

import hashlib
import json

SHOWN_CHARACTERS = 160


class Entries:
    """A multiset of (kind, key, value); the value is always a string."""

    def __init__(self):
        self.rows = []

    def add(self, kind, key, value):
        self.rows.append((kind, key, show(value)))

    def add_lists(self, kind, pairs, fold=str):
        """Adds one entry per key, with the list of its values in the file's order."""
        lists = {}
        for key, value in pairs:
            lists.setdefault(fold(key), (key, []))[1].append(value)
        for key, values in lists.values():
            self.add(kind, key, values)


def show(value):
    """Text and numbers as they are, bytes and long text as length and hash."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        return f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=show)
    if len(text) <= SHOWN_CHARACTERS:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{text[:60]}… {len(text)} characters, sha256 {digest}"
