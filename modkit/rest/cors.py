"""Cross-origin requests: an explicit allow-list, answered before anything else is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from attrs import frozen

from modkit.codec import Meta
from modkit.rest.asgi import HeaderList, header
from modkit.rest.exchange import Exchange
from modkit_errors import Denied

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9.:\[\]_-]+")


@frozen(kw_only=True)
class CorsSettings:
    """Who may call from a browser page of another origin.

    Attributes:
        allowed_origins: Origins such as ``https://app.example``, lower case; ``*`` alone means every origin.
        allowed_methods: Methods that a preflight is told.
        allowed_headers: Request headers that a preflight is told.
        exposed_headers: Response headers that a page may read.
        allow_credentials: Whether a browser may send cookies; never together with ``*``.
        max_age_s: How long a browser may keep a preflight's answer, in seconds.
    """

    allowed_origins: tuple[str, ...] = ()
    allowed_methods: tuple[str, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    allowed_headers: tuple[str, ...] = ("authorization", "content-type", "idempotency-key")
    exposed_headers: tuple[str, ...] = ("x-request-id", "location", "retry-after")
    allow_credentials: bool = False
    max_age_s: Annotated[int, Meta(ge=0)] = 600

    def __attrs_post_init__(self) -> None:
        if "*" in self.allowed_origins and self.allow_credentials:
            raise ValueError(
                "allowed_origins '*' with allow_credentials would let every web site act for the user; "
                "list the origins, or switch allow_credentials off"
            )
        for origin in self.allowed_origins:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"allowed_origins: {origin!r} is no origin; write scheme://host[:port] in lower case, "
                    "without a path"
                )


class Cors:
    """The headers that tell a browser what it may do.

    Args:
        settings: The allow-list.
    """

    def __init__(self, settings: CorsSettings) -> None:
        self._origins = frozenset(origin.encode() for origin in settings.allowed_origins)
        self._is_open = b"*" in self._origins
        self._plain: HeaderList = []
        if settings.allow_credentials:
            self._plain.append((b"access-control-allow-credentials", b"true"))
        self._exposed = header("access-control-expose-headers", ", ".join(settings.exposed_headers))
        self._preflight: HeaderList = [
            header("access-control-allow-methods", ", ".join(settings.allowed_methods)),
            header("access-control-allow-headers", ", ".join(settings.allowed_headers)),
            header("access-control-max-age", str(settings.max_age_s)),
        ]

    def mark(self, exchange: Exchange) -> None:
        """Add to the answer what the request's origin is allowed, and nothing for a foreign one."""
        out = exchange.headers_out
        if not self._is_open:
            out.append((b"vary", b"origin"))
        origin = exchange.headers.get(b"origin")
        if origin is None or not (self._is_open or origin in self._origins):
            return
        out.append((b"access-control-allow-origin", b"*" if self._is_open else origin))
        out.extend(self._plain)
        if exchange.method == "OPTIONS" and b"access-control-request-method" in exchange.headers:
            out.extend(self._preflight)
        else:
            out.append(self._exposed)


def socket_origin_check(settings: CorsSettings | None) -> Callable[[Exchange], None]:
    """Make the check that the page which opens a WebSocket is the server's own, or of an origin that may call.

    Browsers let every page open a WebSocket anywhere and read what it says; only the server can refuse it. Programs
    send no ``Origin``.
    """
    allowed = frozenset(settings.allowed_origins if settings is not None else ())

    def check(exchange: Exchange) -> None:
        sent = exchange.headers.get(b"origin")
        if sent is None or "*" in allowed:
            return
        origin = sent.decode("latin-1")
        host = exchange.headers.get(b"host", b"").decode("latin-1").lower()
        is_own = (
            host != "" and origin.partition("://")[2] == host
        )  # a proxy may have changed the scheme
        if not is_own and origin not in allowed:
            raise Denied(detail="Web pages of this origin may not open this WebSocket.")

    return check
