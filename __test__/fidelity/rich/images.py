"""Small images, different from each other."""

import struct
import zlib


def png(side=2, shade=0x40):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    rows = b"".join(b"\0" + bytes([shade, 0x80, 0xC0]) * side for _ in range(side))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


# Only its first and last bytes are those of a JPEG: nobody here decodes it.
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + bytes(range(64)) + b"\xff\xd9"
