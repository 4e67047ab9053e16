"""What an operation that streams the progress of a parse sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Literal, TypeAlias

from attrs import frozen

from hyperspot.file_parser.contract.client import FileParserClient
from hyperspot.file_parser.contract.document_input import DocumentInput
from hyperspot.file_parser.contract.models import ParsedDocument, ParseOptions, ParseResult
from hyperspot.file_parser.contract.progress import ParseProgress, Report
from hyperspot.file_parser.domain.progress_stream import followed
from modkit import UNSET, Meta, UnsetType
from modkit.rest.events import Event
from modkit.security import SecurityContext


@frozen(kw_only=True)
class ProgressDto:
    """How far the parse is.

    Attributes:
        stage: What is being done, for people.
        done: How many pages, sheets or members are behind it.
        total: How many there are, where that is known.
    """

    type: Literal["progress"] = "progress"
    stage: str
    done: Annotated[int, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


@frozen(kw_only=True)
class ResultDto:
    """The parsed document, the last event."""

    type: Literal["result"] = "result"
    document: ParsedDocument
    markdown: str | UnsetType = UNSET


ParseEventDto: TypeAlias = ProgressDto | ResultDto


async def events_of(
    parser: FileParserClient,
    ctx: SecurityContext,
    document: DocumentInput,
    *,
    options: ParseOptions,
    render_markdown: bool,
) -> AsyncIterator[Event[ParseEventDto]]:
    """Parse *document* and yield the events of it, each named after its type; see `FileParserClient.parse`."""

    async def parse(report: Report) -> ParseResult:
        return await parser.parse(
            ctx, document, options=options, render_markdown=render_markdown, report=report
        )

    async with aclosing(followed(parse)) as items:
        async for item in items:
            yield _event(item)


def _event(item: ParseProgress | ParseResult) -> Event[ParseEventDto]:
    if isinstance(item, ParseProgress):
        progress = ProgressDto(stage=item.stage, done=item.done, total=item.total)
        return Event(progress, name="progress")
    return Event(ResultDto(document=item.document, markdown=item.markdown), name="result")
