"""ASF (WMA): the objects of the header, and every attribute with type, stream and language."""

import struct
import uuid

CONTENT_DESCRIPTION = "75b22633-668e-11cf-a6d9-00aa0062ce6c"
EXTENDED_CONTENT_DESCRIPTION = "d2d0a440-e307-11d2-97f0-00a0c95ea850"
METADATA = "c5f8cbea-5baf-4877-8467-aa8c44fa4cca"
METADATA_LIBRARY = "44231c94-9498-49d1-a141-1d134e457054"
HEADER_EXTENSION = "5fbf03b5-a92e-11cf-8ee3-00c00c205365"
FILE_PROPERTIES = "8cabdca1-a947-11cf-8ee4-00c00c205365"
PADDING = "1806d474-cadf-4509-a4ba-9aabcb96aae8"
DATA = "75b22636-668e-11cf-a6d9-00aa0062ce6c"
TYPES = {0: "text", 1: "bytes", 2: "bool", 3: "dword", 4: "qword", 5: "word", 6: "guid"}


def objects(data, at, end):
    while at + 24 <= end:
        size = int.from_bytes(data[at + 16 : at + 24], "little")
        if size < 24 or at + size > end:
            return
        yield str(uuid.UUID(bytes_le=data[at : at + 16])), data[at + 24 : at + size]
        at += size


def read(entries, data):
    size = int.from_bytes(data[16:24], "little")
    attributes = []
    for guid, body in objects(data, 30, size):
        if guid == HEADER_EXTENSION:
            entries.add("asf", "header extension", body[:18])
            for inner, content in objects(body, 22, len(body)):
                add_object(entries, attributes, inner, content)
        else:
            add_object(entries, attributes, guid, body)
    entries.add_lists("asf", attributes)
    for guid, body in objects(data, size, len(data)):
        entries.add("audio" if guid == DATA else "asf", f"object {guid}", body)


def add_object(entries, attributes, guid, body):
    if guid == CONTENT_DESCRIPTION:
        lengths, at = struct.unpack("<5H", body[:10]), 10
        for name, length in zip(("Title", "Author", "Copyright", "Description", "Rating"), lengths):
            if text := utf16(body[at : at + length]):
                entries.add("asf-description", name, text)
            at += length
    elif guid == EXTENDED_CONTENT_DESCRIPTION:
        at = 2
        for _ in range(int.from_bytes(body[:2], "little")):
            size = int.from_bytes(body[at : at + 2], "little")
            name = utf16(body[at + 2 : at + 2 + size])
            at += 2 + size
            kind, size = struct.unpack("<HH", body[at : at + 4])
            attributes.append((name, attribute(name, kind, body[at + 4 : at + 4 + size])))
            at += 4 + size
    elif guid in (METADATA, METADATA_LIBRARY):
        at = 2
        for _ in range(int.from_bytes(body[:2], "little")):
            language, stream, name_size, kind, size = struct.unpack("<HHHHI", body[at : at + 12])
            at += 12
            name = utf16(body[at : at + name_size])
            at += name_size
            place = {key: number for key, number in (("language", language), ("stream", stream)) if number}
            attributes.append((name, {**attribute(name, kind, body[at : at + size]), **place}))
            at += size
    elif guid == FILE_PROPERTIES:
        # Without the size of the file.
        entries.add("asf", "file properties", body[:16] + body[24:])
    elif guid != PADDING:
        entries.add("asf", f"object {guid}", body)


def attribute(name, kind, value):
    if kind == 0:
        shown = utf16(value)
    elif kind in (2, 3, 4, 5):
        shown = int.from_bytes(value, "little")
    elif name == "WM/Picture" and kind == 1:
        shown = picture(value)
    else:
        shown = value
    return {TYPES.get(kind, str(kind)): shown}


def picture(value):
    mime, at = utf16_at(value, 5)
    description, at = utf16_at(value, at)
    return {"type": value[0], "mime": mime, "description": description, "data": value[at:]}


def utf16_at(data, at):
    end = at
    while end + 1 < len(data) and data[end : end + 2] != b"\0\0":
        end += 2
    return data[at:end].decode("utf-16-le", "replace"), end + 2


def utf16(data):
    return data.decode("utf-16-le", "replace").rstrip("\0")
