"""ClosedDownloads: where nothing may be fetched."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from attrs import frozen

from hyperspot.file_parser.contract.errors import DownloadsClosed
from hyperspot.file_parser.domain.ports import Download, Downloader


@frozen
class ClosedDownloads(Downloader):
    """No downloads at all."""

    @asynccontextmanager
    async def open(self, url: str, *, limit_bytes: int) -> AsyncGenerator[Download]:  # noqa: ARG002
        """Refuse *url*."""
        raise DownloadsClosed(url)
        yield  # an async generator, as the port says
