"""The JSON Schema of an attrs class that is a type: its own fields, beside a reference to its base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from modkit.codec.json_schema import schema_of_fields
from modkit.codec.shadow import INT_MAX, INT_MIN
from modkit.docstring import description_of
from modkit.gts.entity import URI_PREFIX
from modkit.gts.flatten import merged
from modkit.gts.schema_walk import Schema, transformed

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

C = TypeVar("C", bound=type[Any])

_OPEN_MARK: Final = "__gts_open__"


def open_object(cls: C) -> C:
    """Mark an attrs class, a part of a `gts_type`, as open: its schema allows members that are none of its fields.

    Other parts are closed, as their decoders are. A decoder takes the fields of the class only, in any case.
    """
    setattr(cls, _OPEN_MARK, True)
    return cls


@frozen(kw_only=True)
class ClassSchema:
    """One schema to be written.

    Attributes:
        cls: The attrs class.
        type_id: Its identifier.
        base: The class that it derives from.
        base_id: The identifier of the base.
        is_base_closed: Whether the base takes no new members.
        is_closed: Whether this type takes none.
        extra: Keywords of the type system, which stand at the top.
        keywords: Keywords to add to those of the class.
    """

    cls: type[Any]
    type_id: str
    base: type[Any] | None
    base_id: str | None
    is_base_closed: bool
    is_closed: bool
    extra: Mapping[str, Any]
    keywords: Mapping[str, Any]

    def new_fields(self) -> list[str]:
        """Return the fields that the base has not."""
        known = attrs.fields_dict(self.base) if self.base else {}
        return [item.name for item in attrs.fields(self.cls) if item.name not in known]

    def write(self, id_of: Callable[[type[Any]], str | None]) -> tuple[Schema, list[type[Any]]]:
        """Return the schema, and the classes of other types that it refers to.

        Args:
            id_of: Returns the identifier of a class that is a type, or None.

        Raises:
            UnsupportedType: A field has no form in JSON.
        """
        referred: dict[type[Any], None] = {}

        def uri_of(cls: type[Any]) -> str | None:
            if cls is self.cls:
                return URI_PREFIX + self.type_id
            found = id_of(cls)
            if found is None:
                return None
            referred[cls] = None
            return URI_PREFIX + found

        members, parts = schema_of_fields(
            self.cls, self._own_fields(), uri_of=uri_of, is_open=_is_open
        )
        members = merged(members, dict(self.keywords))
        if self.is_closed and (self.base is None or self._restates):
            members["additionalProperties"] = False
        schema = self._head() | (members if self.base is None else self._beside_base(members))
        if parts:
            schema["$defs"] = parts
        return transformed(schema, _without_word_limits), list(referred)

    @property
    def _restates(self) -> bool:
        # A closed base sees its own properties only, and so does a part of allOf: both must list all of them.
        return self.is_base_closed

    def _own_fields(self) -> list[str]:
        known = attrs.fields_dict(self.base) if self.base and not self._restates else {}
        return [
            item.name
            for item in attrs.fields(self.cls)
            if not (item.inherited and item == known.get(item.name))
        ]

    def _head(self) -> Schema:
        head: Schema = {
            "$schema": DIALECT,
            "$id": URI_PREFIX + self.type_id,
            "title": self.cls.__name__,
        }
        if description := description_of(vars(self.cls).get("__doc__")):
            head["description"] = description
        return {**head, "type": "object", **self.extra}

    def _beside_base(self, members: Schema) -> Schema:
        parts = [{"$ref": f"{URI_PREFIX}{self.base_id}"}, members]
        beside: Schema = {"allOf": parts if members else parts[:1]}
        if self.is_closed and not self._restates:
            beside["unevaluatedProperties"] = False
        return beside


def _is_open(cls: type[Any]) -> bool:
    return _OPEN_MARK in vars(cls)


def _without_word_limits(schema: Schema) -> Schema:
    """Leave out that our decoders read integers of 64 bits: the schema is for everybody."""
    if schema.get("minimum") == INT_MIN:
        del schema["minimum"]
    if schema.get("maximum") == INT_MAX:
        del schema["maximum"]
    return schema
