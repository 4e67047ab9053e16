"""What a client may do, and within which limits; a section of a module's configuration."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

from attrs import field, frozen

from modkit.codec import Meta


def _are_networks(_: Any, __: Any, networks: tuple[str, ...]) -> None:
    for network in networks:
        ip_network(network)


@frozen(kw_only=True)
class EgressPolicy:
    """Which addresses a client may call. The default: public ones, over TLS.

    The address that a connection is made to is what counts, whatever a name meant a moment ago.

    Attributes:
        allow_http: Whether ``http`` may be called, without TLS.
        allowed_networks: Networks that may be called although they are not public, such as ``10.1.0.0/16``.
        only_hosts: The only hosts that may be called; ``*.example.com`` means every host below that one. Empty means
            any.
    """

    allow_http: bool = False
    allowed_networks: tuple[str, ...] = field(default=(), validator=_are_networks)
    only_hosts: tuple[str, ...] = ()


@frozen(kw_only=True)
class RetryPolicy:
    """When and how often a call is made again.

    Attributes:
        retries: How many times more, after the first.
        base_delay_s: Upper bound of the first wait; each next bound is twice the one before. The wait is drawn between
            0 and the bound.
        max_delay_s: Upper bound of every wait that we choose; what ``Retry-After`` asks for may be longer.
    """

    retries: Annotated[int, Meta(ge=0, le=20)] = 3
    base_delay_s: Annotated[float, Meta(gt=0)] = 0.1
    max_delay_s: Annotated[float, Meta(gt=0)] = 10.0


@frozen(kw_only=True)
class RedirectPolicy:
    """Which redirects are followed.

    Attributes:
        max_redirects: How many in a row; with 0 the redirect itself is the answer.
        allowed_hosts: Hosts that may be redirected to beside the origin itself; ``*.example.com`` means every host below
            that one, ``*`` any. A redirect from ``https`` to ``http`` is never followed.
    """

    max_redirects: Annotated[int, Meta(ge=0, le=50)] = 10
    allowed_hosts: tuple[str, ...] = ()


@frozen(kw_only=True)
class HttpClientConfig:
    """Limits and rules of one client.

    Attributes:
        pool_size: Connections at the same time; further calls wait, which counts as time of their attempt.
        connect_timeout_s: For a connection, TLS included, seconds.
        attempt_timeout_s: For one attempt until the answer is read, or its head where it is streamed, seconds.
        total_timeout_s: For the whole call with all attempts, redirects and waits, seconds.
        idle_timeout_s: Between two pieces of a streamed answer, seconds.
        max_response_bytes: Bound of an answer, unpacked.
        max_header_bytes: Bound of every line of an answer's head.
        user_agent: What we call ourselves.
        ca_file: Certificates of the authorities to trust instead of those of the machine, in PEM.
        retries: When a call is made again.
        redirects: Which redirects are followed.
        egress: What may be called at all.
    """

    pool_size: Annotated[int, Meta(ge=1)] = 100
    connect_timeout_s: Annotated[float, Meta(gt=0)] = 10.0
    attempt_timeout_s: Annotated[float, Meta(gt=0)] = 30.0
    total_timeout_s: Annotated[float, Meta(gt=0)] = 60.0
    idle_timeout_s: Annotated[float, Meta(gt=0)] = 30.0
    max_response_bytes: Annotated[int, Meta(ge=0)] = 10 * 1024**2
    max_header_bytes: Annotated[int, Meta(ge=256)] = 8 * 1024
    user_agent: Annotated[str, Meta(min_length=1, pattern=r"^[!-~][ -~]*$")] = "modkit"
    ca_file: Path | None = None
    retries: RetryPolicy = RetryPolicy()
    redirects: RedirectPolicy = RedirectPolicy()
    egress: EgressPolicy = EgressPolicy()
