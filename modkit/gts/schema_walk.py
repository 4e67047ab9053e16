"""Walks a JSON Schema: which of its values are schemas themselves, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import frozen

from modkit.gts.json_kinds import is_array, is_object

MAX_DEPTH: Final = 128
"""How many objects and arrays a document may nest; deeper ones are refused, for what reads them recurses."""

MAX_PARTS: Final = 1_000_000
"""How many objects and arrays a document may hold."""

Schema = dict[str, Any]

_IN_PLACE: Final = frozenset({"if", "then", "else", "not"})
_LISTS_IN_PLACE: Final = frozenset({"allOf", "anyOf", "oneOf"})
_ONE: Final = _IN_PLACE | {
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "items",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "x-gts-traits-schema",
}
_LISTS: Final = _LISTS_IN_PLACE | {"items", "prefixItems"}
_BY_NAME: Final = frozenset(
    {"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)


@frozen
class Place:
    """A schema inside a schema.

    Attributes:
        schema: The schema found.
        pointer: Where: a JSON pointer (RFC 6901), empty for the whole.
    """

    schema: Schema
    pointer: str


def places(schema: Schema) -> Iterator[Place]:
    """Yield *schema* and every schema inside it, outer before inner; values such as ``const`` hold none."""
    waiting = [Place(schema, "")]
    while waiting:
        place = waiting.pop()
        yield place
        waiting.extend(reversed([Place(one, place.pointer + key) for key, one in _inner(place)]))


def _inner(place: Place) -> Iterator[tuple[str, Schema]]:
    for keyword, value in place.schema.items():
        if is_object(value):
            if keyword in _ONE:
                yield f"/{keyword}", value
            elif keyword in _BY_NAME:
                for name, one in value.items():
                    if is_object(one):
                        yield f"/{keyword}/{escaped(name)}", one
        elif is_array(value) and keyword in _LISTS:
            for index, one in enumerate(value):
                if is_object(one):
                    yield f"/{keyword}/{index}", one


def transformed(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Return a copy of *schema* in which each schema went through *change*, inner before outer; values stay as they are."""
    copy: Schema = {}
    for keyword, value in schema.items():
        if is_object(value) and keyword in _ONE:
            copy[keyword] = transformed(value, change)
        elif is_object(value) and keyword in _BY_NAME:
            copy[keyword] = {name: _transformed(one, change) for name, one in value.items()}
        elif is_array(value) and keyword in _LISTS:
            copy[keyword] = [_transformed(one, change) for one in value]
        else:
            copy[keyword] = value
    return change(copy)


def _transformed(value: Any, change: Callable[[Schema], Schema]) -> Any:
    return transformed(value, change) if is_object(value) else value


def in_place(schema: Schema) -> Iterator[Schema]:
    """Yield the schemas that *schema* applies to the very same value, references aside."""
    for keyword in _IN_PLACE & schema.keys():
        if is_object(schema[keyword]):
            yield schema[keyword]
    for keyword in _LISTS_IN_PLACE & schema.keys():
        if is_array(schema[keyword]):
            yield from (one for one in schema[keyword] if is_object(one))


def escaped(name: str) -> str:
    """Return *name* as a token of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def pointed(document: Any, pointer: str) -> Any:
    """Return what the JSON *pointer* names in *document*.

    Raises:
        LookupError: There is nothing.

    Example:
        >>> pointed({"a/b": [1, 2]}, "/a~1b/1")
        2
    """
    found: Any = document
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if is_object(found):
            found = found[name]
        elif is_array(found) and name.isascii() and name.isdigit():
            found = found[int(name)]
        else:
            raise LookupError(pointer)
    return found


def too_large(document: Any) -> str:
    """Return how *document* is too large to be read by what recurses, or an empty text; without recursing itself.

    Example:
        >>> too_large({"a": [1, 2]})
        ''
    """
    level: list[Any] = [document]
    parts = 0
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if is_object(outer) else outer)
            if isinstance(inner, dict | list)
        ]
        parts += len(level)
        if parts > MAX_PARTS:
            return f"it holds more than {MAX_PARTS} objects and arrays"
        if not level:
            return ""
    return f"it nests more than {MAX_DEPTH} objects and arrays"
