"""Whether a type fits the type that it derives from: what the base demands is said again at least as strictly.

JSON Schema would be content with ``allOf``, which keeps every demand of the base. The type system asks for more: a
property that the derived type writes again must repeat each demand, so that the derived schema can be read alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from modkit.gts.entity import URI_PREFIX
from modkit.gts.faults import shortened
from modkit.gts.flatten import BrokenReference, ComparedPairs, SchemaOf, flattened
from modkit.gts.gts_ref import KEYWORD
from modkit.gts.json_kinds import is_array, is_object
from modkit.gts.schema_walk import Schema, escaped

_NO_LESS: Final = (
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
)
_NO_MORE: Final = (
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
)
_SAME: Final = ("pattern", "uniqueItems")

ValueFaults = Callable[[Schema, Any], list[str]]
"""Returns what in a value breaks a schema."""


@frozen
class Derivation:
    """One comparison of a derived type with its base, property by property.

    Attributes:
        schema_of: Looks up what the schemas refer to.
        value_faults: Checks a ``const`` or ``enum`` of the derived type against the base.
        pairs: What has been compared already.
    """

    schema_of: SchemaOf
    value_faults: ValueFaults
    pairs: ComparedPairs

    def faults(self, base_id: str, derived: Schema) -> list[str]:
        """Return in what *derived* does not fit the type *base_id*.

        Args:
            base_id: Identifier of a type that is registered.
            derived: Prepared schema of a type one link longer.
        """
        try:
            base = flattened({"$ref": URI_PREFIX + base_id}, self.schema_of)
            overlay, includes_base = self._overlay(derived, base_id)
            faults = list(self._object_faults(base, overlay, ""))
            if not includes_base:
                faults += _left_out(base, overlay)
        except BrokenReference as error:
            return [str(error)]
        return faults

    def _overlay(self, derived: Schema, base_id: str) -> tuple[Schema, bool]:
        """Return what *derived* says beyond a reference to the base, and whether it has that reference."""
        base_uri = URI_PREFIX + base_id
        parts = [part for part in derived.get("allOf", ()) if is_object(part)]
        others = [part for part in parts if _reference(part) != base_uri]
        rest = {name: value for name, value in derived.items() if name != "allOf"}
        includes_base = len(others) < len(parts) or _reference(rest) == base_uri
        if _reference(rest) == base_uri:
            del rest["$ref"]
        beside = [_beside_reference(part) for part in parts if _reference(part) == base_uri]
        overlay = flattened({**rest, "allOf": [*beside, *others]}, self.schema_of)
        return overlay, includes_base

    def _object_faults(self, base: Schema, derived: Schema, place: str) -> Iterator[str]:
        known, said = _properties(base), _properties(derived)
        for name, schema in said.items():
            here = f"{place}/{escaped(name)}"
            if name in known:
                yield from self._property_faults(known[name], schema, here)
            elif _is_closed(base):
                yield f"{here}: the base is closed (additionalProperties: false) and has no such property"
        if _is_closed(base) and not _is_closed(derived):
            yield f"{place or '/'}: the base is closed, so repeat additionalProperties: false"

    def _property_faults(self, base: Any, derived: Any, place: str) -> Iterator[str]:
        if base == derived or not self.pairs.is_new(base, derived):
            return
        if derived is False:
            yield f"{place}: the base allows it, and false forbids it"
            return
        base, derived = flattened(base, self.schema_of), flattened(derived, self.schema_of)
        yield from _type_faults(base, derived, place)
        values = _fixed_values(derived)
        if values is None:
            yield from _dropped(base, derived, place)
        else:
            for value in values:
                for fault in self.value_faults(base, value):
                    yield f"{place}: {shortened(repr(value))} breaks the base: {fault}"
        if not _is_narrower_reference(base.get(KEYWORD), derived.get(KEYWORD)):
            yield f"{place}: {KEYWORD} {derived[KEYWORD]} is not within {base[KEYWORD]} of the base"
        yield from self._inner_faults(base, derived, place)

    def _inner_faults(self, base: Schema, derived: Schema, place: str) -> Iterator[str]:
        if "properties" in base and _fixed_values(derived) is None:
            yield from self._object_faults(base, derived, place)
        if "items" in base and "items" in derived:
            yield from self._property_faults(base["items"], derived["items"], f"{place}/[]")


def _beside_reference(part: Schema) -> Schema:
    return {name: value for name, value in part.items() if name != "$ref"}


def _is_narrower_reference(base: Any, derived: Any) -> bool:
    if base is None or derived is None:
        return True
    return str(derived).startswith(str(base).removesuffix("*"))


def _left_out(base: Schema, overlay: Schema) -> list[str]:
    """Return what is lost where the derived schema does not refer to the base."""
    remedy = "refer to the base in allOf, or repeat it"
    properties = _properties(base).keys() - _properties(overlay).keys()
    required = set(base.get("required", ())) - set(overlay.get("required", ()))
    return [f"/{escaped(name)}: left out; {remedy}" for name in sorted(properties)] + [
        f"/{escaped(name)}: no longer required; {remedy}" for name in sorted(required)
    ]


def _dropped(base: Schema, derived: Schema, place: str) -> Iterator[str]:
    for name in ("const", "enum", "items"):
        if name in base and name not in derived:
            yield f"{place}: {name} of the base is dropped"
    for name in _SAME:
        if name in base and derived.get(name) != base[name]:
            yield f"{place}: {name} {base[name]!r} of the base is not repeated"
    for name in (*_NO_LESS, *_NO_MORE):
        if name not in base:
            continue
        if name not in derived:
            yield f"{place}: {name} {base[name]} of the base is dropped"
        elif (derived[name] < base[name]) if name in _NO_LESS else (derived[name] > base[name]):
            yield f"{place}: {name} {derived[name]} is looser than {base[name]} of the base"


def _type_faults(base: Schema, derived: Schema, place: str) -> Iterator[str]:
    if "type" not in base or "type" not in derived:
        return
    allowed, said = type_names(base), type_names(derived)
    if "number" in allowed:
        allowed = allowed | {"integer"}
    if not said <= allowed:
        wider = ", ".join(sorted(said - allowed))
        yield f"{place}: type {wider} is not allowed by the base, which is {base['type']}"


def type_names(schema: Schema) -> frozenset[str]:
    """Return the names under ``type``, one or several; none if it is left out."""
    names = schema.get("type", ())
    return frozenset([names] if isinstance(names, str) else names)


def _fixed_values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if is_array(values) else None


def _properties(schema: Schema) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if is_object(found) else {}


def _is_closed(schema: Schema) -> bool:
    return schema.get("additionalProperties") is False


def _reference(schema: Schema) -> str | None:
    reference = schema.get("$ref")
    return reference.removesuffix("#") if isinstance(reference, str) else None
