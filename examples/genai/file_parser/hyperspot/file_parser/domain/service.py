"""FileParserService: takes a file in, finds out what it is, and has the right worker parse it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import Final

from anyio import fail_after, to_thread
from attrs import define

from hyperspot.file_parser.config import FileParserConfig
from hyperspot.file_parser.contract.client import FileParserClient
from hyperspot.file_parser.contract.errors import (
    NoParserAvailable,
    ParseLimitExceeded,
    ParserCrashed,
    UnsupportedFileType,
)
from hyperspot.file_parser.contract.models import (
    DocumentMeta,
    FileFormat,
    ParsedDocument,
    ParseResult,
    ParserInfo,
    ParserWorker,
    UploadedSource,
)
from hyperspot.file_parser.contract.plugin import (
    DocumentParser,
    ParsedContent,
    ParseRequest,
    formats_of,
)
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser.domain.declared_type import DeclaredType
from hyperspot.file_parser.domain.markdown import render_markdown as rendered
from hyperspot.file_parser.domain.ports import Spool
from modkit import UNSET
from modkit.plugins import Plugin, PluginEntry, Plugins
from modkit.security import SecurityContext
from modkit_errors import PlatformError

_MAX_NAME_CHARS: Final = 255


@define
class FileParserService(FileParserClient):
    """The gateway: it never parses itself."""

    _workers: Plugins[DocumentParser]
    _spool: Spool
    _config: FileParserConfig

    async def info(self, ctx: SecurityContext) -> ParserInfo:  # noqa: ARG002 - the same for every caller
        """See `FileParserClient.info`."""
        workers = tuple(_describe(entry.plugin) for entry in self._workers.all())
        return ParserInfo(
            supported_extensions={worker.id: _extensions(worker) for worker in workers},
            workers=workers,
            max_file_size_bytes=self._config.max_file_size_bytes,
        )

    async def parse(
        self,
        ctx: SecurityContext,
        content: AsyncIterable[bytes],
        *,
        filename: str | None = None,
        media_type: str | None = None,
        render_markdown: bool = False,
    ) -> ParseResult:
        """See `FileParserClient.parse`."""
        document = await self._document(ctx, content, filename, media_type)
        if not render_markdown:
            return ParseResult(document=document)
        markdown = await to_thread.run_sync(lambda: "".join(rendered(document.blocks)))
        return ParseResult(document=document, markdown=markdown)

    async def parse_markdown(
        self,
        ctx: SecurityContext,
        content: AsyncIterable[bytes],
        *,
        filename: str | None = None,
        media_type: str | None = None,
    ) -> AsyncIterator[str]:
        """See `FileParserClient.parse_markdown`."""
        document = await self._document(ctx, content, filename, media_type)
        return _stream(document)

    async def _document(
        self,
        ctx: SecurityContext,
        content: AsyncIterable[bytes],
        filename: str | None,
        media_type: str | None,
    ) -> ParsedDocument:
        name = _display_name(filename)
        declared = DeclaredType.parse(media_type)
        limit = self._config.max_file_size_bytes
        async with self._spool.keep(content, filename=name, limit_bytes=limit) as path:
            found = await to_thread.run_sync(
                lambda: sniff(
                    path, filename=name, declared=declared.media_type, formats=self._formats()
                )
            )
            if found is None:
                raise UnsupportedFileType(name, declared.media_type)
            request = ParseRequest(
                filename=name,
                media_type=found,
                charset=declared.charset,
                limits=self._config.limits,
            )
            parsed = await self._run(self._choose(request), ctx, path, request)
        return _assemble(parsed, found, filename and name)

    def _formats(self) -> list[FileFormat]:
        return [item for entry in self._workers.all() for item in formats_of(entry.plugin)]

    def _choose(self, request: ParseRequest) -> PluginEntry[DocumentParser]:
        for entry in self._workers.all():
            if any(item.media_type == request.media_type for item in formats_of(entry.plugin)):
                return entry
        raise NoParserAvailable(request.filename, request.media_type)

    async def _run(
        self,
        worker: PluginEntry[DocumentParser],
        ctx: SecurityContext,
        path: Path,
        request: ParseRequest,
    ) -> ParsedContent:
        timeout_s = request.limits.timeout_s
        try:
            with fail_after(timeout_s):
                return await worker.client.parse(ctx, path, request)
        except PlatformError:
            raise
        except TimeoutError as error:
            raise ParseLimitExceeded(request.filename, "timeout_s", timeout_s, "parsing") from error
        except Exception as error:
            raise ParserCrashed(request.filename, worker.plugin.id) from error


def _assemble(parsed: ParsedContent, media_type: str, filename: str | None) -> ParsedDocument:
    charset = f"; charset={parsed.charset}" if parsed.charset else ""
    return ParsedDocument(
        title=parsed.title,
        language=parsed.language,
        meta=DocumentMeta(
            source=UploadedSource(),
            original_filename=filename or UNSET,
            content_type=media_type + charset,
            author=parsed.author,
            created_at=parsed.created_at,
            modified_at=parsed.modified_at,
        ),
        blocks=parsed.blocks,
    )


async def _stream(document: ParsedDocument) -> AsyncIterator[str]:
    for piece in rendered(document.blocks):
        yield piece


def _describe(plugin: Plugin) -> ParserWorker:
    return ParserWorker(
        id=plugin.id,
        vendor=plugin.vendor,
        priority=plugin.priority,
        formats=formats_of(plugin),
    )


def _extensions(worker: ParserWorker) -> tuple[str, ...]:
    return tuple(sorted({name for item in worker.formats for name in item.extensions}))


def _display_name(filename: str | None) -> str:
    """Return the last segment of a path of any system, without control characters, at most 255 characters."""
    name = (filename or "").replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in name if character.isprintable())
    return printable[-_MAX_NAME_CHARS:].strip() or "unnamed"
