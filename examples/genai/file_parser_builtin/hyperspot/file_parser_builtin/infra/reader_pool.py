"""ReaderPool: processes that read documents, started when needed and replaced when they fail."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final

from anyio import CancelScope, CapacityLimiter, fail_after, to_thread
from attrs import define, field

from hyperspot.file_parser.contract import ParsedContent, ParseLimitExceeded, Report
from hyperspot.file_parser_builtin.infra.outcome import Job, Outcome, ReaderGone, content_or_error
from hyperspot.file_parser_builtin.infra.reader_client import ReaderClient, decoded

_COMMAND: Final = (
    *(sys.executable, "-P", "-m"),
    f"{__package__}.reader_process",
)
_GRACE_S: Final = 1.0  # a reader that notices its time limit itself says where it was
_LOG: Final = logging.getLogger(__name__)


class IsolationMissing(Exception):
    """This system cannot wall in a process that reads documents; the message names what it lacks."""


@define
class ReaderPool:
    """Use it with ``async with``: what it started has ended when that ends.

    Attributes:
        processes: How many documents are read at once; the others wait.
        command: Starts a reader process.
    """

    _processes: CapacityLimiter = field(factory=lambda: CapacityLimiter(2))
    _command: Sequence[str] = _COMMAND
    _idle: list[ReaderClient] = field(factory=list[ReaderClient], init=False)
    _is_warned: bool = field(default=False, init=False)

    async def __aenter__(self) -> ReaderPool:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with CancelScope(shield=True):
            while self._idle:
                await self._idle.pop().kill()

    async def require_walls(self) -> None:
        """Check that documents are read behind every wall.

        Raises:
            IsolationMissing: This system lacks one.
        """
        client = await self._start()
        self._idle.append(client)
        if client.missing_walls:
            raise IsolationMissing(
                f"documents are to be read behind walls, but this system has no {client.missing_walls}; use a Linux "
                "kernel that has it, or set isolation to 'prefer'"
            )

    async def read(self, job: Job, report: Report) -> ParsedContent:
        """Have a document read; a cancelled or late reading is ended at once.

        Raises:
            ParseFailed: The document is damaged, or what read it died of it.
            DocumentEncrypted: It needs a password.
            ParseLimitExceeded: A limit is not enough.
            ReaderBroken: A reader has a bug.
        """
        async with self._processes:
            outcome = None
            while self._idle and outcome is None:
                with suppress(
                    ReaderGone
                ):  # it ended while it was idle, and this document is innocent of that
                    outcome = await self._read_by(self._idle.pop(), job, report)
            if outcome is None:
                outcome = await self._read_by(await self._start(), job, report)
            # In a thread: a large document takes a while.
            return content_or_error(
                await to_thread.run_sync(decoded, outcome), job.request.filename
            )

    async def _read_by(self, client: ReaderClient, job: Job, report: Report) -> Outcome | bytes:
        limits = job.request.limits
        try:
            with fail_after(limits.timeout_s + _GRACE_S):
                return await client.read(job, report)
        except TimeoutError as error:
            raise ParseLimitExceeded(
                job.request.filename, "timeout_s", limits.timeout_s, client.stage
            ) from error
        finally:
            if client.is_ready:
                self._idle.append(client)
            else:
                with CancelScope(shield=True):
                    await client.kill()

    async def _start(self) -> ReaderClient:
        environment = {
            "PATH": os.defpath,
            "LC_ALL": "C.UTF-8",
        }  # nothing that the platform keeps in its own
        if path := os.environ.get("PYTHONPATH"):
            environment["PYTHONPATH"] = path
        client = await ReaderClient.start(self._command, environment)
        if client.missing_walls and not self._is_warned:
            self._is_warned = True
            _LOG.warning(
                "this system has no %s: documents are read within limits, but without these walls",
                client.missing_walls,
            )
        return client
