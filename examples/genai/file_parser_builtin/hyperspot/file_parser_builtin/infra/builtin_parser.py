"""BuiltinParser: the worker itself; it has documents read in processes that it can end."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract import (
    DocumentParser,
    ParsedContent,
    ParseRequest,
    Report,
    parser_plugin,
    unreported,
)
from hyperspot.file_parser_builtin.infra.formats import FORMATS
from hyperspot.file_parser_builtin.infra.outcome import Job
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from modkit.security import SecurityContext

PLUGIN: Final = parser_plugin(
    plugin_id="builtin", vendor="hyperspot", formats=[item.described() for item in FORMATS]
)


@frozen
class BuiltinParser(DocumentParser):
    """Parses common formats, each document in a process of its own.

    A library that crashes, never ends or takes all memory on a hostile document ends that process, not the platform,
    and the event loop goes on meanwhile.
    """

    _pool: ReaderPool

    async def parse(
        self,
        ctx: SecurityContext,  # noqa: ARG002 - parsing is the same for every caller
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,
    ) -> ParsedContent:
        """See `DocumentParser.parse`; a cancelled or late parse is ended at once."""
        return await self._pool.read(Job.of(path, request), report)
