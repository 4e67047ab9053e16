"""The documents in one text, JSON or YAML, each with the line where it begins."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from modkit.gts.documents import UnreadableDocument, read_json
from modkit.gts.json_kinds import is_array

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


@frozen
class Located:
    """A value and the line where it begins, counted from 1."""

    line: int
    value: Any


def in_json(text: str) -> Iterator[Located]:
    r"""Yield the items of the array that *text* is, or the one value that it is.

    Raises:
        UnreadableDocument: As `read_json`; the reason says line and column.

    Example:
        >>> list(in_json('[{},\n {"a": 1}]'))
        [Located(line=1, value={}), Located(line=2, value={'a': 1})]
    """
    whole = read_json(text)
    place = _after_space(text, 0)
    if not is_array(whole):
        yield Located(_line(text, place), whole)
        return
    for value in whole:
        place = _after_space(text, place + 1)  # after the bracket or the comma
        yield Located(_line(text, place), value)
        place = _after_space(text, _DECODER.raw_decode(text, place)[1])


def in_yaml(text: str) -> Iterator[Located]:
    """Yield the items of the list that *text* is, or the one value that it is.

    Raises:
        UnreadableDocument: It is no YAML, says a key twice, has a tag, or is too large, aliases counted in full; the
            reason says line and column.
    """
    from modkit.config.problems import Origin  # noqa: PLC0415 - only files in this format need it
    from modkit.config.tree import Items  # noqa: PLC0415 - the same
    from modkit.config.yaml_source import YamlInvalid, read_yaml  # noqa: PLC0415 - the same

    def origin_at(line: int) -> Origin:
        return Origin(source="file", place=str(line))

    try:
        node = read_yaml(text, origin_at=origin_at, scalar=lambda found: found)
    except YamlInvalid as error:
        first = error.mistakes[0]
        raise UnreadableDocument(
            f"line {first.line} column {first.column}: {first.message}"
        ) from error
    for one in node.items if isinstance(node, Items) else [node]:
        yield Located(int(one.origin.place) if one is not None else 1, _value(one))


def _value(node: Any) -> Any:
    from modkit.config.tree import Branch, Items, Scalar  # noqa: PLC0415 - see above

    if isinstance(node, Branch):
        return {key: _value(inner) for key, inner in node.entries.items()}
    if isinstance(node, Items):
        return [_value(inner) for inner in node.items]
    return node.value if isinstance(node, Scalar) else None


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
