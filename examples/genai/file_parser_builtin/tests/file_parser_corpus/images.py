"""Images of one pixel row, or of a header alone where the rest is not read."""

import struct
import zlib
from collections.abc import Callable, Mapping


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    )


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 7) + b"hello"
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + comment + b"\xff" + frame + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b";"


def webp(width: int, height: int) -> bytes:
    body = struct.pack("<4sI", b"VP8X", 10) + bytes(4)
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def bmp(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IIIIii", 54, 0, 54, 40, width, -height) + bytes(28)


def tiff(width: int, height: int) -> bytes:
    entries = struct.pack(">HHIHH", 256, 3, 1, width, 0) + struct.pack(">HHII", 257, 4, 1, height)
    return b"MM\0*" + struct.pack(">IH", 8, 2) + entries + bytes(4)


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "red.png": lambda: png(3, 2),
    "frame.jpg": lambda: jpeg(640, 480),
    "dot.gif": lambda: gif(7, 5),
    "wide.webp": lambda: webp(4000, 300),
    "upside_down.bmp": lambda: bmp(12, 34),
    "scan.tiff": lambda: tiff(1700, 2200),
}
