"""The errors of file_parser; every one names the file."""

from __future__ import annotations

from typing import ClassVar

from attrs import define, field

from modkit_errors import Denied, Internal, Invalid, Malformed, NotFound, PlatformError, Unavailable


def _without_full_stop(reason: str) -> str:
    """Libraries end their messages with one, and ours goes on after it."""
    return reason.rstrip(".")


@define
class EmptyFile(Malformed):
    """The file has no content."""

    template: ClassVar[str] = "{filename!r} has 0 bytes; send the content of the file."
    filename: str


@define
class FileTooLarge(PlatformError):
    """The file is larger than this installation accepts."""

    status: ClassVar[int] = 413
    grpc_code: ClassVar[str] = "RESOURCE_EXHAUSTED"
    template: ClassVar[str] = "{filename!r} has more than {limit_bytes} bytes."
    filename: str
    limit_bytes: int


@define
class UnsupportedFileType(Malformed):
    """The content is of no kind of file that is known here."""

    template: ClassVar[str] = (
        "{filename!r} is neither text nor a known document format (declared as {declared!r})."
    )
    filename: str
    declared: str


@define
class MediaTypeMismatch(Malformed):
    """The address names one kind of file, and its server answers another.

    Attributes:
        filename: Name of the file.
        declared: What the server says it is.
        expected: What the extension of the name says.
    """

    template: ClassVar[str] = (
        "{filename!r} should be {expected}, but its server declares {declared}, which is often a page that asks to log"
        " in; give the address of the file itself, or upload it."
    )
    filename: str
    declared: str
    expected: str


@define
class NoParserAvailable(PlatformError):
    """No installed worker parses this kind of file."""

    status: ClassVar[int] = 415
    grpc_code: ClassVar[str] = "UNIMPLEMENTED"
    template: ClassVar[str] = (
        "{filename!r} is {media_type}, which no installed worker parses; GET /file-parser/v1/info lists what can be."
    )
    filename: str
    media_type: str


@define
class ParseFailed(Invalid):
    """The file is damaged or not what it seems to be."""

    template: ClassVar[str] = "{filename!r} cannot be read as {media_type}: {reason}."
    filename: str
    media_type: str
    reason: str = field(converter=_without_full_stop)


@define
class DocumentEncrypted(Invalid):
    """The document is protected by a password."""

    template: ClassVar[str] = "{filename!r} is encrypted; remove the password and send it again."
    filename: str
    media_type: str


@define
class ParseLimitExceeded(Invalid):
    """The document needs more than is granted to parsing one.

    Attributes:
        filename: Name of the file.
        limit: Name of the limit, a field of ``ParseLimits``.
        allowed: Its value, in the unit that the name says.
        stage: What was being done.
    """

    template: ClassVar[str] = "{filename!r} exceeds {limit} = {allowed:.15g} while {stage}."
    filename: str
    limit: str
    allowed: float
    stage: str


@define
class ParserCrashed(Internal):
    """A worker failed in a way that it does not declare."""

    template: ClassVar[str] = "Worker {worker!r} failed on {filename!r}."
    filename: str
    worker: str


@define
class SpoolFailed(Internal):
    """The upload cannot be kept on the server while it is parsed."""

    template: ClassVar[str] = "{filename!r} cannot be stored for parsing."
    filename: str


@define
class SpoolFull(Unavailable):
    """The server has no room for one more document until others are parsed."""

    template: ClassVar[str] = (
        "{filename!r} does not fit beside the documents that wait on the server; send it again later."
    )
    filename: str


@define
class TooManyDocuments(Unavailable):
    """The server works on as many documents as it may."""

    template: ClassVar[str] = "{limit} documents are being parsed; send this one again later."
    limit: int


@define
class LocalFilesClosed(Denied):
    """This installation parses no files of its own file system."""

    template: ClassVar[str] = (
        "{path!r} is not read: no folder is open to callers. An operator opens one with"
        " modules.file_parser.config.allowed_local_base_dir; a file can also be uploaded."
    )
    path: str


@define
class PathNotAllowed(Denied):
    """The path leads out of the folder whose files may be parsed."""

    template: ClassVar[str] = (
        "{path!r} is not read: give a path inside the folder that is open to callers, without '..';"
        " no link on it may lead outside."
    )
    path: str


@define
class LocalFileUnreadable(Denied):
    """The server itself may not read this file."""

    template: ClassVar[str] = "{path!r} cannot be read by the server; an operator can allow it."
    path: str


@define
class LocalFileNotFound(NotFound):
    """There is no such file on the server."""

    template: ClassVar[str] = "{path!r} is not in the folder that is open to callers."
    path: str


@define
class NotARegularFile(Malformed):
    """The path names a folder, a device, a pipe or a socket."""

    template: ClassVar[str] = "{path!r} is not a regular file; give the path of one."
    path: str
