"""Which errors an operation can answer: those its module declares, and those the framework refuses with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modkit.rest.media_types import is_covered
from modkit.rest.operation import Operation, ResponseKind
from modkit.rest.parameters import Signature
from modkit_errors import (
    Denied,
    Internal,
    Invalid,
    Malformed,
    PlatformError,
    Unauthenticated,
    Unavailable,
    refusals,
)

_UNTIMED: Final = (ResponseKind.EVENTS, ResponseKind.BYTE_STREAM, ResponseKind.WEBSOCKET)
_ALWAYS: Final = (
    refusals.InvalidQuery,  # an unknown query parameter, even where there are none
    refusals.UriTooLong,
    refusals.HeadersTooLarge,
    refusals.Overloaded,
    Unavailable,  # while the server stops
    Internal,
)


def errors_of(operation: Operation, signature: Signature) -> tuple[type[PlatformError], ...]:
    """Return every error that *operation* can answer, by status and code.

    These are the errors that its module declares, and those with which the framework refuses before or after the
    handler. 404 is never implied: only the module knows whether a thing can be missing.
    """
    found = dict.fromkeys((*operation.raises, *_implied(operation, signature)))
    return tuple(sorted(found, key=lambda error: (error.status, error.code)))


def _implied(operation: Operation, signature: Signature) -> Iterator[type[PlatformError]]:
    yield from _ALWAYS
    if signature.path:
        yield refusals.InvalidPath
    if signature.headers:
        yield refusals.InvalidHeader
    if operation.access is None or not operation.access.is_public:
        yield from (Unauthenticated, Denied, refusals.InvalidHeader)  # Authorization is a header
    if (body := signature.body) is not None:
        yield from (
            refusals.RequestTimeout,
            refusals.RequestTooLarge,
            refusals.UnsupportedMediaType,
        )
        if body.kind == "json":
            yield from (refusals.MalformedJson, Invalid)
        elif body.kind != "raw" and is_covered("multipart/form-data", body.media_types):
            yield from (Malformed, Invalid)
    shape = operation.response
    if shape is not None and shape.media_type:
        yield refusals.NotAcceptable
    streams = shape is not None and shape.kind in _UNTIMED
    if operation.timeout_s or (operation.timeout_s is None and not streams):
        yield refusals.OperationTimeout
