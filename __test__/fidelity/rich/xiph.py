"""FLAC and Ogg: Vorbis comments, pictures, blocks and packets."""

import base64
import struct

from .images import JPEG, png

STREAMINFO, PADDING, APPLICATION, SEEKTABLE, COMMENTS, CUESHEET, PICTURE = range(7)
BASICS = ["TITLE=Grüße, 世界", "ARTIST=An Artist", "ALBUM=An Album", "GENRE=Jazz", "DATE=2019-04-05"]


def comment_sets():
    return {
        "plain": ["TRACKNUMBER=3", "DISCNUMBER=1"],
        "totals": ["TRACKNUMBER=3", "TRACKTOTAL=12", "TOTALTRACKS=12", "DISCNUMBER=1", "DISCTOTAL=2", "TOTALDISCS=2"],
        "totals-in-the-number": ["TRACKNUMBER=3/12", "DISCNUMBER=1/2"],
        "padded-numbers": ["TRACKNUMBER=03", "DISCNUMBER=02/10"],
        "padded-total": ["TRACKNUMBER=02/10"],
        "vinyl-side": ["TRACKNUMBER=A5"],
        "two-track-numbers": ["TRACKNUMBER=3", "TRACKNUMBER=4"],
        "tempo": ["BPM=120.50", "COMPILATION=1"],
        "rating": ["RATING=80"],
        "rating-of-mail": ["RATING:me@example.org=0.8", "FMPS_RATING=0.9", "FMPS_PLAYCOUNT=12.0"],
        "rating-of-one": ["RATING=1.0"],
        "comments": ["COMMENT=one", "COMMENT=two", "DESCRIPTION=three"],
        "lower-case": ["composer=c", "mood=calm", "replaygain_track_gain=-6.54 dB", "Label=L"],
        "letter-case-mixed": ["Mood=one", "MOOD=two", "mood=three"],
        "odd-keys": ["KEY WITH SPACES=x", "A:B=c", "{X}=y", "~=z"],
        "not-ascii-keys": ["GRÖSSE=x", "日本=y"],
        "without-key": ["no equals sign", "=no key"],
        "empty-values": ["EMPTY=", "PERFORMER="],
        "several-values": ["ARTIST=Second", "GENRE=Rock", "PERFORMER=A (guitar)", "PERFORMER=B (voice)"],
        "lyrics": ["LYRICS=one\ntwo", "UNSYNCEDLYRICS=three\nfour"],
        "chapters": ["CHAPTER001=00:00:00.000", "CHAPTER001NAME=One", "CHAPTER002=00:00:00.100", "CHAPTER002NAME=Two"],
        "cue-sheet": ['CUESHEET=FILE "a.flac" WAVE\n  TRACK 01 AUDIO'],
        "long": ["COMMENT=" + "x" * 150_000],
        "cover-art-of-old": ["COVERART=" + base64.b64encode(png()).decode(), "COVERARTMIME=image/png"],
        "picture-of-junk": ["METADATA_BLOCK_PICTURE=not base64!"],
        "value-with-equals": ["URL=http://example.org/?a=b"],
        "not-utf-8": [b"BAD=\xff\xfe"],
        "encoder": ["ENCODER=Lavc libvorbis", "ENCODED-BY=Me", "SOURCEMEDIA=CD"],
    }  # fmt: skip


def comments(lines, vendor="a vendor, ü"):
    data = [line if isinstance(line, bytes) else line.encode() for line in lines]
    body = b"".join(struct.pack("<I", len(line)) + line for line in data)
    return struct.pack("<I", len(vendor.encode())) + vendor.encode() + struct.pack("<I", len(data)) + body


def picture(kind=3, description="front", data=None, mime="image/png", size=(600, 500, 24), colors=0):
    data = png(shade=kind) if data is None else data
    head = (
        struct.pack(">II", kind, len(mime))
        + mime.encode()
        + struct.pack(">I", len(description.encode()))
        + description.encode()
    )
    return head + struct.pack(">IIIII", *size, colors, len(data)) + data


def flac_parts(data):
    """STREAMINFO and the frames of a FLAC file."""
    at = 4
    while not data[at] & 0x80:
        at += 4 + int.from_bytes(data[at + 1 : at + 4], "big")
    return data[8:42], data[at + 4 + int.from_bytes(data[at + 1 : at + 4], "big") :]


def flac(parts, *blocks):
    info, frames = parts
    every = [(STREAMINFO, info), *blocks]
    body = b""
    for index, (kind, content) in enumerate(every):
        last = 0x80 if index == len(every) - 1 else 0
        body += bytes([kind | last]) + len(content).to_bytes(3, "big") + content
    return b"fLaC" + body + frames


