"""ASF (WMA): attributes of every type, in several languages, and lists of them."""

import struct
import uuid

from .images import JPEG, png

TEXT, BYTES, BOOL, DWORD, QWORD, WORD, GUID = range(7)
HEADER = "75b22630-668e-11cf-a6d9-00aa0062ce6c"
CONTENT = "75b22633-668e-11cf-a6d9-00aa0062ce6c"
EXTENDED = "d2d0a440-e307-11d2-97f0-00a0c95ea850"
METADATA = "c5f8cbea-5baf-4877-8467-aa8c44fa4cca"
LIBRARY = "44231c94-9498-49d1-a141-1d134e457054"
EXTENSION = "5fbf03b5-a92e-11cf-8ee3-00c00c205365"
LANGUAGES = "7c4346a9-efe0-4bfc-b229-393ede415c85"
MARKERS = "f487cd01-a951-11cf-8ee6-00c00c205365"
PADDING = "1806d474-cadf-4509-a4ba-9aabcb96aae8"
BRANDING = "2211b3fa-bd23-11d2-b4b7-00a0c955fc6e"


def wide(text):
    return text.encode("utf-16-le") + b"\0\0"


def asf_object(guid, body):
    return uuid.UUID(guid).bytes_le + struct.pack("<Q", len(body) + 24) + body


def value_of(kind, value, bool_width=4):
    if kind == TEXT:
        return wide(value)
    widths = {BOOL: bool_width, DWORD: 4, QWORD: 8, WORD: 2}
    return value.to_bytes(widths[kind], "little") if kind in widths else value


def content(title, author, copyright_text="", description="", rating=""):
    texts = [wide(text) if text else b"" for text in (title, author, copyright_text, description, rating)]
    return asf_object(CONTENT, struct.pack("<5H", *map(len, texts)) + b"".join(texts))


def extended(attributes):
    body = struct.pack("<H", len(attributes))
    for name, kind, value in attributes:
        data = value_of(kind, value)
        body += struct.pack("<H", len(wide(name))) + wide(name) + struct.pack("<HH", kind, len(data)) + data
    return asf_object(EXTENDED, body)


def library(attributes, guid=LIBRARY):
    """Attributes as (name, type, value, language, stream)."""
    body = struct.pack("<H", len(attributes))
    for name, kind, value, language, stream in attributes:
        data = value_of(kind, value, 2)
        body += struct.pack("<HHHHI", language, stream, len(wide(name)), kind, len(data)) + wide(name) + data
    return asf_object(guid, body)


def picture(kind, mime, description, data):
    return bytes([kind]) + struct.pack("<I", len(data)) + wide(mime) + wide(description) + data


def languages(*names):
    return asf_object(
        LANGUAGES,
        struct.pack("<H", len(names)) + b"".join(bytes([len(wide(name))]) + wide(name) for name in names),
    )


def file_with(base, objects, extension_objects=()):
    """The fixture with other descriptions; its stream and data objects stay."""
    data = (base / "tagged.wma").read_bytes()
    size = int.from_bytes(data[16:24], "little")
    kept, at = [], 30
    while at < size:
        guid = str(uuid.UUID(bytes_le=data[at : at + 16]))
        length = int.from_bytes(data[at + 16 : at + 24], "little")
        if guid not in (CONTENT, EXTENDED, EXTENSION, PADDING):
            kept.append(data[at : at + length])
        at += length
    inner = b"".join(extension_objects)
    fixed = uuid.UUID("abd3d211-a9ba-11cf-8ee6-00c00c205365").bytes_le + b"\x06\0"
    kept.append(asf_object(EXTENSION, fixed + struct.pack("<I", len(inner)) + inner))
    kept += objects
    header = (
        uuid.UUID(HEADER).bytes_le
        + struct.pack("<QI", 30 + sum(map(len, kept)), len(kept))
        + b"\x01\x02"
        + b"".join(kept)
    )
    whole = header + data[size:]
    # The file's size stands in the File Properties Object.
    place = whole.index(uuid.UUID("8cabdca1-a947-11cf-8ee4-00c00c205365").bytes_le) + 40
    return whole[:place] + struct.pack("<Q", len(whole)) + whole[place + 8 :]


