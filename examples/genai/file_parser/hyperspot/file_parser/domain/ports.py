"""What file_parser needs of the world: files of the server, downloads, and a place to keep bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from attrs import frozen


class Spool(ABC):
    """Keeps the bytes of one file outside memory."""

    @abstractmethod
    def keep(
        self, content: AsyncIterable[bytes], *, filename: str, limit_bytes: int
    ) -> AbstractAsyncContextManager[Path]:
        """Write *content* to a private file that exists until the context ends.

        Raises:
            EmptyFile: There are no bytes.
            FileTooLarge: There are more than *limit_bytes*.
            SpoolFull: There is no room for them now.
            SpoolFailed: The file cannot be written.
        """


class LocalFiles(ABC):
    """The files of the server that callers may have parsed."""

    @abstractmethod
    def open(
        self, path: str, *, limit_bytes: int
    ) -> AbstractAsyncContextManager[AsyncIterable[bytes]]:
        """Open the file at *path* and give its bytes, to be read inside the context.

        Raises:
            LocalFilesClosed: No file may be parsed.
            PathNotAllowed: The path leads, or a link on it leads, out of what is allowed.
            LocalFileNotFound: There is no such file.
            LocalFileUnreadable: The system refuses to open it.
            NotARegularFile: It is a folder, a device, a pipe or a socket.
            FileTooLarge: It has more than *limit_bytes*.
        """


@frozen(kw_only=True)
class Download:
    """A file on its way from an address.

    Attributes:
        url: Where it comes from, as it may be shown.
        content: Its bytes, to be read once.
        filename: Name that the other side gave it, or None.
        media_type: Value of ``Content-Type``, or None.
    """

    url: str
    content: AsyncIterable[bytes]
    filename: str | None = None
    media_type: str | None = None


class Downloader(ABC):
    """Fetches files."""

    @abstractmethod
    def open(self, url: str, *, limit_bytes: int) -> AbstractAsyncContextManager[Download]:
        """Ask for the file at *url* and give it, to be read inside the context.

        Raises:
            InvalidUrl: The address is none that can be called.
            EgressRefused: It may not be called.
            UpstreamFailed: The other side is not there, refuses, or answers what cannot be read.
            UpstreamTooSlow: It took too long.
            FileTooLarge: It has more than *limit_bytes*; known on entering or only while reading.
        """
