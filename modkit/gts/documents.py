"""Reads JSON documents strictly: what programs disagree about is refused instead of guessed."""

from __future__ import annotations

import json
from typing import Any, ClassVar, NoReturn

from attrs import define

from modkit.gts.faults import shortened
from modkit.gts.json_kinds import is_object
from modkit_errors import Malformed


@define
class UnreadableDocument(Malformed):
    """The text is no JSON document that every program reads alike.

    Attributes:
        reason: What is wrong with it.
    """

    template: ClassVar[str] = "The document cannot be read: {reason}"

    reason: str


def read_json(text: str | bytes) -> Any:
    """Return the value that *text* is.

    Raises:
        UnreadableDocument: It is no JSON, says a name twice in one object, has a number such as NaN or one with
            thousands of digits, or nests deeper than the reader can follow.

    Example:
        >>> read_json('{"a": [1, 2.5, null]}')
        {'a': [1, 2.5, None]}
    """
    try:
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise UnreadableDocument("it nests too deep") from error
    except ValueError as error:  # of JSON, of UTF-8, or of a number with too many digits
        raise UnreadableDocument(shortened(str(error))) from error


def read_object(text: str | bytes) -> dict[str, Any]:
    """Return the object that *text* is.

    Raises:
        UnreadableDocument: `read_json` does, or it is no object.
    """
    value = read_json(text)
    if not is_object(value):
        raise UnreadableDocument(f"an object is wanted, and this is {type(value).__name__}")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {shortened(twice)!r} stands twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
