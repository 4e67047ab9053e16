"""BuiltinParser: the worker itself; it has documents read in processes that it can end."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Final

from anyio import BrokenWorkerProcess, CapacityLimiter, fail_after, to_process, to_thread
from attrs import field, frozen

from hyperspot.file_parser.contract import (
    DocumentParser,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseRequest,
    Report,
    parser_plugin,
    unreported,
)
from hyperspot.file_parser_builtin.infra.formats import FORMATS
from hyperspot.file_parser_builtin.infra.reading_process import (
    Breakdown,
    Outcome,
    Refusal,
    parse_in_process,
)
from modkit.security import SecurityContext

PLUGIN: Final = parser_plugin(
    plugin_id="builtin", vendor="hyperspot", formats=[item.described() for item in FORMATS]
)
_GRACE_S: Final = 1.0  # a reader that notices its time limit itself says where it was


class ReaderBroken(Exception):
    """A reader failed in a way that it does not declare; the message is its traceback."""


@frozen
class BuiltinParser(DocumentParser):
    """Parses common formats, each document in a process of its own that is kept for the next one.

    A library that crashes, never ends or takes all memory on a hostile document ends that process, not the platform,
    and the event loop goes on meanwhile.

    Attributes:
        processes: How many documents are parsed at once; the others wait.
        max_memory_bytes: Most memory of one process.
    """

    _processes: CapacityLimiter = field(factory=lambda: CapacityLimiter(2))
    _max_memory_bytes: int = 2 * 1024**3

    async def parse(
        self,
        ctx: SecurityContext,  # noqa: ARG002 - parsing is the same for every caller
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,  # noqa: ARG002 - the process reads on in silence
    ) -> ParsedContent:
        """See `DocumentParser.parse`; a cancelled or late parse is ended at once."""
        timeout_s = request.limits.timeout_s
        async with self._processes:
            try:
                with fail_after(timeout_s + _GRACE_S):
                    pickled = await to_process.run_sync(
                        parse_in_process,
                        path,
                        request,
                        self._max_memory_bytes,
                        cancellable=True,
                        limiter=CapacityLimiter(1),
                    )
            except TimeoutError as error:
                raise ParseLimitExceeded(
                    request.filename, "timeout_s", timeout_s, "parsing"
                ) from error
            except BrokenWorkerProcess as error:
                reason = "reading it ended the process that did so"
                raise ParseFailed(request.filename, request.media_type, reason) from error
        # In a thread, for a large document takes seconds; from our own process, hence safe.
        outcome: Outcome = await to_thread.run_sync(pickle.loads, pickled)
        if isinstance(outcome, Refusal):
            raise outcome.error()
        if isinstance(outcome, Breakdown):
            raise ReaderBroken(outcome.report)
        return outcome
