"""Images: the image itself as a ``data:`` URL, with the size that its header says; no pixel is decoded."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import (
    Image,
    ParsedContent,
    ParseFailed,
    ParseRequest,
    Place,
    media_types,
)
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from modkit import UNSET

_STAGE: Final = "reading the image"
_JPEG_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_MOST_TIFF_TAGS: Final = 512


def parse_image_file(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return one image block."""
    data = path.read_bytes()
    size = image_size(data, request.media_type)
    if size is None:
        reason = "its header does not say how large it is"
        raise ParseFailed(request.filename, request.media_type, reason)
    budget.use_text(len(data) * 4 // 3, _STAGE)
    encoded = base64.b64encode(data).decode("ascii")
    builder = BlockBuilder(budget, _STAGE)
    builder.at(Place())
    builder.add(
        Image(
            alt=UNSET,
            src=f"data:{request.media_type};base64,{encoded}",
            media_type=request.media_type,
            width=size[0],
            height=size[1],
        )
    )
    return ParsedContent(blocks=builder.finish())


def image_size(data: bytes, media_type: str) -> tuple[int, int] | None:
    """Return width and height in pixels, or None where the header of the image does not say."""
    size: tuple[int, int] | None = None
    if media_type == media_types.PNG and data[12:16] == b"IHDR" and len(data) >= 24:
        size = _big(data[16:20]), _big(data[20:24])
    elif media_type == media_types.GIF and len(data) >= 10:
        size = _little(data[6:8]), _little(data[8:10])
    elif media_type == media_types.BMP and len(data) >= 26:
        size = _bmp_size(data)
    elif media_type == media_types.JPEG:
        size = _jpeg_size(data)
    elif media_type == media_types.WEBP:
        size = _webp_size(data)
    elif media_type == media_types.TIFF:
        size = _tiff_size(data)
    return size


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _bmp_size(data: bytes) -> tuple[int, int]:
    if _little(data[14:18]) == 12:  # the header of OS/2
        return _little(data[18:20]), _little(data[20:22])
    width, height = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (18, 22))
    return abs(width), abs(height)  # a negative height means that the first row is the top


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the first that starts a frame (ITU-T T.81, B.2.2)."""
    for marker, start in _jpeg_segments(data):
        if marker in _JPEG_SIZES:
            frame = data[start : start + 5]  # precision, height, width
            return (_big(frame[3:5]), _big(frame[1:3])) if len(frame) == 5 else None
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _JPEG_ALONE:
            at += 2
        else:
            yield marker, at + 4
            at += 2 + max(_big(data[at + 2 : at + 4]), 2)


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind, body = data[12:16], data[20:30]
    if len(body) < 10:
        return None
    if kind == b"VP8X":
        return _little(body[4:7]) + 1, _little(body[7:10]) + 1
    if kind == b"VP8L":
        bits = _little(body[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF
    return None


def _tiff_size(data: bytes) -> tuple[int, int] | None:
    read = _little if data[:2] == b"II" else _big
    start = read(data[4:8])
    count = min(read(data[start : start + 2]), _MOST_TIFF_TAGS)
    found: dict[int, int] = {}
    for at in range(start + 2, start + 2 + 12 * count, 12):
        entry = data[at : at + 12]
        if len(entry) == 12:
            is_short = read(entry[2:4]) == 3
            found[read(entry[:2])] = read(entry[8:10] if is_short else entry[8:12])
    if _TIFF_WIDTH in found and _TIFF_HEIGHT in found:
        return found[_TIFF_WIDTH], found[_TIFF_HEIGHT]
    return None
