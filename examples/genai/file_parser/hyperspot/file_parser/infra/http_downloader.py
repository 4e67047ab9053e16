"""HttpDownloader: fetches files over HTTP, within the rules of the egress policy."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from attrs import frozen

from hyperspot.file_parser.contract.errors import FileTooLarge
from hyperspot.file_parser.domain.file_name import display_name
from hyperspot.file_parser.domain.ports import Download, Downloader
from hyperspot.file_parser.domain.remote_name import name_of_download, shown_address
from modkit.http import HttpClient, HttpClientConfig, ResponseTooLarge


@frozen
class HttpDownloader(Downloader):
    """Streams answers; memory holds one piece of each.

    A client for each file: the next one is seldom of the same server, and a platform that fetches none loads no client.
    """

    _config: HttpClientConfig

    @asynccontextmanager
    async def open(self, url: str, *, limit_bytes: int) -> AsyncGenerator[Download]:
        """See `Downloader.open`."""
        disposition = ""
        try:
            async with (
                HttpClient.open(self._config) as client,
                client.stream("GET", url, max_response_bytes=limit_bytes) as response,
            ):
                disposition = response.checked().headers.get("content-disposition", "")
                yield Download(
                    url=shown_address(url),
                    content=response.chunks(),
                    filename=name_of_download(url, disposition),
                    media_type=response.headers.get("content-type"),
                )
        except ResponseTooLarge as error:
            name = display_name(name_of_download(url, disposition))
            raise FileTooLarge(name, limit_bytes) from error