def files(base):
    described = content("Grüße, 世界", "An Artist", "2019 Someone", "A comment", "5")
    basics = [("WM/AlbumTitle", TEXT, "An Album"), ("WM/Genre", TEXT, "Jazz"), ("WM/Year", TEXT, "2019")]
    attribute_sets = {
        "plain": [("WM/TrackNumber", DWORD, 3), ("WM/PartOfSet", TEXT, "1")],
        "totals": [("WM/TrackNumber", TEXT, "3/12"), ("WM/PartOfSet", TEXT, "1/2")],
        "padded-numbers": [("WM/TrackNumber", TEXT, "03"), ("WM/PartOfSet", TEXT, "02/10")],
        "vinyl-side": [("WM/TrackNumber", TEXT, "A5")],
        "old-track": [("WM/Track", DWORD, 2), ("WM/TrackNumber", DWORD, 3)],
        "tempo": [("WM/BeatsPerMinute", TEXT, "120.50"), ("WM/IsCompilation", BOOL, 1)],
        "types": [("Own/Text", TEXT, "x"), ("Own/Bytes", BYTES, bytes(range(50))), ("Own/Bool", BOOL, 1), ("Own/Dword", DWORD, 2**32 - 1), ("Own/Qword", QWORD, 2**40), ("Own/Word", WORD, 65535)],
        "media-player": [("WMFSDKVersion", TEXT, "12.0"), ("WMFSDKNeeded", TEXT, "0.0.0.0"), ("IsVBR", BOOL, 0), ("WM/SharedUserRating", DWORD, 99), ("WM/Provider", TEXT, "AMG"), ("WM/MediaClassPrimaryID", GUID, bytes(range(16))), ("WM/UniqueFileIdentifier", TEXT, "AMGa_id=R 1"), ("WM/EncodingTime", QWORD, 132000000000000000), ("WM/MCDI", BYTES, b"1+2+3")],
        "lists": [("WM/Composer", TEXT, "One"), ("WM/Composer", TEXT, "Two"), ("WM/Genre", TEXT, "Rock"), ("WM/Mood", TEXT, "b"), ("WM/Mood", TEXT, "a"), ("Author", TEXT, "Second Artist")],
        "unknown-keys": [("lower case", TEXT, "x"), ("Größe", TEXT, "ä"), ("a=b", TEXT, "c=d"), ("foobar2000/id", TEXT, "1"), ("replaygain_track_gain", TEXT, "-6.54 dB")],
        "picard": [("MusicBrainz/Album Id", TEXT, "0af0ba4e-0000-4000-8000-000000000001"), ("MusicBrainz/Track Id", TEXT, "0af0ba4e-0000-4000-8000-000000000002"), ("WM/Barcode", TEXT, "0123456789012"), ("WM/CatalogNo", TEXT, "CAT 1"), ("WM/Publisher", TEXT, "L")],
        "lyrics": [("WM/Lyrics", TEXT, "one\ntwo"), ("WM/Lyrics_Synchronised", BYTES, bytes(range(60)))],
        "pictures": [("WM/Picture", BYTES, picture(3, "image/png", "front", png())), ("WM/Picture", BYTES, picture(4, "image/jpeg", "Rückseite", JPEG))],
        "empty-text": [("WM/SubTitle", TEXT, ""), ("WM/Mood", TEXT, "calm")],
    }  # fmt: skip
    for name, attributes in attribute_sets.items():
        names = {attribute[0] for attribute in attributes}
        yield (
            f"wma-{name}.wma",
            file_with(
                base,
                [
                    described,
                    extended([one for one in basics if one[0] not in names - {"WM/Genre"}] + attributes),
                ],
            ),
        )
    foreign = [
        ("Title", TEXT, "Titel", 1, 0),
        ("WM/AlbumTitle", TEXT, "Ein Album", 1, 0),
        ("Own/Word", WORD, 7, 0, 1),
        ("Own/Bool", BOOL, 1, 0, 1),
        ("Own/Guid", GUID, bytes(range(16)), 0, 0),
    ]
    yield (
        "wma-languages.wma",
        file_with(base, [described, extended(basics)], [languages("en", "de"), library(foreign)]),
    )
    yield (
        "wma-metadata-object.wma",
        file_with(
            base,
            [described, extended(basics)],
            [
                library(
                    [("AspectRatioX", DWORD, 1, 0, 1), ("DeviceConformanceTemplate", TEXT, "L1", 0, 1)],
                    METADATA,
                )
            ],
        ),
    )
    yield (
        "wma-long-text.wma",
        file_with(
            base,
            [described, extended(basics)],
            [
                library(
                    [
                        ("WM/Lyrics", TEXT, "la\n" * 30000, 0, 0),
                        (
                            "WM/Picture",
                            BYTES,
                            picture(3, "image/png", "", png() + bytes(range(256)) * 300),
                            0,
                            0,
                        ),
                    ]
                )
            ],
        ),
    )
    branding = asf_object(BRANDING, struct.pack("<IIII", 0, 0, 0, 0))
    markers = asf_object(
        MARKERS, bytes(16) + struct.pack("<IHH", 1, 0, 0) + struct.pack("<QQHIII", 0, 0, 0, 0, 0, 0)
    )
    yield "wma-other-objects.wma", file_with(base, [described, extended(basics), branding, markers])
    yield "wma-no-tags.wma", file_with(base, [])
    yield (
        "wma-with-padding.wma",
        file_with(base, [described, extended(basics)], [asf_object(PADDING, bytes(400))]),
    )
