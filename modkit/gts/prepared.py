"""Checks a schema that asks to be a type, and makes its references mean the same wherever they are read."""

from __future__ import annotations

from typing import Any, Final

from modkit.gts.entity import URI_PREFIX
from modkit.gts.faults import shortened
from modkit.gts.gts_ref import KEYWORD, InvalidGtsRef, resolved_target
from modkit.gts.identifier import is_gts_id
from modkit.gts.schema_walk import Place, Schema, places, transformed

DIALECTS: Final = frozenset(
    {
        "http://json-schema.org/draft-04/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    }
)
"""The drafts of JSON Schema that a type may be written in; its ``$schema`` says which."""

MODIFIERS: Final = ("x-gts-final", "x-gts-abstract")


def schema_faults(schema: Schema) -> list[str]:
    """Return what is wrong with *schema* taken by itself: dialect, modifiers, ``x-gts-ref`` and meta-schema."""
    faults = _dialect_faults(schema.get("$schema"))
    for place in places(schema):
        faults += _modifier_faults(place)
        if KEYWORD in place.schema:
            try:
                resolved_target(place.schema[KEYWORD], schema)
            except InvalidGtsRef as error:
                faults.append(f"{place.pointer or '/'}: {error}")
    if schema.get(MODIFIERS[0]) is True and schema.get(MODIFIERS[1]) is True:
        faults.append("a type cannot be both x-gts-final and x-gts-abstract")
    return faults or _meta_faults(schema)


def reference_faults(schema: Schema) -> list[str]:
    """Return which ``$ref`` of *schema* leads neither inside it nor to a type of GTS."""
    faults: list[str] = []
    for place in places(schema):
        reference = place.schema.get("$ref")
        if reference is None or (isinstance(reference, str) and reference.startswith("#")):
            continue
        target = reference.partition("#")[0] if isinstance(reference, str) else ""
        if not target.startswith(URI_PREFIX):
            remedy = f"write {URI_PREFIX} before an identifier, or # for this schema"
            faults.append(
                f"{place.pointer}/$ref: {shortened(str(reference))!r} leads outside: {remedy}"
            )
        elif not is_gts_id(target.removeprefix(URI_PREFIX)):
            faults.append(f"{place.pointer}/$ref: {shortened(target)!r} is no GTS identifier")
    return faults


def prepared(schema: Schema, type_id: str) -> Schema:
    """Return a copy of *schema* whose references do not depend on where they stand.

    Local references name *type_id*, and ``x-gts-ref`` says the identifier that its pointer led to.

    Example:
        >>> prepared({"properties": {"id": {"x-gts-ref": "/$id"}}, "$id": "gts://gts.a.b.c.d.v1~"}, "gts.a.b.c.d.v1~")
        {'properties': {'id': {'x-gts-ref': 'gts.a.b.c.d.v1~'}}, '$id': 'gts://gts.a.b.c.d.v1~'}
    """

    def change(place: Schema) -> Schema:
        reference = place.get("$ref")
        if isinstance(reference, str) and reference.startswith("#"):
            place["$ref"] = URI_PREFIX + type_id + reference
        if KEYWORD in place:
            place[KEYWORD] = resolved_target(place[KEYWORD], schema)
        return place

    return transformed(schema, change)


def _dialect_faults(dialect: Any) -> list[str]:
    if isinstance(dialect, str) and dialect.removesuffix("#") in DIALECTS:
        return []
    return [f"$schema: {shortened(str(dialect))!r} is none of {', '.join(sorted(DIALECTS))}"]


def _modifier_faults(place: Place) -> list[str]:
    faults: list[str] = []
    for name in MODIFIERS:
        if name not in place.schema:
            continue
        if place.pointer:
            faults.append(f"{place.pointer}: {name} belongs at the top of the schema")
        elif not isinstance(place.schema[name], bool):
            faults.append(f"{name}: {place.schema[name]!r} is neither true nor false")
    return faults


def _meta_faults(schema: Schema) -> list[str]:
    import jsonschema_rs  # noqa: PLC0415 - loaded by those who keep types, not by all who name them

    try:
        jsonschema_rs.meta.validate(schema)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(map(str, error.instance_path))
        return [f"/{place}: {shortened(error.message)}"]
    except ValueError as error:
        return [f"the schema cannot be read: {error}"]
    return []
