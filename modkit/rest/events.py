"""One server-sent event, typed."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import Attribute, field, frozen

T_co = TypeVar("T_co", covariant=True)


def _one_line(_: object, attribute: Attribute[str], value: str) -> None:
    if not value.isprintable():
        raise ValueError(
            f"{attribute.name} of an event must be printable and one line, got {value!r}"
        )


@frozen
class Event(Generic[T_co]):
    """An item of a stream with more than its data; a handler may also yield the bare data.

    Attributes:
        data: The payload, sent as one line of JSON.
        name: Kind of event for ``addEventListener``; empty means ``message``.
        id: What a client sends back as ``Last-Event-ID`` when it reconnects; empty for none.
        retry_ms: How long a client should wait before it reconnects, in milliseconds; None leaves it as it is.
    Source:
        WHATWG HTML Living Standard, section 9.2 "Server-sent events".

    Example:
        >>> Event({"percent": 50}, name="progress", id="7").name
        'progress'
    """

    data: T_co
    name: str = field(default="", kw_only=True, validator=_one_line)
    id: str = field(default="", kw_only=True, validator=_one_line)
    retry_ms: int | None = field(default=None, kw_only=True)
