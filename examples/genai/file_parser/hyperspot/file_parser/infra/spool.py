"""TemporaryFileSpool: documents as temporary files, within a bound for all together."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from anyio import CancelScope, to_thread
from attrs import define, field

from hyperspot.file_parser.contract.errors import EmptyFile, FileTooLarge, SpoolFailed, SpoolFull
from hyperspot.file_parser.domain.ports import Spool

_FLUSH_BYTES: Final = 256 * 1024
_RETRY_AFTER_S: Final = 5.0
_NO_SPACE: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


@define
class TemporaryFileSpool(Spool):
    """Spools into one folder; memory holds at most 256 KiB and one chunk per document.

    Attributes:
        folder: Existing folder that nobody else uses.
        limit_bytes: Most bytes of all files together.
        used_bytes: Bytes of all files that are there.
    """

    folder: Path
    limit_bytes: int
    used_bytes: int = field(default=0, init=False)

    @asynccontextmanager
    async def keep(
        self, content: AsyncIterable[bytes], *, filename: str, limit_bytes: int
    ) -> AsyncGenerator[Path]:
        """See `Spool.keep`."""
        file = await self._create(filename)
        spooled = _Spooled(file, filename, self)
        try:
            try:
                await spooled.fill(content, limit_bytes)
            finally:
                file.close()
            yield Path(file.name)
        finally:
            with CancelScope(shield=True):  # a cancelled upload must not leave its file behind
                await to_thread.run_sync(_remove, Path(file.name))
            self.used_bytes -= spooled.size

    async def _create(self, filename: str) -> IO[bytes]:
        try:
            return await to_thread.run_sync(
                lambda: tempfile.NamedTemporaryFile(dir=self.folder, delete=False, buffering=0)
            )
        except OSError as error:
            raise _failure(filename, error) from error


@define
class _Spooled:
    """One file on its way to the disk."""

    _file: IO[bytes]
    _filename: str
    _spool: TemporaryFileSpool
    size: int = field(default=0, init=False)

    async def fill(self, content: AsyncIterable[bytes], limit_bytes: int) -> None:
        pending = bytearray()
        async for chunk in content:
            if self.size + len(chunk) > limit_bytes:
                raise FileTooLarge(self._filename, limit_bytes)
            self._reserve(len(chunk))
            pending += chunk
            if len(pending) >= _FLUSH_BYTES:
                await self._flush(pending)
                pending = bytearray()
        if not self.size:
            raise EmptyFile(self._filename)
        await self._flush(pending)

    def _reserve(self, size: int) -> None:
        if self._spool.used_bytes + size > self._spool.limit_bytes:
            raise SpoolFull(self._filename, retry_after_s=_RETRY_AFTER_S)
        self._spool.used_bytes += size
        self.size += size

    async def _flush(self, pending: bytearray) -> None:
        def write() -> None:
            left = memoryview(pending)
            while left:
                left = left[self._file.write(left) :]

        try:
            await to_thread.run_sync(write)
        except OSError as error:
            raise _failure(self._filename, error) from error


def _failure(filename: str, error: OSError) -> SpoolFailed | SpoolFull:
    if error.errno in _NO_SPACE:
        return SpoolFull(filename, retry_after_s=_RETRY_AFTER_S)
    return SpoolFailed(filename)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
