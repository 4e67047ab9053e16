"""The limits in ``Annotated[T, Meta(...)]``, checked and put into words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sized
from typing import Any

from msgspec import Meta


def breaches(value: Any, meta: Meta) -> Iterator[str]:
    """Yield what *value* must be and is not, such as ``must be >= 1``; None is not limited."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, meta)
    if isinstance(value, Sized):
        unit = "characters" if isinstance(value, str) else "entries"
        if meta.min_length is not None and len(value) < meta.min_length:
            yield f"must have at least {meta.min_length} {unit}"
        if meta.max_length is not None and len(value) > meta.max_length:
            yield f"must have at most {meta.max_length} {unit}"
    if isinstance(value, str) and meta.pattern is not None and not re.search(meta.pattern, value):
        yield f"must match the pattern {meta.pattern}"


def _number(value: float, meta: Meta) -> Iterator[str]:
    if meta.gt is not None and not value > meta.gt:
        yield f"must be > {meta.gt}"
    if meta.ge is not None and not value >= meta.ge:
        yield f"must be >= {meta.ge}"
    if meta.lt is not None and not value < meta.lt:
        yield f"must be < {meta.lt}"
    if meta.le is not None and not value <= meta.le:
        yield f"must be <= {meta.le}"
    if meta.multiple_of is not None and value % meta.multiple_of:
        yield f"must be a multiple of {meta.multiple_of}"
