"""What may go with a call."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Turns a host and a port into network addresses; the egress policy judges them at the moment of connecting."""


class CallOptions(TypedDict, total=False):
    """What may go with every call; at most one of ``json``, ``form`` and ``content``.

    Attributes:
        headers: Header fields.
        params: Added to the query of the URL.
        json: A value that is sent as JSON; attrs classes too.
        form: Fields that are sent as a form.
        content: Bytes, or what yields them. An iterable that starts anew each time it is iterated can be sent again
            after a failure or redirect; an iterator cannot.
        timeout_s: Instead of the client's ``total_timeout_s``; infinite for a stream that does not end.
        idle_timeout_s: Instead of the client's own.
        max_response_bytes: Instead of the client's own.
    """

    headers: Mapping[str, str]
    params: Mapping[str, str]
    json: Any
    form: Mapping[str, str]
    content: bytes | AsyncIterable[bytes]
    timeout_s: float
    idle_timeout_s: float
    max_response_bytes: int
