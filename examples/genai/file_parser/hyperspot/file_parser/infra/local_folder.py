"""LocalFolder: the files of one folder of the server, and nothing else whatever links say."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from anyio import CancelScope, to_thread
from attrs import frozen

from hyperspot.file_parser.contract.errors import (
    FileTooLarge,
    LocalFileNotFound,
    LocalFilesClosed,
    LocalFileUnreadable,
    NotARegularFile,
    PathNotAllowed,
)
from hyperspot.file_parser.domain.file_name import display_name
from hyperspot.file_parser.domain.local_path import names_below
from hyperspot.file_parser.domain.ports import LocalFiles
from hyperspot.file_parser.infra.beneath import IS_SUPPORTED, LeadsOutside, open_beneath

_CHUNK_BYTES: Final = 256 * 1024
_MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})
_IRREGULAR: Final = frozenset({errno.ENXIO, errno.EISDIR, errno.ENODEV})


@frozen
class ClosedLocalFiles(LocalFiles):
    """No files at all."""

    @asynccontextmanager
    async def open(self, path: str, *, limit_bytes: int) -> AsyncGenerator[AsyncIterator[bytes]]:  # noqa: ARG002
        """Refuse *path*."""
        raise LocalFilesClosed(path)
        yield  # an async generator, as the port says


@frozen
class LocalFolder(LocalFiles):
    """The regular files below one folder, by absolute or relative path.

    The bytes go through the file that was checked, so nothing can be put in its place between check and use.

    Attributes:
        base: The folder, absolute.
    """

    base: Path

    @classmethod
    def at(cls, base: str) -> LocalFolder:
        """Return the files below *base*.

        Raises:
            OSError: It is no folder, or this system cannot open names relative to a folder.
        """
        if not IS_SUPPORTED:
            raise OSError(f"allowed_local_base_dir = {base!r} needs a POSIX system; leave it empty")
        if not Path(base).is_dir():
            raise NotADirectoryError(f"allowed_local_base_dir = {base!r} is not a folder")
        return cls(Path(base))

    @asynccontextmanager
    async def open(self, path: str, *, limit_bytes: int) -> AsyncGenerator[AsyncIterator[bytes]]:
        """See `LocalFiles.open`."""
        file = await to_thread.run_sync(self.opened, path)
        try:
            if os.fstat(file).st_size > limit_bytes:
                raise FileTooLarge(display_name(path), limit_bytes)
            yield _chunks(file, path)
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(os.close, file)

    def opened(self, path: str) -> int:
        """Return the file at *path*, open for reading; it is the caller's to close.

        Raises:
            PlatformError: See `LocalFiles.open`.
        """
        names = names_below(PurePosixPath(self.base), path)
        try:
            file = open_beneath(self.base, names)
        except LeadsOutside as error:
            raise PathNotAllowed(path) from error
        except OSError as error:
            raise _refusal(path, error) from error
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
        raise NotARegularFile(path)


def _refusal(
    path: str, error: OSError
) -> LocalFileNotFound | NotARegularFile | PathNotAllowed | LocalFileUnreadable:
    if error.errno in _MISSING:
        return LocalFileNotFound(path)
    if error.errno in _IRREGULAR:
        return NotARegularFile(path)
    if error.errno == errno.ELOOP:
        return PathNotAllowed(path)
    return LocalFileUnreadable(path)


async def _chunks(file: int, path: str) -> AsyncIterator[bytes]:
    try:
        while chunk := await to_thread.run_sync(os.read, file, _CHUNK_BYTES):
            yield chunk
    except OSError as error:
        raise LocalFileUnreadable(path) from error
