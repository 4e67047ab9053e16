"""What goes into a process that reads documents, and what may come out of it: values of these types and nothing else.

They cross as JSON. A pickle could do anything to whoever opens it, and what reads a hostile document may itself have
become hostile.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from attrs import frozen

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseRequest,
)
from modkit import Meta
from modkit_errors import PlatformError

_MAX_REPORT_CHARS: Final = 20_000
_MAX_REASON_CHARS: Final = 2_000
_MAX_NAME_CHARS: Final = 200

_Name: TypeAlias = Annotated[str, Meta(max_length=_MAX_NAME_CHARS)]
_Reason: TypeAlias = Annotated[str, Meta(max_length=_MAX_REASON_CHARS)]
_Traceback: TypeAlias = Annotated[str, Meta(max_length=_MAX_REPORT_CHARS)]


class ReaderBroken(Exception):
    """A reader failed in a way that it does not declare; the message is its traceback."""


class ReaderGone(ReaderBroken):
    """A reader ended before it took the document."""


@frozen(kw_only=True)
class Job:
    """A document to read; its path is absolute."""

    path: str
    request: ParseRequest

    @classmethod
    def of(cls, path: Path, request: ParseRequest) -> Job:
        """Return the job of reading the file at *path*."""
        return cls(path=str(path.absolute()), request=request)


@frozen(kw_only=True)
class Read:
    """The document was read."""

    type: Literal["read"] = "read"
    content: ParsedContent


@frozen(kw_only=True)
class Failed:
    """The document is damaged."""

    type: Literal["failed"] = "failed"
    media_type: _Name
    reason: _Reason


@frozen(kw_only=True)
class Encrypted:
    """The document needs a password."""

    type: Literal["encrypted"] = "encrypted"
    media_type: _Name


@frozen(kw_only=True)
class Exceeded:
    """The document needs more than a limit allows."""

    type: Literal["exceeded"] = "exceeded"
    limit: _Name
    allowed: float
    stage: _Name


@frozen(kw_only=True)
class Broken:
    """A reader has a bug; the report is its traceback."""

    type: Literal["broken"] = "broken"
    report: _Traceback


Outcome: TypeAlias = Read | Failed | Encrypted | Exceeded | Broken


def refusal(error: PlatformError) -> Outcome:
    """Return a declared error of a reader as a value; any other is a bug of the reader."""
    match error:
        case ParseFailed():
            return Failed(
                media_type=error.media_type[:_MAX_NAME_CHARS],
                reason=error.reason[:_MAX_REASON_CHARS],
            )
        case DocumentEncrypted():
            return Encrypted(media_type=error.media_type[:_MAX_NAME_CHARS])
        case ParseLimitExceeded():
            return exceeded(error.limit, error.allowed, error.stage)
        case _:
            return Broken(report=f"undeclared: {error!r}"[:_MAX_REPORT_CHARS])


def exceeded(limit: str, allowed: float, stage: str) -> Exceeded:
    """Return a limit that was not enough as a value."""
    return Exceeded(limit=limit, allowed=allowed, stage=stage[:_MAX_NAME_CHARS])


def broken(report: str) -> Broken:
    """Return a bug of a reader as a value; the end of a traceback says most."""
    return Broken(report=report[-_MAX_REPORT_CHARS:])


def content_or_error(outcome: Outcome, filename: str) -> ParsedContent:
    """Return what was read of the file *filename*.

    Raises:
        ParseFailed: It is damaged.
        DocumentEncrypted: It needs a password.
        ParseLimitExceeded: A limit is not enough.
        ReaderBroken: A reader has a bug.
    """
    match outcome:
        case Read():
            return outcome.content
        case Failed():
            raise ParseFailed(filename, outcome.media_type, outcome.reason)
        case Encrypted():
            raise DocumentEncrypted(filename, outcome.media_type)
        case Exceeded():
            raise ParseLimitExceeded(filename, outcome.limit, outcome.allowed, outcome.stage)
        case Broken():
            raise ReaderBroken(outcome.report)
