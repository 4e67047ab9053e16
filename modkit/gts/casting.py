"""Casting: turns a document of one version of a type into one of another version."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen

from modkit.gts.compatibility import Compatibility, compared
from modkit.gts.entity import InvalidEntity
from modkit.gts.flatten import BrokenReference, SchemaOf, flattened
from modkit.gts.identifier import is_gts_id
from modkit.gts.json_kinds import is_array, is_object
from modkit.gts.pattern import without_minors
from modkit.gts.schema_walk import MAX_DEPTH, Schema, escaped
from modkit.gts.store import GtsStore


@frozen
class Cast:
    """A document of another version.

    Attributes:
        document: The new document; the source is left as it was.
        from_type: The type of the source.
        to_type: The type of `document`.
        added: What was filled in from defaults, as JSON pointers.
        removed: What the new version does not allow, as JSON pointers.
        compatibility: What the change between the two types breaks in general.
    """

    document: dict[str, Any]
    from_type: str
    to_type: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    compatibility: Compatibility


def cast(store: GtsStore, instance_id: str, to_type: str) -> Cast:
    """Return the instance *instance_id* as one of *to_type*, which is another minor version of its type.

    Raises:
        UnknownEntity: One of them is not registered.
        InvalidEntity: It is no instance, the types are no versions of one another, or the result would be invalid.
    """
    entity = store.get(instance_id)
    if entity.is_type:
        raise InvalidEntity(instance_id, ("it is a type; what is cast must be an instance",))
    if entity.type_id is None:
        raise InvalidEntity(instance_id, ("no member tells its type",))
    if without_minors(entity.type_id) != without_minors(to_type):
        fault = f"{entity.type_id} and {to_type} differ by more than minor versions"
        raise InvalidEntity(instance_id, (fault,))
    old, new = store.schema(entity.type_id), store.schema(to_type)
    casting = _Casting(store.find_schema)
    try:
        document = casting.of(dict(entity.content), new, "")
    except BrokenReference as error:
        raise InvalidEntity(instance_id, (str(error),)) from error
    faults = store.validators.faults(to_type, document)
    if faults:
        raise InvalidEntity(instance_id, tuple(faults))
    return Cast(
        document,
        entity.type_id,
        to_type,
        tuple(casting.added),
        tuple(casting.removed),
        compared(old, new, store.find_schema),
    )


@define
class _Casting:
    schema_of: SchemaOf
    added: list[str] = field(factory=list[str])
    removed: list[str] = field(factory=list[str])

    def of(self, value: Any, schema: Any, place: str) -> Any:
        """Return *value*, an object or an array, as *schema* wants it."""
        if place.count("/") > MAX_DEPTH:
            raise BrokenReference(f"defaults nest without end at {place[:40]}")
        flat = flattened(schema, self.schema_of)
        if is_object(value):
            return self._object(value, flat, place)
        if is_array(value) and is_object(flat.get("items")):
            return [
                self.of(one, flat["items"], f"{place}/{index}") for index, one in enumerate(value)
            ]
        if is_gts_id(value) and is_gts_id(flat.get("const")):
            return flat["const"]
        return copy.deepcopy(value)

    def _object(self, value: Mapping[str, Any], flat: Schema, place: str) -> dict[str, Any]:
        properties: Schema = flat.get("properties", {})
        is_closed = flat.get("additionalProperties") is False
        result: dict[str, Any] = {}
        for name, one in value.items():
            here = f"{place}/{escaped(name)}"
            if name in properties:
                result[name] = self.of(one, properties[name], here)
            elif is_closed and "patternProperties" not in flat:
                self.removed.append(here)
            else:
                result[name] = copy.deepcopy(one)
        for name, schema in properties.items():
            wanted = flattened(schema, self.schema_of) if name not in result else {}
            if "default" in wanted:
                here = f"{place}/{escaped(name)}"
                self.added.append(here)
                result[name] = self.of(wanted["default"], schema, here)
        return result
