"""FLAC (RFC 9639), Ogg (RFC 3533), and the Vorbis comments and pictures in both."""

import base64
import binascii
import hashlib
import struct

BLOCK_NAMES = {
    0: "STREAMINFO",
    1: "PADDING",
    2: "APPLICATION",
    3: "SEEKTABLE",
    4: "VORBIS_COMMENT",
    5: "CUESHEET",
    6: "PICTURE",
}


def read_flac(entries, data):
    """Adds the metadata blocks, and gives the frames behind them."""
    at, comments = 4, 0
    while at + 4 <= len(data):
        block = data[at] & 0x7F
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        body = data[at + 4 : at + 4 + size]
        comments += block == 4
        add_block(entries, block, body, comments)
        at += 4 + size
        if data[at - size - 4] & 0x80:
            break
    return data[at:]


def add_block(entries, block, body, comments):
    if block == 4:
        add_comments(entries, body, "vorbis" if comments == 1 else f"vorbis#{comments}")
    elif block == 6:
        add_picture(entries, body)
    elif block != 1:
        entries.add("flac", BLOCK_NAMES.get(block, f"block {block}"), body)


def add_comments(entries, body, kind):
    """The comment header; what follows its last comment is kept as it is."""
    size = int.from_bytes(body[:4], "little")
    entries.add(kind, "@vendor", body[4 : 4 + size].decode("utf-8", "surrogateescape"))
    at = 4 + size
    count = int.from_bytes(body[at : at + 4], "little")
    at += 4
    pairs = []
    for _ in range(count):
        if at + 4 > len(body):
            entries.add(kind, "@cut-off", str(count))
            break
        size = int.from_bytes(body[at : at + 4], "little")
        comment = body[at + 4 : at + 4 + size].decode("utf-8", "surrogateescape")
        at += 4 + size
        key, equals, value = comment.partition("=")
        if key.upper() == "METADATA_BLOCK_PICTURE":
            try:
                add_picture(entries, base64.b64decode(value, validate=True))
                continue
            except (binascii.Error, struct.error, IndexError):
                pass
        pairs.append((key if equals else "@no-key", value if equals else comment))
    entries.add_lists(kind, pairs, str.casefold)
    return body[at:]


def add_picture(entries, body):
    """A FLAC picture block (RFC 9639, section 8.8)."""
    kind, size = struct.unpack(">II", body[:8])
    mime, body = body[8 : 8 + size].decode("latin-1"), body[8 + size :]
    (size,) = struct.unpack(">I", body[:4])
    description, body = body[4 : 4 + size].decode("utf-8", "replace"), body[4 + size :]
    width, height, depth, colors, size = struct.unpack(">IIIII", body[:20])
    value = {
        "mime": mime,
        "size": f"{width}x{height}x{depth}",
        "colors": colors,
        "data": body[20 : 20 + size],
    }
    entries.add("picture", f"{kind}:{description}", value)


def read_ogg(entries, data):
    """Adds each logical stream: its headers, comments and the hash of its packets."""
    streams = split_streams(entries, data)
    for number, stream in enumerate(streams.values(), 1):
        name = f"stream {number}"
        packets = stream["packets"]
        first = packets[0] if packets else b""
        entries.add("ogg", f"{name} serial", str(stream["serial"]))
        entries.add("ogg", f"{name} codec", first[:8])
        headers = 1
        if first.startswith(b"\x7fFLAC"):
            entries.add("ogg", f"{name} mapping", first[:7] + first[9:])
            headers = 1 + flac_headers(entries, packets[1:])
        else:
            entries.add("ogg", f"{name} identification", first)
            headers = codec_headers(entries, name, packets)
        entries.add("audio", f"{name} packets", hash_packets(packets[headers:]))
        entries.add(
            "audio", f"{name} end", f"{stream['granule']}, {'ended' if stream['ended'] else 'not ended'}"
        )


def split_streams(entries, data):
    streams, at = {}, 0
    while (found := data.find(b"OggS", at)) >= 0:
        if found > at and data[at:found].strip(b"\0"):
            entries.add("ogg", "@between-pages", data[at:found])
        at = found
        flags, granule, serial, _, _, segments = struct.unpack(
            "<xBqIIIB", data[at + 4 : at + 27].ljust(23, b"\0")
        )
        lacing = data[at + 27 : at + 27 + segments]
        at += 27 + segments
        # A chained stream may use a serial number again.
        key = (serial, sum(1 for other in streams if other[0] == serial) - (0 if flags & 2 else 1))
        if key not in streams:
            streams[key] = {"serial": serial, "packets": [], "open": False, "granule": 0, "ended": False}
        stream = streams[key]
        stream["granule"] = granule if granule >= 0 else stream["granule"]
        stream["ended"] |= bool(flags & 4)
        for size in lacing:
            if not stream["open"]:
                stream["packets"].append(b"")
            stream["packets"][-1] += data[at : at + size]
            at += size
            stream["open"] = size == 255
    if data[at:].strip(b"\0"):
        entries.add("ogg", "@behind-pages", data[at:])
    return streams


def flac_headers(entries, packets):
    """FLAC in Ogg: a packet per metadata block."""
    comments = 0
    for count, packet in enumerate(packets, 1):
        comments += packet[0] & 0x7F == 4
        add_block(entries, packet[0] & 0x7F, packet[4:], comments)
        if packet[0] & 0x80:
            return count
    return len(packets)


def codec_headers(entries, name, packets):
    """Adds the comments of Vorbis, Opus, Speex, Theora; gives the number of headers."""
    for magic, prefix, headers in (
        (b"\x01vorbis", 7, 3),
        (b"OpusHead", 8, 2),
        (b"Speex   ", 0, 2),
        (b"\x80theora", 7, 3),
    ):
        if not packets or not packets[0].startswith(magic):
            continue
        if len(packets) > 1:
            rest = add_comments(
                entries, packets[1][prefix:], "vorbis" if "theora" not in str(magic) else "theora"
            )
            # RFC 7845, section 5.2: with the lowest bit set it is to be kept.
            if magic == b"OpusHead" and rest and rest[0] & 1:
                entries.add("ogg", f"{name} suffix of comments", rest)
        if magic == b"Speex   ":
            headers += struct.unpack("<I", packets[0][68:72])[0] if len(packets[0]) >= 72 else 0
        for number, packet in enumerate(packets[2:headers], 3):
            entries.add("ogg", f"{name} header {number}", packet)
        return headers
    return 1


def hash_packets(packets):
    digest = hashlib.sha256()
    for packet in packets:
        digest.update(len(packet).to_bytes(4, "big") + packet)
    return f"{len(packets)} packets, sha256 {digest.hexdigest()[:16]}"
