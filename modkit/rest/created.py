"""The answer to a request that made something: the new thing and where it lives."""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from attrs import Attribute, field, frozen

T_co = TypeVar("T_co", covariant=True)

_LOCATION = re.compile(r"[!-~]+")


def _check_location(_: object, attribute: Attribute[str], value: str) -> None:
    if not _LOCATION.fullmatch(value):
        raise ValueError(f"{attribute.name} must be a percent-encoded URI reference, got {value!r}")


@frozen
class Created(Generic[T_co]):
    """What a handler of a route that ``.creates(...)`` returns: 201 with ``Location``.

    Attributes:
        body: The new resource, as a later GET would show it.
        location: Percent-encoded path or URI of the new resource, such as ``/rag/v1/documents/7``.

    Example:
        >>> Created({"id": 7}, "/rag/v1/documents/7").location
        '/rag/v1/documents/7'
    """

    body: T_co
    location: str = field(validator=_check_location)
