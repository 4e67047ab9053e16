"""FileParserService: takes a file in, finds out what it is, and has the right worker parse it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from anyio import fail_after, to_thread
from attrs import define

from hyperspot.file_parser.config import FileParserConfig
from hyperspot.file_parser.contract.client import FileParserClient
from hyperspot.file_parser.contract.document_input import DocumentInput
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
    ParseOptions,
    ParseResult,
    ParserInfo,
    ParserWorker,
)
from hyperspot.file_parser.contract.plugin import (
    DocumentParser,
    ParsedContent,
    ParseRequest,
    formats_of,
)
from hyperspot.file_parser.contract.progress import Report, unreported
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser.domain.intake import Incoming, Intake
from hyperspot.file_parser.domain.markdown import render_markdown as rendered
from hyperspot.file_parser.domain.ports import Spool
from modkit import UNSET
from modkit.plugins import Plugin, PluginEntry, Plugins
from modkit.security import SecurityContext
from modkit_errors import PlatformError

_AS_IT_IS: Final = ParseOptions()


@define
class FileParserService(FileParserClient):
    """The gateway: it never parses itself."""

    _workers: Plugins[DocumentParser]
    _intake: Intake
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
        document: DocumentInput,
        *,
        options: ParseOptions = _AS_IT_IS,
        render_markdown: bool = False,
        report: Report = unreported,
    ) -> ParseResult:
        """See `FileParserClient.parse`."""
        parsed = await self._document(ctx, document, options, report)
        if not render_markdown:
            return ParseResult(document=parsed)
        markdown = await to_thread.run_sync(lambda: "".join(rendered(parsed.blocks)))
        return ParseResult(document=parsed, markdown=markdown)

    async def parse_markdown(
        self,
        ctx: SecurityContext,
        document: DocumentInput,
        *,
        options: ParseOptions = _AS_IT_IS,
        report: Report = unreported,
    ) -> AsyncIterator[str]:
        """See `FileParserClient.parse_markdown`."""
        return _stream(await self._document(ctx, document, options, report))

    async def _document(
        self,
        ctx: SecurityContext,
        document: DocumentInput,
        options: ParseOptions,
        report: Report,
    ) -> ParsedDocument:
        limit = self._config.max_file_size_bytes
        async with AsyncExitStack() as opened:
            async with self._intake.open(document, limit_bytes=limit) as incoming:
                keeping = self._spool.keep(
                    incoming.content, filename=incoming.name, limit_bytes=limit
                )
                path = await opened.enter_async_context(keeping)
            request = await self._request(path, incoming, options)
            parsed = await self._run(self._choose(request), ctx, path, request, report)
        return _assemble(parsed, request, incoming)

    async def _request(self, path: Path, incoming: Incoming, options: ParseOptions) -> ParseRequest:
        declared = incoming.declared
        formats = self._formats()
        found = await to_thread.run_sync(
            lambda: sniff(
                path, filename=incoming.name, declared=declared.media_type, formats=formats
            )
        )
        if found is None:
            raise UnsupportedFileType(incoming.name, declared.media_type)
        return ParseRequest(
            filename=incoming.name,
            media_type=found,
            charset=declared.charset,
            options=options,
            limits=self._config.limits,
        )

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
        report: Report,
    ) -> ParsedContent:
        timeout_s = request.limits.timeout_s
        try:
            with fail_after(timeout_s):
                return await worker.client.parse(ctx, path, request, report=report)
        except PlatformError:
            raise
        except TimeoutError as error:
            raise ParseLimitExceeded(request.filename, "timeout_s", timeout_s, "parsing") from error
        except Exception as error:
            raise ParserCrashed(request.filename, worker.plugin.id) from error


def _assemble(parsed: ParsedContent, request: ParseRequest, incoming: Incoming) -> ParsedDocument:
    charset = f"; charset={parsed.charset}" if parsed.charset else ""
    return ParsedDocument(
        title=parsed.title,
        language=parsed.language,
        meta=DocumentMeta(
            source=incoming.source,
            original_filename=incoming.name if incoming.is_named else UNSET,
            content_type=request.media_type + charset,
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
