"""ReaderClient: the platform's end of one process that reads documents."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import anyio
from anyio import BrokenResourceError, CancelScope, ClosedResourceError, EndOfStream, IncompleteRead
from anyio.abc import ByteSendStream, Process
from anyio.streams.buffered import BufferedByteReceiveStream
from attrs import define, field

from hyperspot.file_parser.contract import ParseLimitExceeded, ParseProgress, ParseRequest, Report
from hyperspot.file_parser_builtin.infra.frames import (
    DATA,
    END,
    HEAD,
    OUTCOME,
    PROGRESS,
    PROGRESS_EVERY_S,
    TAKEN,
    WALLS,
)
from hyperspot.file_parser_builtin.infra.outcome import (
    Exceeded,
    Failed,
    Job,
    Outcome,
    ReaderBroken,
    ReaderGone,
)
from modkit.codec import decoder, encoder
from modkit_errors import PlatformError

_GONE: Final = (EndOfStream, IncompleteRead, BrokenResourceError, ClosedResourceError, OSError)
_MAX_PROGRESS_BYTES: Final = 4096
_SPARE_PROGRESS: Final = 20  # for what a reader says after its time, until it is ended
_MAX_STAGE_CHARS: Final = 200
_ENCODE: Final = encoder(Job)
_DECODE: Final = decoder(Outcome, max_depth=128)  # two for each of the 48 that ``max_depth`` may be
_DECODE_PROGRESS: Final = decoder(ParseProgress)


def decoded(outcome: Outcome | bytes) -> Outcome:
    """Return an outcome that may still be as it was written.

    Raises:
        ReaderBroken: It is not written as readers write.
    """
    if not isinstance(outcome, bytes):
        return outcome
    try:
        return _DECODE(outcome)
    except PlatformError as error:
        raise ReaderBroken(f"a reader wrote what is no outcome: {error}") from error


@define
class ReaderClient:
    """One reader process; make it with `start`.

    Attributes:
        missing_walls: Names of the walls that its system does not have.
        stage: What the child was doing when it was last heard of.
        is_ready: Whether the next document can be read.
        peak_memory_bytes: Most memory that the child of the last document had resident, its libraries included.
    """

    _process: Process
    _input: ByteSendStream
    _output: BufferedByteReceiveStream
    missing_walls: str = field(default="", init=False)
    stage: str = field(default="beginning", init=False)
    is_ready: bool = field(default=True, init=False)
    peak_memory_bytes: int = field(default=0, init=False)

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str]) -> ReaderClient:
        """Start a process.

        Raises:
            ReaderBroken: It ended at once.
        """
        process = await anyio.open_process(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a document makes a library print is not for our log
            cwd="/",
            env=environment,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        client = cls(process, process.stdin, BufferedByteReceiveStream(process.stdout))
        try:
            client.missing_walls = await client._greeting()
        except BaseException:  # a cancelled start has no other owner who could end the process
            with CancelScope(shield=True):
                await client.kill()
            raise
        return client

    async def read(self, job: Job, report: Report) -> Outcome | bytes:
        """Have a document read, and return the outcome, which `decoded` reads.

        Raises:
            ParseLimitExceeded: The outcome is too large.
            ReaderGone: The process had ended before; another one can read the document.
            ReaderBroken: The process has ended, or does not keep to the protocol.
        """
        self.is_ready = False
        self.stage = "beginning"
        try:
            await self._hand_over(job)
            outcome = await self._until_end(job.request, report)
        except _GONE as error:
            raise ReaderBroken("the process that reads documents has ended") from error
        self.is_ready = True
        return outcome

    async def kill(self) -> None:
        """End the process, and its child with it."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.aclose()

    async def _greeting(self) -> str:
        try:
            kind, data = await self._frame()
        except _GONE as error:
            raise ReaderBroken("the process that reads documents does not start") from error
        if kind != WALLS:
            raise ReaderBroken(
                f"the process that reads documents began with a frame of kind {kind}"
            )
        return data.decode("ascii", "replace")

    async def _hand_over(self, job: Job) -> None:
        try:
            await self._input.send(_ENCODE(job) + b"\n")
            kind, _ = await self._frame()
        except _GONE as error:
            raise ReaderGone("the process that reads documents had ended") from error
        if kind != TAKEN:
            raise ReaderBroken(f"a frame of kind {kind} instead of a receipt")

    async def _until_end(self, request: ParseRequest, report: Report) -> Outcome | bytes:
        unread = bytearray()
        left_bytes = request.limits.max_output_bytes
        left_progress = request.limits.timeout_s / PROGRESS_EVERY_S + _SPARE_PROGRESS
        outcome = b""
        while True:
            kind, data = await self._frame()
            if kind == END:
                code, cpu_s, peak_bytes = data.split()
                self.peak_memory_bytes = int(peak_bytes)
                return outcome or self._death(request, int(code), float(cpu_s))
            if kind != DATA:
                raise ReaderBroken(f"a frame of kind {kind}")
            unread += data
            left_bytes -= len(data)
            if left_bytes < 0:
                allowed = request.limits.max_output_bytes
                raise ParseLimitExceeded(
                    request.filename, "max_output_bytes", allowed, "handing over the result"
                )
            for inner, message in _messages(unread):
                if inner == OUTCOME:
                    outcome = message
                elif inner == PROGRESS and len(message) <= _MAX_PROGRESS_BYTES:
                    left_bytes += HEAD.size + len(message)  # only the result is measured
                    left_progress -= 1
                    if left_progress < 0:
                        raise ReaderBroken("a reader says too often how far it is")
                    self._progress(message, report)
                else:
                    raise ReaderBroken(f"a message of kind {inner} with {len(message)} bytes")

    def _progress(self, message: bytes, report: Report) -> None:
        try:
            progress = _DECODE_PROGRESS(message)
        except PlatformError as error:
            raise ReaderBroken(f"a reader wrote what is no progress: {error}") from error
        self.stage = progress.stage[:_MAX_STAGE_CHARS]
        report(progress)

    def _death(self, request: ParseRequest, code: int, cpu_s: float) -> Outcome:
        """Say what the child died of before it could say so itself."""
        limits = request.limits
        if cpu_s >= limits.max_cpu_s:
            return Exceeded(limit="max_cpu_s", allowed=limits.max_cpu_s, stage=self.stage)
        try:
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        except ValueError:
            how = f"signal {-code}"
        reason = f"reading it ended the process that did so, with {how}, while {self.stage}"
        return Failed(media_type=request.media_type, reason=reason)

    async def _frame(self) -> tuple[int, bytes]:
        size, kind = HEAD.unpack(await self._output.receive_exactly(HEAD.size))
        return kind, await self._output.receive_exactly(size) if size else b""


def _messages(unread: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take every whole message from the beginning of *unread*."""
    while len(unread) >= HEAD.size:
        size, kind = HEAD.unpack_from(unread)
        if len(unread) < HEAD.size + size:
            return
        message = bytes(unread[HEAD.size : HEAD.size + size])
        del unread[: HEAD.size + size]
        yield kind, message
