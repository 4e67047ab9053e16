"""The stages that a request passes before its handler, in their one order.

Every answer: request id, trace, access log, CORS and security headers, drain (``api.py``). Then the size of target
and headers, routing, the in-flight limits and the time limit (``api.py``). Then, each only where an operation needs
it: body size, media type, ``Accept``, authentication, authorisation (here); arguments, handler, answer (``compile.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

from attrs import field, frozen

from modkit.codec import Meta
from modkit.ports.authenticator import Authenticator
from modkit.rest.body import declared_length
from modkit.rest.cors import CorsSettings
from modkit.rest.exchange import Exchange
from modkit.rest.media_types import is_acceptable, is_covered
from modkit.secret import Secret
from modkit.security import SecurityContext
from modkit_errors import Unauthenticated
from modkit_errors.refusals import (
    HeadersTooLarge,
    InvalidHeader,
    NotAcceptable,
    Overloaded,
    UnsupportedMediaType,
    UriTooLong,
)

Check: TypeAlias = Callable[[Exchange], None]


@frozen(kw_only=True)
class PipelineSettings:
    """Limits of the one HTTP server; an operation may set its own body, time and in-flight limit.

    Attributes:
        body_limit_bytes: Largest body.
        json_limit_bytes: Largest JSON body, where ``body_limit_bytes`` is not smaller: it is decoded in one go, and
            no other request goes on meanwhile.
        uri_limit_bytes: Longest path and query together.
        header_limit_bytes: Largest sum of names and values of the request headers.
        timeout_s: Longest run time of an operation that does not stream, in seconds; 0 for none.
        body_timeout_s: Longest wait for a body, or for the next piece of a streamed one, in seconds.
        in_flight_limit: Most requests served at once.
        operation_in_flight_limit: Most requests of one operation served at once; 0 for no limit but the above.
        retry_after_s: What a client is told to wait when the server is busy or stopping, in seconds.
        heartbeat_s: Longest silence on an event stream before a comment is sent, in seconds.
        stream_open_s: Longest wait for the first item of an event stream before its headers are sent, in seconds.
        stream_drain_s: How long streams and WebSockets may go on once the server stops, in seconds.
        socket_message_bytes: Largest message received on a WebSocket.
        disconnect_grace_s: How long a WebSocket handler may go on once its client is gone, in seconds.
        cors: Who may call from web pages of other origins.
        hsts_max_age_s: ``Strict-Transport-Security`` in seconds, for servers behind TLS; 0 sends none.
        anonymous_subject: The caller of every request when authentication is switched off; None asks for tokens.
    """

    body_limit_bytes: Annotated[int, Meta(ge=1)] = 16 * 1024**2
    json_limit_bytes: Annotated[int, Meta(ge=1)] = 1024**2
    uri_limit_bytes: Annotated[int, Meta(ge=256)] = 8192
    header_limit_bytes: Annotated[int, Meta(ge=256)] = 32 * 1024
    timeout_s: Annotated[float, Meta(ge=0)] = 30.0
    body_timeout_s: Annotated[float, Meta(gt=0)] = 30.0
    in_flight_limit: Annotated[int, Meta(ge=1)] = 1000
    operation_in_flight_limit: Annotated[int, Meta(ge=0)] = 0
    retry_after_s: Annotated[float, Meta(gt=0)] = 1.0
    heartbeat_s: Annotated[float, Meta(gt=0)] = 15.0
    stream_open_s: Annotated[float, Meta(gt=0)] = 1.0
    stream_drain_s: Annotated[float, Meta(ge=0)] = 5.0
    socket_message_bytes: Annotated[int, Meta(ge=1)] = 1024**2
    disconnect_grace_s: Annotated[float, Meta(ge=0)] = 5.0
    cors: CorsSettings | None = None
    hsts_max_age_s: Annotated[int, Meta(ge=0)] = 0
    anonymous_subject: SecurityContext | None = field(default=None)


class InFlight:
    """How many requests are served at once, and how many may be.

    Args:
        limit: Most of them; at least 1.
        retry_after_s: What a refused client is told to wait, in seconds.
    """

    __slots__ = ("_limit", "_retry_after_s", "count")

    def __init__(self, limit: int, retry_after_s: float) -> None:
        self._limit = limit
        self._retry_after_s = retry_after_s
        self.count = 0

    def enter(self) -> None:
        """Count one more; each is followed by ``leave``.

        Raises:
            Overloaded: There are too many; nothing was counted.
        """
        if self.count >= self._limit:
            raise Overloaded(retry_after_s=self._retry_after_s)
        self.count += 1

    def leave(self) -> None:
        """Count one less."""
        self.count -= 1


def check_target(exchange: Exchange, limit_bytes: int) -> None:
    """Refuse a path and query that are too long together.

    Raises:
        UriTooLong: They have more than *limit_bytes*.
    """
    if len(exchange.path) + len(exchange.scope["query_string"]) > limit_bytes:
        raise UriTooLong(limit_bytes)


def check_headers(exchange: Exchange, limit_bytes: int) -> None:
    """Refuse headers that are too large together.

    Raises:
        HeadersTooLarge: Their names and values have more than *limit_bytes*.
    """
    size = 0
    for name, value in exchange.scope["headers"]:
        size += len(name) + len(value)
    if size > limit_bytes:
        raise HeadersTooLarge(limit_bytes)


def body_size_check(limit_bytes: int) -> Check:
    """Make the check that the declared length of the body is allowed; what really arrives is counted later."""

    def check(exchange: Exchange) -> None:
        declared_length(exchange, limit_bytes)

    return check


def media_type_check(accepted: tuple[str, ...], *, required: bool) -> Check:
    """Make the check that the body has one of the *accepted* media types, and no encoding such as gzip.

    A body whose type is not declared is accepted where every type is.
    """
    exact = frozenset(kind.encode() for kind in accepted)
    accepts_all = "*/*" in accepted

    def check(exchange: Exchange) -> None:
        headers = exchange.headers
        if b"content-encoding" in headers and headers[b"content-encoding"].lower() != b"identity":
            raise UnsupportedMediaType(accepted, detail="Encoded bodies are not accepted.")
        content_type = headers.get(b"content-type", b"")
        if content_type in exact:
            return
        if not content_type and (
            accepts_all or (not required and not declared_length(exchange, 2**62))
        ):
            return
        if not is_covered(content_type.decode("latin-1"), accepted):
            raise UnsupportedMediaType(
                accepted, detail=f"Expected a body of type {' or '.join(accepted)}."
            )

    return check


def accept_check(produced: str) -> Check:
    """Make the check that the client accepts the media type *produced*."""
    kind = produced.partition(";")[0].strip().lower()
    always = (b"*/*", kind.encode())

    def check(exchange: Exchange) -> None:
        accept = exchange.headers.get(b"accept")
        if accept is not None and accept not in always:
            values = [accept]
            if b"accept" in exchange.repeated_headers():
                values = [value for name, value in exchange.scope["headers"] if name == b"accept"]
            if not is_acceptable(b",".join(values).decode("latin-1"), kind):
                raise NotAcceptable((kind,), detail=f"The answer is {kind}.")

    return check


async def authenticate(authenticator: Authenticator, exchange: Exchange) -> SecurityContext:
    """Return the caller, told from the request's bearer token.

    Raises:
        Unauthenticated: There is no token, or the authenticator refuses it.
        InvalidHeader: There are two ``Authorization`` headers.
    """
    credentials = exchange.headers.get(b"authorization", b"")
    scheme, _, token = credentials.partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise Unauthenticated(detail="Send 'Authorization: Bearer <token>'.")
    if b"authorization" in exchange.repeated_headers():
        raise InvalidHeader(detail="There are two Authorization headers.")
    if not token.isascii():
        raise Unauthenticated(detail="The bearer token is malformed.")
    # A cache of verified tokens belongs behind the authenticator, which alone knows their expiry and revocation.
    context = await authenticator.authenticate(Secret(token.strip().decode("ascii")))
    exchange.request.tenant_id = context.subject_tenant_id
    exchange.request.subject_id = context.subject_id
    return context
