"""One flat schema of a type: its references followed, and what applies to the same value merged into one object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import define, field

from modkit.gts.entity import URI_PREFIX
from modkit.gts.faults import shortened
from modkit.gts.json_kinds import is_object
from modkit.gts.schema_walk import Schema, in_place, pointed

_MOST_PARTS: Final = 10_000
_MOST_DEEP: Final = 150
_OPEN: Final[Schema] = {}
_COMPOSED: Final = frozenset({"$ref", "allOf"})

SchemaOf = Callable[[str], Schema | None]
"""Returns the prepared schema of a type, or None."""


class BrokenReference(ValueError):
    """A reference leads nowhere, or back to where it came from; the text says which."""


def target_of(reference: str, schema_of: SchemaOf) -> Any:
    """Return the schema that the absolute *reference* names.

    Raises:
        BrokenReference: There is none.
    """
    uri, _, pointer = reference.partition("#")
    document = schema_of(uri.removeprefix(URI_PREFIX))
    if document is None:
        raise BrokenReference(f"{shortened(uri)} is not registered")
    try:
        return pointed(document, pointer)
    except LookupError:
        raise BrokenReference(f"{shortened(reference)} points at nothing") from None


def flattened(schema: Schema | bool, schema_of: SchemaOf) -> Schema:
    """Return *schema* with its ``$ref`` and ``allOf`` merged in; a later part wins over an earlier, its own keywords over all.

    ``properties`` merge name by name, ``required`` becomes the union, and a closed part keeps the whole closed.

    Args:
        schema: A prepared schema; it is returned itself where there is nothing to merge.
        schema_of: Looks up what it refers to.

    Raises:
        BrokenReference: A reference leads nowhere or in a circle.
    """
    return _Flattening(schema_of).of(schema, ()) if is_composed(schema) else _plain(schema)


def is_composed(schema: Any) -> bool:
    """Return whether *schema* has parts that `flattened` would merge."""
    return is_object(schema) and ("$ref" in schema or "allOf" in schema)


def _plain(schema: Any) -> Schema:
    if is_object(schema):
        return schema
    return {"not": {}} if schema is False else _OPEN


@define
class _Flattening:
    """One run of `flattened`, with bounds on how long and how deep it may go."""

    schema_of: SchemaOf
    parts: int = 0
    depth: int = 0

    def of(self, schema: Any, trail: tuple[str, ...]) -> Schema:
        if not is_composed(schema):
            return _plain(schema)
        self.parts += 1
        self.depth += 1
        if self.parts > _MOST_PARTS or self.depth > _MOST_DEEP:
            raise BrokenReference("the schema is made of too many parts")
        flat = self._referred(schema.get("$ref"), trail)
        for part in schema.get("allOf", ()):
            flat = merged(flat, self.of(part, trail))
        self.depth -= 1
        own = {name: value for name, value in schema.items() if name not in _COMPOSED}
        return merged(flat, own)

    def _referred(self, reference: Any, trail: tuple[str, ...]) -> Schema:
        if not isinstance(reference, str):
            return _OPEN
        if reference in trail:
            raise BrokenReference(f"{shortened(reference)} refers to itself by way of others")
        return self.of(target_of(reference, self.schema_of), (*trail, reference))


def merged(below: Schema, above: Schema) -> Schema:
    """Return *below* with *above* laid over it."""
    flat = {**below, **above}
    if "properties" in below and "properties" in above:
        flat["properties"] = _merged_properties(below["properties"], above["properties"])
    if "required" in below and "required" in above:
        flat["required"] = list(dict.fromkeys([*below["required"], *above["required"]]))
    if below.get("additionalProperties") is False:
        flat["additionalProperties"] = False
    return flat


def _merged_properties(below: Schema, above: Schema) -> Schema:
    properties = dict(below)
    for name, schema in above.items():
        known = properties.get(name)
        properties[name] = _both(known, schema) if name in properties else schema
    return properties


def _both(below: Any, above: Any) -> Any:
    if not is_object(below) or not is_object(above):
        return above
    if _COMPOSED & below.keys() and _COMPOSED & above.keys():
        return {"allOf": [below, above]}
    return merged(below, above)


@define
class ComparedPairs:
    """Pairs of schemas that a comparison has seen, for recursive types come back to themselves.

    A bare reference counts as what it refers to, and a schema as the very object that the store holds.
    """

    _schema_of: SchemaOf
    _pairs: dict[tuple[int, int], tuple[Any, Any]] = field(
        factory=dict[tuple[int, int], tuple[Any, Any]], init=False
    )

    def is_new(self, one: Any, other: Any) -> bool:
        """Return whether this pair comes for the first time.

        Raises:
            BrokenReference: One of them refers to nothing.
        """
        pair = (self._followed(one), self._followed(other))
        key = (id(pair[0]), id(pair[1]))
        if key in self._pairs:
            return False
        self._pairs[key] = pair  # keeps both alive, so that no other object gets their id
        return True

    def _followed(self, schema: Any) -> Any:
        if is_object(schema) and len(schema) == 1 and isinstance(schema.get("$ref"), str):
            return target_of(schema["$ref"], self._schema_of)
        return schema


def circles(type_id: str, schema_of: SchemaOf) -> Iterator[str]:
    """Yield each reference by which the schema of *type_id* applies itself to the very same value, for ever.

    A tree whose branches are trees is no such circle, for a branch is another value.
    """
    start = URI_PREFIX + type_id
    waiting: list[tuple[Any, tuple[str, ...]]] = [(schema_of(type_id), (start,))]
    done: set[str] = set()
    while waiting:
        schema, trail = waiting.pop()
        if not is_object(schema):
            continue
        waiting.extend((one, trail) for one in in_place(schema))
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            continue
        reference = reference.removesuffix("#")
        if reference in trail:
            yield reference
        elif reference not in done:
            done.add(reference)
            try:
                waiting.append((target_of(reference, schema_of), (*trail, reference)))
            except BrokenReference:
                continue
