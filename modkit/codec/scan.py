"""What a JSON parser does not refuse by itself: nesting without end, and one key twice in an object."""

from __future__ import annotations

import json
import operator
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, Final

import msgspec

# The closing quote is optional, so that a text without end is read once and not once per character.
_NOT_BRACKETS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[^\[\]{}"]++', re.DOTALL)
_STEPS: Final = bytes(1 if byte in b"[{" else 0 for byte in range(256))
_encode: Final = msgspec.json.Encoder().encode


def is_too_deep(body: bytes | bytearray, max_depth: int) -> bool:
    """Whether *body* opens more than *max_depth* arrays and objects inside each other; linear time.

    Example:
        >>> is_too_deep(b'[["[[["]]', 2), is_too_deep(b"[[[]]]", 2)
        (False, True)
    """
    if body.count(b"[") + body.count(b"{") <= max_depth:
        return False
    brackets = _NOT_BRACKETS.sub(b"", body).translate(_STEPS)
    steps = map((-1, 1).__getitem__, brackets)
    return any(map(operator.gt, accumulate(steps), _forever(max_depth)))


def _forever(value: int) -> Iterator[int]:
    while True:
        yield value


def may_repeat_a_key(body: bytes | bytearray, document: Any) -> bool:
    """Whether *body* could have an object with one key twice; *document* is what it was decoded to.

    A repeated key is lost in *document*, and so is its colon. Writing it again therefore gives fewer colons than
    *body* has, and as many when no key was lost. Only an escaped colon would upset the count.
    """
    if b"u003a" in body or b"u003A" in body:
        return True
    return body.count(b":") != _encode(document).count(b":")


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys came twice."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _ in pairs)
        found.repeated = tuple(name for name in found if times[name] > 1)
    return found


def repeated_keys(body: bytes | bytearray) -> Iterator[tuple[str | int, ...]]:
    """Yield the steps to every key that its object has twice; *body* is valid JSON of bounded depth."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [
        ((), json.loads(body, object_pairs_hook=_object, parse_int=str, parse_float=str))
    ]
    while waiting:
        steps, value = waiting.pop()
        if isinstance(value, _Object):
            yield from ((*steps, name) for name in value.repeated)
            waiting.extend(((*steps, name), part) for name, part in value.items())
        elif isinstance(value, list):
            items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]  # any JSON array
            waiting.extend(((*steps, position), part) for position, part in enumerate(items))
