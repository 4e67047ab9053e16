"""What a JSON parser does not refuse by itself: nesting without end, and one key twice in an object."""

from __future__ import annotations

import json
import operator
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate, repeat
from typing import Any, Final, TypeAlias, cast

import msgspec

# The closing quote is optional, so that a text without end is read once and not once per character.
_TEXT: Final = rb'"(?:[^"\\]++|\\.)*+"?'
_TEXTS: Final = re.compile(_TEXT, re.DOTALL)
# A stretch of so many texts and what is between them: without it, a list of all pieces would be many bodies large.
_STRETCH: Final = re.compile(rb"(?:[^\"]*+" + _TEXT + rb"){1,1000}+|[^\"]++", re.DOTALL)
_STEPS: Final = {ord("["): 1, ord("]"): -1}
_AS_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_NOT_MARKS: Final = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_Object: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]
_CONTAINERS: Final = (list, tuple)
_encode: Final = msgspec.json.Encoder().encode


def is_too_deep(body: bytes | bytearray, max_depth: int) -> bool:
    """Whether *body* opens more than *max_depth* arrays and objects inside each other; linear time.

    Example:
        >>> is_too_deep(b'[["[[["]]', 2), is_too_deep(b"[[[]]]", 2)
        (False, True)
    """
    if body.count(b"[") + body.count(b"{") <= max_depth:
        return False
    left = brackets = _brackets(body)
    # Each turn takes what has nothing inside it, so that of what is closed a level goes.
    for _ in range(max_depth):
        left = left.replace(b"[]", b"")
        if not left:
            return False
    depths = accumulate(map(_STEPS.__getitem__, brackets), initial=0)
    return any(map(operator.gt, depths, repeat(max_depth)))


def _brackets(body: bytes | bytearray) -> bytes | bytearray:
    """Return the brackets of *body* that are in no text, all of them as if they were square."""
    if b"\\" in body:
        return b"".join(
            _TEXTS.sub(b"", stretch[0]).translate(_AS_SQUARE, _NOT_BRACKETS)
            for stretch in _STRETCH.finditer(body)
        )
    # Two quotes beside one another go: what is between other quotes stays so. Few are left, of texts with brackets.
    kept = body.translate(_AS_SQUARE, _NOT_MARKS).replace(b'""', b"")
    if b'"' not in kept:
        return kept
    return b"".join(_TEXTS.sub(b"", stretch[0]) for stretch in _STRETCH.finditer(kept))


def may_repeat_a_key(body: bytes | bytearray, document: Any) -> bool:
    """Whether *body* could have an object with one key twice; *document* is what it was decoded to, texts as texts.

    A repeated key is lost in *document*, and so is its colon. Writing it again therefore gives fewer colons than
    *body* has, and as many when no key was lost. Only an escaped colon would upset the count.
    """
    # Few bodies have a backslash, and looking for a single byte costs a tenth.
    if b"\\" in body and (b"u003a" in body or b"u003A" in body):
        return True
    return body.count(b":") != _encode(document).count(b":")


def _object(pairs: list[tuple[str, Any]]) -> _Object | None:
    """Return what matters of a JSON object: the keys that came twice, and the members that are no scalars."""
    whole = dict(pairs)
    members: dict[str, Any] = {
        name: part for name, part in whole.items() if isinstance(part, _CONTAINERS)
    }
    if len(whole) == len(pairs):
        return ((), members) if members else None
    times = Counter(name for name, _ in pairs)
    return tuple(name for name, count in times.items() if count > 1), members


def repeated_keys(body: bytes | bytearray) -> Iterator[tuple[str | int, ...]]:
    """Yield the steps to every key that its object has twice; *body* is valid JSON of bounded depth."""
    # Numbers are not wanted, and some have more digits than Python would read.
    yield from _repeats(
        json.loads(body, object_pairs_hook=_object, parse_int=bool, parse_float=bool), ()
    )


def _repeats(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    parts: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, tuple):
        repeated, members = cast("_Object", value)  # JSON has no tuples of its own
        yield from ((*steps, name) for name in repeated)
        parts = members.items()
    elif isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]  # any JSON array
        parts = enumerate(items)
    for step, part in parts:
        if isinstance(part, _CONTAINERS):
            yield from _repeats(part, (*steps, step))