def flac_files(parts):
    from . import id3v2

    plain = (COMMENTS, comments([*BASICS, "TRACKNUMBER=3"]))
    padding = (PADDING, bytes(300))
    seek_table = (SEEKTABLE, struct.pack(">QQH", 0, 0, 4096) + struct.pack(">QQH", 0xFFFFFFFFFFFFFFFF, 0, 0))
    track = (
        struct.pack(">QB", 0, 1) + b"USRC17607839" + bytes(14) + b"\x01" + struct.pack(">QB", 0, 1) + bytes(3)
    )
    lead_out = struct.pack(">QB", 8820, 170) + bytes(27)
    cue_sheet = (
        CUESHEET,
        b"1234567890123".ljust(128, b"\0")
        + struct.pack(">Q", 88200)
        + b"\x80"
        + bytes(258)
        + b"\x02"
        + track
        + lead_out,
    )
    applications = [(APPLICATION, b"riff" + bytes(range(40))), (APPLICATION, b"Atst" + b"x")]
    pictures = [
        (PICTURE, picture()),
        (PICTURE, picture(4, "back", size=(1, 2, 3), colors=16)),
        (PICTURE, picture(3, "zweites, ü", JPEG, "image/jpeg")),
        (PICTURE, picture(17, "", size=(0, 0, 0))),
    ]
    yield "pictures", flac(parts, plain, *pictures, padding)
    yield (
        "picture-link",
        flac(parts, plain, (PICTURE, picture(3, "link", b"http://example.org/a.png", "-->")), padding),
    )
    yield "all-blocks", flac(parts, seek_table, plain, cue_sheet, *applications, *pictures, padding)
    yield "no-padding", flac(parts, seek_table, plain, cue_sheet)
    yield "several-paddings", flac(parts, padding, plain, padding, applications[0], padding)
    yield (
        "two-comment-blocks",
        flac(parts, plain, (COMMENTS, comments(["TITLE=Second", "ONLYHERE=x"])), padding),
    )
    yield "reserved-block", flac(parts, plain, (100, bytes(range(30))), padding)
    yield (
        "picture-in-a-comment",
        flac(
            parts,
            (COMMENTS, comments([*BASICS, "METADATA_BLOCK_PICTURE=" + base64.b64encode(picture()).decode()])),
            padding,
        ),
    )
    tag = id3v2.tag(3, id3v2.basics(id3v2.Frames(3)))
    yield "id3v2-in-front", tag + flac(parts, plain, padding)
    yield "id3v1-behind", flac(parts, plain, padding) + id3v2.id3v1_tag()
    yield "id3v2-and-v1", tag + flac(parts, plain, padding) + id3v2.id3v1_tag()
    yield "id3v2-only", tag + flac(parts, padding)
    yield "no-tags", flac(parts, padding)


CRC = []
for value in range(256):
    value <<= 24
    for _ in range(8):
        value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    CRC.append(value)


def page(serial, sequence, flags, granule, segments, body):
    header = (
        b"OggS\0"
        + struct.pack("<BqIII", flags, granule, serial, sequence, 0)
        + bytes([len(segments)])
        + bytes(segments)
    )
    crc = 0
    for byte in header + body:
        crc = (crc << 8 & 0xFFFFFFFF) ^ CRC[crc >> 24 ^ byte]
    return header[:22] + struct.pack("<I", crc) + header[26:] + body


def pages(data):
    """(serial, sequence, flags, granule, segments, body) of each page."""
    at = 0
    while at + 27 <= len(data):
        flags, granule, serial, sequence, _, count = struct.unpack("<xBqIIIB", data[at + 4 : at + 27])
        segments = list(data[at + 27 : at + 27 + count])
        at += 27 + count
        yield serial, sequence, flags, granule, segments, data[at : at + sum(segments)]
        at += sum(segments)


def packets_of(every):
    packets, is_open = [], False
    for *_, segments, body in every:
        for size in segments:
            if not is_open:
                packets.append(b"")
            packets[-1] += body[:size]
            body = body[size:]
            is_open = size == 255
    return packets


