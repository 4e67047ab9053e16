"""A ZIP file, opened and unpacked within limits."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import ParseFailed, ParseLimitExceeded, ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra.members import MemberUnreadable

_CHUNK_BYTES: Final = 64 * 1024
_DIRECTORY_BYTES_PER_MEMBER: Final = 512  # 46 and the name; in memory it takes a hundred times that
_READ_METHODS: Final = frozenset([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
_ENCRYPTED: Final = 0x1
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # offsets outside the file, names in no charset
    RuntimeError,  # what zipfile does not know
    OverflowError,
)


class _DirectoryTooLarge(Exception):
    """The directory lists more members than are allowed."""


class _BoundedFile(FileIO):
    """A file of which nothing is read in one piece but a directory of reasonable size."""

    max_piece_bytes = _CHUNK_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        if size is not None and size > max(self.max_piece_bytes, _CHUNK_BYTES):
            raise _DirectoryTooLarge
        return super().read(size)


@contextmanager
def open_zip(path: Path, request: ParseRequest) -> Generator[zipfile.ZipFile]:
    """Open the ZIP file at *path*.

    Raises:
        ParseFailed: It is damaged.
        ParseLimitExceeded: It has too many members.
    """
    most = request.limits.max_members
    with _BoundedFile(path) as file:
        file.max_piece_bytes = most * _DIRECTORY_BYTES_PER_MEMBER
        try:
            archive = zipfile.ZipFile(file)
        except _DirectoryTooLarge as error:
            raise ParseLimitExceeded(
                request.filename, "max_members", most, "reading the directory"
            ) from error
        except _DAMAGED as error:
            raise ParseFailed(request.filename, request.media_type, str(error)) from error
        with archive:
            yield archive


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Return whether *member* needs a password."""
    return bool(member.flag_bits & _ENCRYPTED)


def unpacked(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    budget: Budget,
    stage: str = "unpacking members",
) -> Iterator[bytes]:
    """Yield the bytes of *member* in pieces of at most 64 KiB, each counted before the next is unpacked.

    Raises:
        MemberUnreadable: The member is encrypted, damaged, or packed in an uncommon way.
    """
    if is_encrypted(member):
        raise MemberUnreadable("it is encrypted")
    if member.compress_type not in _READ_METHODS:  # Python unpacks those in pieces of any size
        raise MemberUnreadable(f"it is packed by method {member.compress_type}, which is not read")
    try:
        with archive.open(member) as stream:
            while data := stream.read(_CHUNK_BYTES):
                budget.use_decompressed(len(data), stage)
                yield data
    except _DAMAGED as error:
        raise MemberUnreadable(f"it cannot be unpacked: {error}") from error
