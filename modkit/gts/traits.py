"""Traits: what a type says about the handling of its instances, such as how long they are kept.

``x-gts-traits-schema`` declares traits, ``x-gts-traits`` gives them values; both may stand at any link of a chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from attrs import field, frozen

from modkit.gts.faults import shortened
from modkit.gts.flatten import BrokenReference, SchemaOf, flattened, target_of
from modkit.gts.json_kinds import is_object
from modkit.gts.schema_walk import Schema

SCHEMA_KEYWORD: Final = "x-gts-traits-schema"
VALUES_KEYWORD: Final = "x-gts-traits"

ValueFaults = Callable[[Schema, Any], list[str]]


@frozen
class TraitLevel:
    """What one type of a chain says about traits.

    Attributes:
        type_id: The type.
        schemas: Its declarations, as written.
        values: Its values, merged.
        flat: Its declarations merged into one, references followed.
    """

    type_id: str
    schemas: tuple[Schema, ...] = ()
    values: dict[str, Any] = field(factory=dict[str, Any])
    flat: Schema = field(factory=dict[str, Any])

    @property
    def declared(self) -> dict[str, Any]:
        """The traits that it declares, by name."""
        found = self.flat.get("properties")
        return found if is_object(found) else {}


@frozen
class Traits:
    """The traits of one type, over its whole chain.

    Attributes:
        levels: From the base to the type.
        faults: What is wrong with the declarations and the values.
        values: The values in effect, defaults included.
    """

    levels: tuple[TraitLevel, ...]
    faults: tuple[str, ...]
    values: dict[str, Any]


def traits_of(
    chain: Sequence[tuple[str, Schema]],
    schema_of: SchemaOf,
    value_faults: ValueFaults,
    *,
    is_abstract: bool,
) -> Traits:
    """Return the traits of the last type of *chain*.

    Args:
        chain: Identifier and prepared schema of each type, from the base.
        schema_of: Looks up what the declarations refer to.
        value_faults: Returns what in the values breaks the declarations.
        is_abstract: Whether values may still be missing.
    """
    try:
        levels = tuple(_level(type_id, schema, schema_of) for type_id, schema in chain)
    except BrokenReference as error:
        return Traits((), (f"{SCHEMA_KEYWORD}: {error}",), {})
    faults = [fault for level in levels for fault in _declaration_faults(level)]
    values, merge_faults = _merged_values(levels)
    faults += [*merge_faults, *_redeclared(levels)]
    effective = {"allOf": [schema for level in levels for schema in level.schemas]}
    declared = _all_declared(levels)
    if not effective["allOf"]:
        faults += [f"{VALUES_KEYWORD}: no {SCHEMA_KEYWORD} declares them"] if values else []
    elif not faults:
        defaults = {name: one["default"] for name, one in declared.items() if "default" in one}
        values = {**defaults, **values}
        if values or not is_abstract:
            faults += [VALUES_KEYWORD + fault for fault in value_faults(effective, values)]
        if not is_abstract:
            faults += [
                f"trait {name} has no value and no default"
                for name in sorted(declared.keys() - values.keys())
            ]
    return Traits(levels, tuple(faults), values)


def _level(type_id: str, schema: Schema, schema_of: SchemaOf) -> TraitLevel:
    schemas: list[Schema] = []
    values: dict[str, Any] = {}
    for part in _own_parts(schema):
        if SCHEMA_KEYWORD in part:
            schemas.append(part[SCHEMA_KEYWORD])
        if is_object(part.get(VALUES_KEYWORD)):
            values.update(part[VALUES_KEYWORD])
    for one in schemas:
        _refuse_repeated(one, schema_of)
    flat = flattened({"allOf": schemas}, schema_of)
    return TraitLevel(type_id, tuple(schemas), values, flat)


def _own_parts(schema: Schema) -> Iterator[Schema]:
    """Yield *schema* and the parts of its ``allOf``, without what they refer to."""
    waiting: list[Any] = [schema]
    while waiting:
        part = waiting.pop(0)
        if is_object(part):
            yield part
            waiting.extend(part.get("allOf", ()))


def _refuse_repeated(schema: Any, schema_of: SchemaOf) -> None:
    """Raise `BrokenReference` where one declaration is referred to twice, which a circle does too.

    A later draft of the specification allows the harmless repetition, and then only circles remain to be refused.
    """
    seen: set[str] = set()
    waiting: list[Any] = [schema]
    while waiting:
        part = waiting.pop()
        if not is_object(part):
            continue
        waiting.extend(part.get("allOf", ()))
        reference = part.get("$ref")
        if isinstance(reference, str):
            if reference in seen:
                raise BrokenReference(f"{shortened(reference)} is referred to twice")
            seen.add(reference)
            waiting.append(target_of(reference, schema_of))


def _declaration_faults(level: TraitLevel) -> Iterator[str]:
    for schema in level.schemas:
        if not is_object(schema):
            yield f"{level.type_id}: {SCHEMA_KEYWORD} is no schema"
        elif "$ref" not in schema and schema.get("type") != "object":
            yield f'{level.type_id}: {SCHEMA_KEYWORD} needs "type": "object"'
    if level.schemas and level.flat.get("type", "object") != "object":
        yield f"{level.type_id}: {SCHEMA_KEYWORD} refers to what is no object"


def _merged_values(levels: Sequence[TraitLevel]) -> tuple[dict[str, Any], list[str]]:
    """Merge from the base on: what is set stays, unless the type that set it declares that trait too.

    A later draft lets the last value win; this function is all that changes then.
    """
    values: dict[str, Any] = {}
    locked: dict[str, str] = {}
    faults: list[str] = []
    for level in levels:
        for name, value in level.values.items():
            if name in locked and values[name] != value:
                faults.append(
                    f"trait {name} is {values[name]!r} since {locked[name]}, and cannot become {value!r}"
                )
                continue
            values[name] = value
            if name not in level.declared:
                locked[name] = level.type_id
    return values, faults


def _redeclared(levels: Sequence[TraitLevel]) -> Iterator[str]:
    """Yield what a later declaration may not do: change a default, or add to a closed one."""
    known: dict[str, Any] = {}
    is_closed = False
    for level in levels:
        for name, schema in level.declared.items():
            before, now = _default(known.get(name)), _default(schema)
            if before and now and before != now:
                yield f"trait {name}: the default {before[0]!r} cannot become {now[0]!r}"
            if is_closed and name not in known:
                yield f"trait {name}: {level.type_id} adds it, but the traits before are closed"
        known.update({name: schema for name, schema in level.declared.items() if name not in known})
        is_closed = is_closed or level.flat.get("additionalProperties") is False


def _default(schema: Any) -> list[Any]:
    return [schema["default"]] if is_object(schema) and "default" in schema else []


def _all_declared(levels: Sequence[TraitLevel]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for level in levels:
        for name, schema in level.declared.items():
            found[name] = {**found.get(name, {}), **(schema if is_object(schema) else {})}
    return found


def is_sealed(traits: Traits) -> bool:
    """Return whether every declaration is closed and some type gives values, as a finished type has it."""
    declared = [level for level in traits.levels if level.schemas]
    closed = all(
        schema.get("additionalProperties") is False
        for level in declared
        for schema in level.schemas
    )
    return not declared or (closed and any(level.values for level in traits.levels))
