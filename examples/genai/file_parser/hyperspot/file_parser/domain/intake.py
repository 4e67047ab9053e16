"""Intake: makes a stream of bytes of every kind of document."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from contextlib import asynccontextmanager

from attrs import frozen

from hyperspot.file_parser.contract.document_input import (
    DocumentInput,
    LocalFile,
    RemoteFile,
    UploadedFile,
)
from hyperspot.file_parser.contract.models import (
    DocumentSource,
    LocalPathSource,
    UploadedSource,
    UrlSource,
)
from hyperspot.file_parser.domain.declared_type import DeclaredType
from hyperspot.file_parser.domain.file_name import display_name
from hyperspot.file_parser.domain.ports import Downloader, LocalFiles
from hyperspot.file_parser.domain.tenant_rules import TenantRules


@frozen(kw_only=True)
class Incoming:
    """A document on its way in.

    Attributes:
        content: Its bytes, to be read once.
        name: What it is called in messages.
        is_named: Whether somebody gave it that name.
        declared: What it is said to be.
        source: Where it comes from.
    """

    content: AsyncIterable[bytes]
    name: str
    is_named: bool
    declared: DeclaredType
    source: DocumentSource


@frozen
class Intake:
    """Opens documents wherever they are.

    Attributes:
        _local_files: The files of the server, by the `TenantRules.local_base_dir` that opens them.
        _downloader: Fetches the others.
    """

    _local_files: Mapping[str, LocalFiles]
    _downloader: Downloader

    @asynccontextmanager
    async def open(self, document: DocumentInput, rules: TenantRules) -> AsyncGenerator[Incoming]:
        """Open *document* as *rules* allow; its bytes are read inside the context.

        Raises:
            PlatformError: What the ports declare.
        """
        limit_bytes = rules.max_file_size_bytes
        match document:
            case UploadedFile():
                yield _incoming(
                    document.content, document.filename, document.media_type, UploadedSource()
                )
            case LocalFile():
                async with self._local_files[rules.local_base_dir].open(
                    document.path, limit_bytes=limit_bytes
                ) as content:
                    yield _incoming(
                        content, document.path, None, LocalPathSource(path=document.path)
                    )
            case RemoteFile():
                async with self._downloader.open(document.url, limit_bytes=limit_bytes) as found:
                    yield _incoming(
                        found.content, found.filename, found.media_type, UrlSource(url=found.url)
                    )


def _incoming(
    content: AsyncIterable[bytes],
    filename: str | None,
    media_type: str | None,
    source: DocumentSource,
) -> Incoming:
    return Incoming(
        content=content,
        name=display_name(filename),
        is_named=bool(filename),
        declared=DeclaredType.parse(media_type),
        source=source,
    )
