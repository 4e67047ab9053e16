"""The kind of an OLE file (MS-CFB), seen in the names of its outermost streams."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from hyperspot.file_parser.contract.media_types import DOC, ENCRYPTED_OFFICE, MSG, OLE, PPT, XLS
from hyperspot.file_parser.contract.sniffing.bounded_file import BoundedFile

# In lower case, since the case of names does not matter.
_STREAMS: Final[tuple[tuple[str, str], ...]] = (
    ("encryptedpackage", ENCRYPTED_OFFICE),
    ("worddocument", DOC),
    ("workbook", XLS),
    ("book", XLS),
    ("powerpoint document", PPT),
    ("__properties_version1.0", MSG),
)
_ENTRY_BYTES: Final = 128
_HEADER_BYTES: Final = 512
_MAX_DIRECTORY_BYTES: Final = 256 * 1024  # 2 000 entries
_TABLES_IN_HEADER: Final = 109
_MOST_LINKS: Final = 1_000  # 8 GB
_NO_ENTRY: Final = 0xFFFFFFFF
_ENDS_CHAIN: Final = 0xFFFFFFFA  # this and greater numbers are no sectors


def ole_type(file: BoundedFile) -> str:
    """Return the media type of an OLE file; the general one for a damaged or unknown file."""
    try:
        names = _outermost_names(_directory(file))
    except (OSError, struct.error, IndexError, ValueError, OverflowError):
        return OLE
    return next((media_type for name, media_type in _STREAMS if name in names), OLE)


def _directory(file: BoundedFile) -> bytes:
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    (shift,) = struct.unpack_from("<H", header, 30)
    if shift not in (9, 12):
        raise ValueError("sectors are 512 or 4096 bytes")
    size = 1 << shift
    (sector,) = struct.unpack_from("<I", header, 48)
    found = bytearray()
    while sector < _ENDS_CHAIN and len(found) < _MAX_DIRECTORY_BYTES:
        file.seek((sector + 1) * size)
        found += file.read(size)
        table, row = divmod(sector, size // 4)
        file.seek((_table_sector(file, header, table, size) + 1) * size + 4 * row)
        (sector,) = struct.unpack("<I", file.read(4))
    return bytes(found)


def _table_sector(file: BoundedFile, header: bytes, table: int, size: int) -> int:
    """Return the sector of an allocation table; the header lists the first 109, a chain of sectors those after them."""
    sector: int
    if table < _TABLES_IN_HEADER:
        (sector,) = struct.unpack_from("<I", header, 76 + 4 * table)
        return sector
    in_sector = size // 4 - 1  # the last number is that of the next sector in the chain
    links, row = divmod(table - _TABLES_IN_HEADER, in_sector)
    if links > _MOST_LINKS:
        raise ValueError("no file is that large")
    (sector,) = struct.unpack_from("<I", header, 68)
    for offset in (*[4 * in_sector] * links, 4 * row):
        file.seek((sector + 1) * size + offset)
        (sector,) = struct.unpack("<I", file.read(4))
    return sector


def _outermost_names(directory: bytes) -> set[str]:
    names: set[str] = set()
    seen: set[int] = set()
    waiting = list(_neighbours(directory, 0))[2:]  # the child of the root storage
    while waiting:
        number = waiting.pop()
        if number == _NO_ENTRY or number in seen or (number + 1) * _ENTRY_BYTES > len(directory):
            continue
        seen.add(number)
        entry = directory[number * _ENTRY_BYTES : (number + 1) * _ENTRY_BYTES]
        names.add(entry[:64].decode("utf-16-le", "replace").partition("\0")[0].lower())
        waiting += list(_neighbours(directory, number))[:2]
    return names


def _neighbours(directory: bytes, number: int) -> Iterator[int]:
    """Yield the numbers of the left sibling, the right sibling and the child."""
    yield from struct.unpack_from("<3I", directory, number * _ENTRY_BYTES + 68)