def header_pages(serial, sequence, packets):
    """Packets that follow one another, on as many pages as they need."""
    segments = []
    for packet in packets:
        segments += [255] * (len(packet) // 255) + [len(packet) % 255]
    body = b"".join(packets)
    made = []
    while segments:
        some, segments = segments[:255], segments[255:]
        content, body = body[: sum(some)], body[sum(some) :]
        continued = 1 if made and made[-1][4][-1] == 255 else 0
        made.append(
            (
                serial,
                sequence + len(made),
                continued,
                0 if some[-1] < 255 or any(size < 255 for size in some) else -1,
                some,
                content,
            )
        )
    return made


def ogg(data, prefix, lines, headers, suffix=b"", vendor="a vendor, ü", serial=None):
    """The stream with other comments; `headers` packets come first, audio starts a page."""
    every = list(pages(data))
    count, kept = 0, 0
    for index, each in enumerate(every):
        count += sum(1 for size in each[4] if size < 255)
        if count >= headers:
            kept = index + 1
            break
    packets = packets_of(every[:kept])
    packets[1] = prefix + comments(lines, vendor) + suffix
    number = every[0][0] if serial is None else serial
    made = [(number, *every[0][1:])] + header_pages(number, 1, packets[1:headers])
    made += [(number, len(made) + index, *each[2:]) for index, each in enumerate(every[kept:])]
    return made


def join(made):
    return b"".join(page(*each) for each in made)


STREAMS = {
    # extension: (fixture, what the comment packet starts with, header packets, what ends it)
    "ogg": ("vorbis.ogg", b"\x03vorbis", 3, b"\x01"),
    "opus": ("opus.opus", b"OpusTags", 2, b""),
    "spx": ("speex.spx", b"", 2, b""),
}


def ogg_flac(data, lines):
    """FLAC in Ogg: the comment packet is a metadata block of its own."""
    every = list(pages(data))
    first = packets_of(every[:1])[0]
    headers = 1 + int.from_bytes(first[7:9], "big")
    count = next(
        index + 1
        for index in range(len(every))
        if len(packets_of(every[: index + 1])) >= headers and every[index][4][-1] < 255
    )
    packets = packets_of(every[:count])
    body = comments(lines)
    packets[1] = bytes([COMMENTS | (0x80 if len(packets) == 2 else 0)]) + len(body).to_bytes(3, "big") + body
    made = [every[0]] + header_pages(every[0][0], 1, packets[1:])
    made += [(each[0], len(made) + index, *each[2:]) for index, each in enumerate(every[count:])]
    return join(made)


def ogg_files(base):
    sets = comment_sets()
    block = "METADATA_BLOCK_PICTURE="
    art = [
        block + base64.b64encode(picture()).decode(),
        block + base64.b64encode(picture(4, "back", size=(7, 8, 9), colors=3)).decode(),
    ]
    sets["pictures"] = art
    sets["large-picture"] = [
        block + base64.b64encode(picture(data=png() + bytes(range(256)) * 800)).decode(),
        "BEHIND=x",
    ]
    made = {}
    for extension, (fixture, prefix, headers, suffix) in STREAMS.items():
        data = (base / fixture).read_bytes()
        for name, lines in sets.items():
            yield (
                f"{extension}-{name}.{extension}",
                join(ogg(data, prefix, without_repeated(lines), headers, suffix)),
            )
        made[extension] = ogg(data, prefix, BASICS, headers, suffix, serial=77 + len(made))
    for name in (
        "plain",
        "totals",
        "padded-numbers",
        "rating",
        "lower-case",
        "not-ascii-keys",
        "pictures",
        "long",
    ):
        yield f"oga-{name}.oga", ogg_flac((base / "flac.oga").read_bytes(), without_repeated(sets[name]))
    opus = (base / "opus.opus").read_bytes()
    gains = [*BASICS, "R128_TRACK_GAIN=-1280", "R128_ALBUM_GAIN=256"]
    yield "opus-r128.opus", join(with_gain(ogg(opus, b"OpusTags", gains, 2), -300))
    yield "opus-kept-suffix.opus", join(ogg(opus, b"OpusTags", BASICS, 2, b"\x01binary data to be kept"))
    yield "opus-padding.opus", join(ogg(opus, b"OpusTags", BASICS, 2, bytes(200)))
    # Two streams at once: their first pages, then the rest of both in turn.
    first, second = made["ogg"], made["opus"]
    rest = [each for both in zip(first[1:], second[1:]) for each in both]
    longer = max(first, second, key=len)
    yield "ogg-multiplexed.ogg", join([first[0], second[0], *rest, *longer[min(len(first), len(second)) :]])
    yield "ogg-chained.ogg", join(first) + join([(99, *each[1:]) for each in first])


def without_repeated(lines):
    keys = {(line if isinstance(line, str) else line.decode("latin-1")).split("=")[0] for line in lines}
    return [line for line in BASICS if line.split("=")[0] not in keys - {"ARTIST", "GENRE"}] + lines


def with_gain(made, gain):
    """The output gain in the identification header (RFC 7845, section 5.1)."""
    serial, sequence, flags, granule, segments, body = made[0]
    body = body[:16] + struct.pack("<h", gain) + body[18:]
    return [(serial, sequence, flags, granule, segments, body), *made[1:]]


def files(base):
    parts = flac_parts((base / "plain.flac").read_bytes())
    for name, lines in comment_sets().items():
        yield (
            f"flac-{name}.flac",
            flac(parts, (COMMENTS, comments(without_repeated(lines))), (PADDING, bytes(300))),
        )
    for name, content in flac_files(parts):
        yield f"flac-{name}.flac", content
    yield from ogg_files(base)
