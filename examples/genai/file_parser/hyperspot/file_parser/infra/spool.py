"""TemporaryFileSpool: uploads as temporary files."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from anyio import CancelScope, to_thread
from attrs import define

from hyperspot.file_parser.contract.errors import EmptyFile, FileTooLarge, SpoolFailed
from hyperspot.file_parser.domain.ports import Spool

_FLUSH_BYTES = 256 * 1024


@define
class TemporaryFileSpool(Spool):
    """Spools into one folder; memory holds at most 256 KiB and one chunk per upload.

    Attributes:
        folder: Existing folder, or empty for the system's temporary folder.
    """

    folder: str = ""

    @asynccontextmanager
    async def keep(
        self, content: AsyncIterable[bytes], *, filename: str, limit_bytes: int
    ) -> AsyncGenerator[Path]:
        """See `Spool.keep`."""
        file = await self._create(filename)
        try:
            try:
                await _write(file, content, filename, limit_bytes)
            finally:
                file.close()
            yield Path(file.name)
        finally:
            with CancelScope(shield=True):  # a cancelled upload must not leave its file behind
                await to_thread.run_sync(_remove, Path(file.name))

    async def _create(self, filename: str) -> IO[bytes]:
        try:
            return tempfile.NamedTemporaryFile(
                prefix="file-parser-", dir=self.folder or None, delete=False
            )
        except OSError as error:
            raise SpoolFailed(filename) from error


async def _write(
    file: IO[bytes], content: AsyncIterable[bytes], filename: str, limit_bytes: int
) -> None:
    size = 0
    pending = bytearray()
    async for chunk in content:
        size += len(chunk)
        if size > limit_bytes:
            raise FileTooLarge(filename, limit_bytes)
        pending += chunk
        if len(pending) >= _FLUSH_BYTES:
            await _flush(file, pending, filename)
            pending = bytearray()
    if not size:
        raise EmptyFile(filename)
    await _flush(file, pending, filename)


async def _flush(file: IO[bytes], pending: bytearray, filename: str) -> None:
    def write() -> None:
        file.write(pending)
        file.flush()

    try:
        await to_thread.run_sync(write)
    except OSError as error:
        raise SpoolFailed(filename) from error


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
