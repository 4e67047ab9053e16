"""Records of XLSB parts (MS-XLSB 2.1.4): a type, a size, and so many bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from hyperspot.file_parser_builtin.infra.ooxml import PackageDamaged

_NO_STRING: Final = 0xFFFFFFFF
_MAX_RECORD_BYTES: Final = 1024**2  # a string has 32 767 characters at most


def records(chunks: Iterable[bytes], part: str) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of each record in *chunks*.

    Raises:
        PackageDamaged: A record is unreasonably large; the message names the *part*. An unfinished one ends the part.
    """
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        at = 0
        while (head := _head(buffer, at)) is not None:
            kind, size, start = head
            if size > _MAX_RECORD_BYTES:
                raise PackageDamaged(f"{part} has a record of {size} bytes")
            if start + size > len(buffer):
                break
            yield kind, bytes(buffer[start : start + size])
            at = start + size
        del buffer[:at]


def wide_string(record: bytes, at: int) -> tuple[str, int]:
    """Return the string that begins at *at*, and where it ends; no string is an empty one.

    Raises:
        struct.error: The record ends before the string.
    """
    (size,) = struct.unpack_from("<I", record, at)
    at += 4
    if size == _NO_STRING:
        return "", at
    end = at + 2 * size
    if end > len(record):
        raise struct.error("a string goes on behind its record")
    return record[at:end].decode("utf-16-le", "replace"), end


def _head(buffer: bytearray, at: int) -> tuple[int, int, int] | None:
    """Return type, size and place of the content of the record at *at*; None if the head is not whole yet."""
    kind, at = _number(buffer, at, most_bytes=2)
    size, at = _number(buffer, at, most_bytes=4) if at else (0, 0)
    return (kind, size, at) if at else None


def _number(buffer: bytearray, at: int, *, most_bytes: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends; 0 for the end if it does not."""
    number = 0
    for place in range(most_bytes):
        if at + place >= len(buffer):
            return 0, 0
        byte = buffer[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, at + place + 1
    return number, at + most_bytes
