"""FileParserService: takes a file in, finds out what it is, and has the right worker parse it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from anyio import fail_after, to_thread
from attrs import define

from hyperspot.file_parser.contract.client import FileParserClient
from hyperspot.file_parser.contract.document_input import DocumentInput
from hyperspot.file_parser.contract.errors import (
    MediaTypeMismatch,
    NoParserAvailable,
    ParseLimitExceeded,
    ParserCrashed,
    UnsupportedFileType,
)
from hyperspot.file_parser.contract.models import (
    DocumentMeta,
    ParsedDocument,
    ParseOptions,
    ParseResult,
    ParserInfo,
    ParserWorker,
    UrlSource,
)
from hyperspot.file_parser.contract.plugin import (
    DocumentParser,
    ParsedContent,
    ParseRequest,
)
from hyperspot.file_parser.contract.progress import Report, unreported
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser.domain.admission import Admission
from hyperspot.file_parser.domain.contradiction import contradicted_type
from hyperspot.file_parser.domain.installed_workers import InstalledWorkers
from hyperspot.file_parser.domain.intake import Incoming, Intake
from hyperspot.file_parser.domain.markdown import render_markdown as rendered
from hyperspot.file_parser.domain.ports import Spool
from hyperspot.file_parser.domain.tenant_rules import RulesByTenant
from modkit import UNSET
from modkit.plugins import PluginEntry
from modkit.security import SecurityContext
from modkit_errors import PlatformError

_AS_IT_IS: Final = ParseOptions()


@define
class FileParserService(FileParserClient):
    """The gateway: it never parses itself."""

    _workers: InstalledWorkers
    _rules: RulesByTenant
    _intake: Intake
    _spool: Spool
    _admission: Admission

    async def info(self, ctx: SecurityContext) -> ParserInfo:
        """See `FileParserClient.info`."""
        rules = self._rules.for_caller(ctx)
        workers = self._workers.described(rules)
        return ParserInfo(
            supported_extensions={worker.id: _extensions(worker) for worker in workers},
            workers=workers,
            max_file_size_bytes=rules.max_file_size_bytes,
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
        rules = self._rules.for_caller(ctx)
        limit_bytes = rules.max_file_size_bytes
        async with AsyncExitStack() as opened:
            opened.enter_context(self._admission.place())
            async with self._intake.open(document, rules) as incoming:
                self._check_type(incoming)
                keeping = self._spool.keep(
                    incoming.content, filename=incoming.name, limit_bytes=limit_bytes
                )
                path = await opened.enter_async_context(keeping)
            request = ParseRequest(
                filename=incoming.name,
                media_type=await self._recognise(path, incoming),
                charset=incoming.declared.charset,
                options=options,
                limits=rules.limits,
            )
            worker = self._workers.choose(request.media_type, rules)
            if worker is None:
                raise NoParserAvailable(request.filename, request.media_type)
            parsed = await _run(worker, ctx, path, request, report)
        return _assemble(parsed, request, incoming)

    def _check_type(self, incoming: Incoming) -> None:
        """Refuse a download that is declared as another type than it has the name of."""
        if not isinstance(incoming.source, UrlSource):
            return  # who uploads a file labels it as they like
        declared = incoming.declared.media_type
        if expected := contradicted_type(incoming.name, declared, self._workers.formats()):
            raise MediaTypeMismatch(incoming.name, declared, expected)

    async def _recognise(self, path: Path, incoming: Incoming) -> str:
        declared = incoming.declared.media_type
        formats = self._workers.formats()
        found = await to_thread.run_sync(
            lambda: sniff(path, filename=incoming.name, declared=declared, formats=formats)
        )
        if found is None:
            raise UnsupportedFileType(incoming.name, declared)
        return found


async def _run(
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


def _extensions(worker: ParserWorker) -> tuple[str, ...]:
    return tuple(sorted({name for item in worker.formats for name in item.extensions}))
