"""What the framework itself refuses before a handler runs; every module's operations can answer these."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from modkit_errors.categories import (
    Malformed,
    PlatformError,
    TimedOut,
    Unavailable,
)


@define
class MalformedJson(Malformed):
    """The body is not valid JSON."""


@define
class InvalidPath(Malformed):
    """The path, or a parameter in it, cannot be read."""


@define
class InvalidQuery(Malformed):
    """The query string, or a parameter in it, cannot be read."""


@define
class InvalidHeader(Malformed):
    """A request header cannot be read."""


@define
class MethodNotAllowed(PlatformError):
    """The resource does not support this method."""

    status: ClassVar[int] = 405
    grpc_code: ClassVar[str] = "UNIMPLEMENTED"
    allowed: tuple[str, ...] = ()

    def headers(self) -> dict[str, str]:
        """Return ``allow`` with the methods that the resource does support."""
        return {"allow": ", ".join(self.allowed)}


@define
class NotAcceptable(PlatformError):
    """None of the accepted media types can be produced."""

    status: ClassVar[int] = 406
    grpc_code: ClassVar[str] = "INVALID_ARGUMENT"
    available: tuple[str, ...] = ()


@define
class RequestTimeout(PlatformError):
    """The request arrived too slowly."""

    status: ClassVar[int] = 408
    grpc_code: ClassVar[str] = "DEADLINE_EXCEEDED"

    def headers(self) -> dict[str, str]:
        """Ask the client to close: the rest of the body can no longer be told from a next request."""
        return {"connection": "close"}


@define
class RequestTooLarge(PlatformError):
    """The body is larger than this operation accepts."""

    status: ClassVar[int] = 413
    grpc_code: ClassVar[str] = "RESOURCE_EXHAUSTED"
    template: ClassVar[str] = "The body may have at most {limit_bytes} bytes."
    limit_bytes: int

    def headers(self) -> dict[str, str]:
        """Ask the client to close, so that the server need not read the rest."""
        return {"connection": "close"}


@define
class UriTooLong(PlatformError):
    """The request target is too long."""

    status: ClassVar[int] = 414
    grpc_code: ClassVar[str] = "INVALID_ARGUMENT"
    limit_bytes: int


@define
class UnsupportedMediaType(PlatformError):
    """The media type of the body is not accepted here."""

    status: ClassVar[int] = 415
    grpc_code: ClassVar[str] = "INVALID_ARGUMENT"
    accepted: tuple[str, ...] = ()


@define
class UpgradeRequired(PlatformError):
    """This is a WebSocket; open it with a handshake of protocol version 13."""

    status: ClassVar[int] = 426
    grpc_code: ClassVar[str] = "FAILED_PRECONDITION"

    def headers(self) -> dict[str, str]:
        """Return what the handshake has to ask for (RFC 9110, section 15.5.22, and RFC 6455, section 4.4)."""
        return {"upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13"}


@define
class HeadersTooLarge(PlatformError):
    """The request headers are too large."""

    status: ClassVar[int] = 431
    grpc_code: ClassVar[str] = "RESOURCE_EXHAUSTED"
    limit_bytes: int


@define
class Overloaded(Unavailable):
    """The platform is busier than it can serve well."""


@define
class OperationTimeout(TimedOut):
    """The operation did not finish within its time limit."""

    template: ClassVar[str] = "The operation was stopped after {timeout_s:g} s."
    timeout_s: float


@define
class NoPlugin(Unavailable):
    """No installed worker can do this."""


@define
class ProviderStopped(Unavailable):
    """The module that does this is not running."""

    template: ClassVar[str] = "{module} provides {contract}, and it is not running."
    contract: str
    module: str
